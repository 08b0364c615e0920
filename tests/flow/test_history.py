"""A client that takes a long history slowly: nobody else waits for it, and the sampler neither."""

import statistics
import time

from network import DEVICE, TESTER
from support import owner, packet
from support.http1 import request_bytes
from support.peer import Host

PATH = "/api/v1/sensors/mag0_x/history"
INTERVAL_MS = 100


def call(host, method, path, body, token=None, match=None):
    headers = [("Content-Type", "application/json")]
    headers += [("Authorization", f"Bearer {token}")] if token else []
    headers += [("If-Match", match)] if match else []
    connection = host.connect(DEVICE)
    connection.send(request_bytes(path, headers, method, body, host=DEVICE))
    answer = connection.response(method)
    connection.close()
    return answer


def get(host, path):
    connection = host.connect(DEVICE)
    answer = connection.get(path)
    connection.close()
    assert answer.status == 200, answer
    return answer


def uptimes(host):
    """Of all samples, page by page."""
    found, cursor = [], None
    while True:
        page = get(host, f"{PATH}?limit=1000" + (f"&cursor={cursor}" if cursor else "")).json()
        found += [point["uptime_ms"] for point in page["points"]]
        cursor = page["next"]
        if not cursor:
            return found


def sample_fast(network, host):
    """Every sensor ten times a second."""
    assert network.device.process.console.wait_for("setup code: ", 10)
    code = owner.setup_code(network.device.process.console)
    claimed = call(host, "POST", "/api/v1/claim", f'{{"code":"{code}","name":"test"}}'.encode())
    assert claimed.status == 201, claimed
    tag = get(host, "/api/v1/config").header("etag")
    body = f'{{"sampling":{{"interval_ms":{INTERVAL_MS}}}}}'.encode()
    assert call(host, "PATCH", "/api/v1/config", body, claimed.json()["token"], tag).status == 200


def test_a_slow_dump_delays_neither_the_sampler_nor_anybody_else(new_network):
    network = new_network(ip=f"{DEVICE}/24,{TESTER}")
    host = Host(network.lan, TESTER)
    host.resolve(packet.ip(DEVICE), timeout=30)
    sample_fast(network, host)
    deadline = time.monotonic() + 60
    while len(uptimes(host)) < 150:
        assert time.monotonic() < deadline
        host.lan.step(0.5)

    slow = host.connect(DEVICE, window=100, auto_ack=False)
    slow.send(request_bytes(f"{PATH}?limit=1000", {"Connection": "close"}, host=DEVICE))
    begun, served = time.monotonic(), []
    while not slow.finished:
        assert not slow.was_reset and time.monotonic() - begun < 60
        host.lan.step(0.02)
        slow.ack()
        start = time.monotonic()
        assert get(host, "/healthz").json() == {"status": "ok"}
        served.append(time.monotonic() - start)
    took = time.monotonic() - begun
    assert took > 2 and statistics.median(served) < 0.2 and max(served) < 2, (took, max(served))

    page = slow.response().json()
    taken = [point["uptime_ms"] for point in page["points"]]
    there = uptimes(host)
    assert page["next"] is None and len(taken) >= 150
    assert taken == there[:len(taken)]
    during = [later - sooner for sooner, later in zip(there, there[1:]) if sooner >= taken[-1]]
    assert len(during) > 0.7 * took * 1000 / INTERVAL_MS, (len(during), took)
    assert abs(statistics.median(during) - INTERVAL_MS) <= 5, during
