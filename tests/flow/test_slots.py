"""Overload is an answer, and every phase has its deadline."""

import time

import pytest
from network import DEVICE
from support.http1 import Closed, request_bytes

REQUEST = request_bytes("/healthz", host=DEVICE)


@pytest.fixture
def slots(limits):
    return limits["HTTP_CONNECTIONS_MAX"]


def served(connection):
    connection.send(REQUEST)
    response = connection.response()
    assert response.status == 200
    return response


def ended(connection):
    return connection.finished or connection.was_reset


def test_the_connection_that_has_been_idle_longest_gives_way(host, slots):
    idle = [host.connect(DEVICE) for _ in range(slots)]
    for connection in idle:
        served(connection)
    host.lan.drain()  # the device's clock counts milliseconds
    served(idle[0])  # so that the second one is the oldest now
    newcomer = host.connect(DEVICE)
    served(newcomer)
    host.lan.wait(lambda: ended(idle[1]), "the end of the oldest")
    host.lan.drain()
    assert [ended(connection) for connection in idle] == [i == 1 for i in range(slots)]
    served(idle[0])
    served(newcomer)


def test_a_newcomer_is_told_to_come_back_when_nobody_is_idle(host, slots):
    busy = [host.connect(DEVICE) for _ in range(slots)]
    for connection in busy:
        connection.send(REQUEST[:20])
    newcomer = host.connect(DEVICE)
    newcomer.send(REQUEST)
    response = newcomer.response()
    assert response.status == 503
    assert response.media == "application/problem+json"
    assert response.json()["type"] == "/problems/overloaded"
    assert int(response.header("retry-after")) >= 1
    assert response.closes
    newcomer.wait_end()
    assert newcomer.finished and not newcomer.was_reset
    newcomer.close()
    for connection in busy:  # none of them was disturbed
        connection.send(REQUEST[20:])
        assert connection.response().status == 200


def test_a_refused_client_that_sends_nothing_gets_the_refusal_too(host, slots, limits):
    busy = [host.connect(DEVICE) for _ in range(slots)]
    for connection in busy:
        connection.send(REQUEST[:20])
    newcomer = host.connect(DEVICE)
    response = newcomer.response(timeout=limits["HTTP_LINGER_DEADLINE_MS"] / 1000 + 3)
    assert response.status == 503
    newcomer.close()


def test_more_newcomers_than_can_be_told_leave_the_served_ones_alone(host, slots):
    busy = [host.connect(DEVICE) for _ in range(slots)]
    for connection in busy:
        connection.send(REQUEST[:20])
    newcomers = []
    for _ in range(8):
        connection = host.open(DEVICE)
        connection.begin()
        host.lan.step(0.02)
        newcomers.append(connection)
    host.lan.drain()
    for connection in busy:
        connection.send(REQUEST[20:])
        assert connection.response().status == 200
    for connection in newcomers:
        if connection.established:
            connection.reset()
    for connection in busy:
        connection.close()
    served(host.connect(DEVICE))


def test_connections_that_never_asked_anything_give_way(host, slots, limits):
    silent = [host.connect(DEVICE) for _ in range(slots)]
    start = time.monotonic()
    deadline = start + limits["HTTP_FRESH_GRACE_MS"] / 1000 + 3

    def newcomer_is_served():
        newcomer = host.connect(DEVICE)
        newcomer.send(REQUEST)
        try:
            return newcomer.response().status == 200
        except Closed:
            return False
        finally:
            newcomer.reset()

    while not newcomer_is_served():
        assert time.monotonic() < deadline
    assert any(ended(connection) for connection in silent)


def test_a_slot_is_free_at_once_after_a_reset(host, slots):
    for _ in range(3):
        connections = [host.connect(DEVICE) for _ in range(slots)]
        for connection in connections:
            connection.send(REQUEST[:20])
        for connection in connections:
            connection.reset()
    served(host.connect(DEVICE))


def test_slow_peers_meet_their_deadlines_and_delay_nobody(host, limits):
    """Three kinds of slowness at once, because each takes its time: heads that trickle, a body that does not come,
    an answer that nobody takes."""
    start = time.monotonic()
    heads = [host.connect(DEVICE) for _ in range(3)]
    for connection in heads:
        connection.send(REQUEST[:10])
    body = host.connect(DEVICE)
    body.send(request_bytes("/healthz", {"Content-Length": "50"}, host=DEVICE) + b"half")
    taker = host.connect(DEVICE, window=200, auto_ack=False)
    taker.send(request_bytes("/api/v1/sensors", host=DEVICE))
    host.lan.wait(lambda: any(s.data for s in taker.segments), "the answer's beginning")
    taker.ack(window=0)

    times = {}
    trickle = b"X-A: " + 1000 * b"a"
    at, last = 0, 0.0
    longest = max(limits["HTTP_BODY_DEADLINE_MS"], limits["HTTP_RESPONSE_STALL_MS"]) / 1000 + 8
    everyone = {"head": heads, "body": [body], "answer": [taker]}
    while len(times) < len(everyone):
        now = time.monotonic() - start
        assert now < longest, f"still open after {now:.1f} s: {set(everyone) - set(times)}"
        host.lan.step(0.1)
        for name, connections in everyone.items():
            if name not in times and all(ended(c) for c in connections):
                times[name] = now
        if now - last < 0.5:
            continue
        last = now
        for connection in heads:  # trickling must not extend the deadline
            if not ended(connection):
                connection.send(trickle[at : at + 1])
        at += 1
        if at % 4 == 0:  # and everybody else is served meanwhile
            other = host.connect(DEVICE)
            began = time.monotonic()
            served(other)
            assert time.monotonic() - began < 1
            other.close()

    for connection in [*heads, body]:
        response = connection.response()
        assert response.status == 408 and response.closes
        assert response.json()["type"] == "/problems/timeout"
        connection.close()
    assert taker.was_reset
    for name, limit in (("head", "HTTP_HEAD_DEADLINE_MS"), ("body", "HTTP_BODY_DEADLINE_MS"),
                        ("answer", "HTTP_RESPONSE_STALL_MS")):
        assert -0.5 < times[name] - limits[limit] / 1000 < 3, (name, times)
