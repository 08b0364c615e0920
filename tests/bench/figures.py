"""What is measured: one function a figure, or a few that come out of one measurement. Each returns {name: (value, unit)}.

All but the sizes are instructions of the emulated core, the device's work for both directions: the frames of a request
and the acknowledgement of its answer, drivers included.
"""

import functools
import json
import re
import ssl
import subprocess
import threading

from bench.rig import DEVICE, Rig
from bench.secure import SecureConnection, client_context

SENSOR = "/api/v1/sensors/temp0"
LIST = "/api/v1/sensors"
PIPELINED, IN_A_SEGMENT = 64, 8
POINTS, QUICK = 1000, "/api/v1/sensors/mag0_x"  # a chip that has a new value each 100 ms
BOOTS = 5
PAIRS = ("ECDHE-ECDSA-CHACHA20-POLY1305", "ECDHE-ECDSA-AES128-GCM-SHA256")


def instructions(**figures):
    return {name: (round(value), "instructions") for name, value in figures.items()}


# ---- plain HTTP --------------------------------------------------------------------------------------------


def kept_alive(rig):
    connection = rig.connect()
    ask = functools.partial(rig.exchange, connection)
    connection.send(rig.request(SENSOR))
    tag = connection.response().header("etag")
    figures = instructions(
        sensor_get_keepalive=ask(rig.request(SENSOR)),
        sensors_list_keepalive=ask(rig.request(LIST)),
        sensor_value=ask(rig.request(SENSOR + "/value")),
        metrics=ask(rig.request("/metrics", accept="*/*"), 15),
        not_modified=unchanged(rig, connection, tag),
        pipelined_request=pipelined(rig, connection),
    )
    connection.close()
    return figures


def unchanged(rig, connection, tag):
    """With the tag of the moment: the one before is over when the sampler has been at work."""
    state = {"tag": tag}

    def work():
        connection.send(rig.request(SENSOR, [("If-None-Match", state["tag"])]))
        answer = connection.response()
        state["tag"], state["status"] = answer.header("etag"), answer.status

    costs = []
    while len(costs) < 41:
        cost = rig.cost(work)
        if state["status"] == 304:
            costs.append(cost)
    return sorted(costs)[len(costs) // 2]


def pipelined(rig, connection):
    request = rig.request(SENSOR) * IN_A_SEGMENT

    def work():  # by segments: our end repeats none that the device has no room for
        for _ in range(PIPELINED // IN_A_SEGMENT):
            connection.send(request)
            for _ in range(IN_A_SEGMENT):
                assert connection.response(timeout=30).status == 200

    return rig.median(work, 7) / PIPELINED


def connections(rig):
    def whole():
        connection = rig.connect()
        connection.send(rig.request(SENSOR))
        assert connection.response().status == 200
        connection.close()

    whole()
    once = rig.median(whole, 21)
    with rig.open_connections(16) as opened:
        among = rig.exchange(opened[8], rig.request(SENSOR))
    return instructions(connect_request_close=once, sensor_get_among_16=among)


def settings(rig, token):
    """The change of a setting until it is answered and the store has taken it up; not until the memory has it."""
    connection = rig.connect()
    owner = ("Authorization", f"Bearer {token}")
    state = {"offset": 0}

    def work():
        state["offset"] ^= 1
        connection.send(rig.request(SENSOR, [owner, ("If-Match", "*"), ("Content-Type", "application/json")], "PATCH",
                                    json.dumps({"offset": state["offset"]}).encode()))
        answer = connection.response(timeout=30)
        assert answer.status == 200, answer

    cost = rig.median(work, 7)
    connection.close()
    return instructions(setting_patch=cost)


# ---- without requests --------------------------------------------------------------------------------------


def idle(rig):
    return instructions(idle_second=rig.over(20))


def subscribers(rig):
    """A second with readers of one sensor's events, less the same second without."""
    alone = rig.over(5)
    figures = {}
    streams = []
    for count in (1, 4):
        while len(streams) < count:
            stream = rig.connect()
            stream.send(rig.request("/api/v1/events?sensors=temp0", [("Accept", "text/event-stream")]))
            rig.lan.wait(lambda stream=stream: stream.received, "the stream's first event")
            streams.append(stream)
        figures[f"event_to_{count}"] = rig.over(5, lambda left: rig.lan.step(min(left, 0.1))) - alone
    for stream in streams:
        stream.reset()
    return instructions(**figures)


# ---- HTTPS -------------------------------------------------------------------------------------------------


def handshakes(rig):
    figures = {}
    for name, version in (("tls12", ssl.TLSVersion.TLSv1_2), ("tls13", ssl.TLSVersion.TLSv1_3)):
        full = client_context(version, ":".join(PAIRS) if name == "tls12" else None)
        figures[f"{name}_full"] = rig.median(lambda context=full: shake(rig, context), 3)
        figures[f"{name}_resumed"] = resumed(rig, full)
    return instructions(**figures)


def shake(rig, context, session=None):
    connection = SecureConnection(rig.host, DEVICE, context, session).handshake()
    connection.take_tickets()
    reused, after = connection.tls.session_reused, connection.tls.session
    assert bool(session) == reused, "resumption"
    connection.close()
    return after


def resumed(rig, context, times=7):
    costs = []
    for _ in range(times):
        session = resume(rig, context)
        costs.append(rig.cost(lambda session=session: shake(rig, context, session)))
    return sorted(costs)[times // 2]


def resume(rig, context):
    """A session to be resumed: a full handshake, in TLS 1.3 with what comes behind it."""
    connection = SecureConnection(rig.host, DEVICE, context).handshake()
    connection.send(rig.request("/healthz"))
    connection.response()
    session = connection.tls.session
    connection.close()
    return session


def secured(rig):
    figures = {}
    for name, version in (("https_keepalive_12", ssl.TLSVersion.TLSv1_2), ("https_keepalive", ssl.TLSVersion.TLSv1_3)):
        connection = SecureConnection(rig.host, DEVICE, client_context(version)).handshake()
        figures[name] = rig.exchange(connection, rig.request(SENSOR))
        if version == ssl.TLSVersion.TLSv1_3:
            figures["https_long_answer_per_kib"] = long_answer(rig, connection)
        connection.close()
    return instructions(**figures)


def long_answer(rig, connection):
    state = {}

    def work():
        connection.send(rig.request("/openapi.json"))
        state["bytes"] = len(connection.response(timeout=60).body)

    return rig.median(work, 3) / (state["bytes"] / 1024)


# ---- history -----------------------------------------------------------------------------------------------


class Collector:
    """A second device that gathers a history while the others are measured."""

    def __init__(self, board, image, folder, state, token):
        self.rig = Rig(board, image, folder, state)
        connection = self.rig.connect()
        headers = [("Authorization", f"Bearer {token}"), ("If-Match", "*"), ("Content-Type", "application/json")]
        connection.send(Rig.request(QUICK, headers, "PATCH", b'{"interval_ms":100}'))
        assert connection.response(timeout=30).status == 200
        connection.close()

    def dump(self):
        rig = self.rig
        path = f"{QUICK}/history?limit={POINTS}"
        request = Rig.request(path)
        connection = rig.connect()
        state = {}

        def ask():
            connection.send(request)
            state["answer"] = connection.response(timeout=60)

        def enough():
            ask()
            return len(state["answer"].json()["points"]) >= POINTS

        waiter = threading.Event()
        while not enough():
            waiter.wait(2)
        cost = rig.median(ask, 3)
        connection.close()
        return instructions(history_1000_points=cost)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.rig.__exit__()


# ---- start and size ----------------------------------------------------------------------------------------


def boots(board, image, folder, state=None, path="/api/v1/device"):
    """The best of some: a start is done before the first answer, and whoever asks late counts more of what comes behind."""
    costs = []
    for _ in range(BOOTS):
        with Rig(board, image, folder, state) as rig:
            costs.append(rig.first_answer(path))
    return min(costs)


def sizes(image):
    """(flash, static RAM) in bytes: what is loaded, and what is reserved, the stack included."""
    text = subprocess.run(["arm-none-eabi-size", "-A", image], check=True, capture_output=True, text=True).stdout
    sections = {name: int(bytes_) for name, bytes_ in re.findall(r"^(\S+)\s+(\d+)\s+\d+$", text, re.M)}
    ram = [size for name, size in sections.items() if name in (".data", ".bss", ".stack", ".noinit")]
    return sections[".text"] + sections.get(".data", 0), sum(ram)


def side_by_side(board, image, folder):
    """The same request to one of the small images beside us."""
    with Rig(board, image, folder) as rig:
        connection = rig.connect()
        request = rig.request(SENSOR, [("Connection", "keep-alive")])  # lwIP's server keeps it only then
        keepalive = rig.exchange(connection, request)
        connection.send(request)
        body = len(connection.response().body)
        connection.close()

        def whole():
            once = rig.connect()
            once.send(request)
            once.response()
            once.close()

        whole()
        figures = instructions(sensor_get_keepalive=keepalive, connect_request_close=rig.median(whole, 21))
        figures["body_bytes"] = (body, "bytes")
    flash, ram = sizes(image)
    return {**figures, "flash_bytes": (flash, "bytes"), "ram_bytes": (ram, "bytes")}
