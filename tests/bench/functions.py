"""Where a request's instructions go, by function."""

import collections
import ssl
import time

from bench import figures
from bench.counter import Symbols
from bench.rig import AT_REST, DEVICE, Rig
from bench.secure import SecureConnection, client_context

ROUNDS = 200
FUNCTIONS_MAX = 40


def main(board, image, plugins):
    symbols = Symbols(image)
    with Rig(board, image, plugins, functions=True) as rig:
        rig.first_answer("/api/v1/device")
        rig.quiet(AT_REST)
        for name, work in works(rig).items():
            show(name, rig, symbols, work)
    return 0


def works(rig):
    connection = rig.connect()
    state = {"tag": '"none"'}

    secure = SecureConnection(rig.host, DEVICE, client_context(ssl.TLSVersion.TLSv1_3)).handshake()

    def get(path, by=connection):
        request = rig.request(path)
        return lambda: (by.send(request), by.response())

    def unchanged():
        connection.send(rig.request(figures.SENSOR, [("If-None-Match", state["tag"])]))
        state["tag"] = connection.response().header("etag")

    def whole():
        once = rig.connect()
        once.send(rig.request(figures.SENSOR))
        once.response()
        once.close()

    return {"GET a sensor": get(figures.SENSOR), "GET all sensors": get(figures.LIST), "304": unchanged,
            "connect, GET, close": whole,
            "GET a sensor by HTTPS": get(figures.SENSOR, secure), "idle second": None}


def counted(rig, work):
    """Instructions a halfword, in a second without requests or in one round of work."""
    before, start = rig.counter.counts(), time.monotonic()
    if work is None:
        rig.over(5)
        rounds = time.monotonic() - start
    else:
        for _ in range(ROUNDS):
            rig.cost(work)
        rounds = ROUNDS
    after = rig.counter.counts()
    return [(b - a) / rounds for a, b in zip(before, after)], (time.monotonic() - start) / rounds


def show(name, rig, symbols, work):
    idle, _ = counted(rig, None)
    if work is None:
        spent, seconds = idle, 0
    else:
        work()
        spent, seconds = counted(rig, work)
    spent = [a - b * seconds for a, b in zip(spent, idle)]
    print(f"\n{name}: {sum(spent):,.0f} instructions")
    found = collections.Counter({function: count for count, function in symbols.by_function(spent)})
    for function, count in found.most_common(FUNCTIONS_MAX):
        if count >= 1:
            print(f"{count:>12,.0f}  {function}")
