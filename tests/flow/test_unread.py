"""Peers that ask, do not read, and answer each window probe: to TCP they are well, and would stay for ever."""

import json
import time

from network import DEVICE, used
from support.http1 import Closed, request_bytes

SHORT = request_bytes("/healthz", host=DEVICE)
LAST = request_bytes("/healthz", {"Connection": "close"}, host=DEVICE)
LONG = request_bytes("/api/v1/sensors", host=DEVICE)


def served(host, connection=None):
    """Somebody who behaves, on this connection or a new one; how long it took."""
    start = time.monotonic()
    own = connection or host.connect(DEVICE)
    own.send(SHORT)
    assert own.response().status == 200
    if not connection:
        own.close()
    return time.monotonic() - start


def ended(connection):
    return connection.finished or connection.was_reset


def wait_for_rest(host, baseline, deadline):
    while (now := used(host)) != baseline:
        assert time.monotonic() < deadline, {name: (now[name], baseline[name]) for name in now
                                             if now[name] != baseline[name]}
        host.lan.step(0.2)


def test_answers_that_nobody_takes_are_given_up_and_delay_nobody(host, limits, baseline):
    """In each state that a connection can wait in: open and idle, in the middle of an answer, closed by us, closed by
    the peer first. More of them than there are slots and places for closed ones."""
    friend = host.connect(DEVICE)
    start = time.monotonic()
    peers = []
    for i in range(limits["HTTP_CONNECTIONS_MAX"] + limits["HTTP_CLOSINGS_MAX"] + 4):
        peer = host.connect(DEVICE, window=0)
        peer.send((SHORT * 4, LAST, LONG, SHORT)[i % 4])
        if i % 4 == 3:
            peer.fin()
        peers.append(peer)
        host.lan.step(0)
        assert served(host, friend) < 1
        assert served(host) < 1
    bound = (limits["HTTP_UNACKED_DEADLINE_MS"] + limits["HTTP_LINGER_DEADLINE_MS"]) / 1000 + 3
    bound += time.monotonic() - start
    probed = 0
    while not all(ended(peer) for i, peer in enumerate(peers) if i % 4 < 3):  # lwIP drops the last kind silently
        assert time.monotonic() - start < bound, [peer.received for peer in peers if not ended(peer)]
        host.lan.step(0.2)
        assert served(host, friend) < 1
        probed = max(probed, *(sum(bool(segment.data) for segment in peer.segments) for peer in peers))
    assert probed > 1, "nobody was probed twice: this test did not do what it is about"
    assert served(host) < 1
    friend.close()
    wait_for_rest(host, baseline, start + bound + 2)


def test_refusals_that_nobody_takes_are_given_up(host, limits, baseline):
    busy = [host.connect(DEVICE) for _ in range(limits["HTTP_CONNECTIONS_MAX"])]
    for connection in busy:
        connection.send(SHORT[:20])
    refused = []
    for _ in range(limits["HTTP_REFUSALS_MAX"]):
        connection = host.connect(DEVICE, window=0)
        connection.send(SHORT)
        refused.append(connection)
    limit = 2 * limits["HTTP_LINGER_DEADLINE_MS"] / 1000 + 2
    host.lan.wait(lambda: all(connection.was_reset for connection in refused), "the refused ones' end", limit)
    newcomer = host.connect(DEVICE)
    newcomer.send(SHORT)
    assert newcomer.response().status == 503
    newcomer.close()
    for connection in busy:
        connection.send(SHORT[20:])
        assert connection.response().status == 200
        connection.close()
    wait_for_rest(host, baseline, time.monotonic() + 15)


def ids_in(response):
    """Of the sensors: their values may have other lengths a moment later."""
    return [sensor["id"] for sensor in json.loads(response.body)["sensors"]]


def test_a_byte_now_and_then_does_not_keep_an_answer_open(host, limits, baseline):
    """Beside somebody who reads slowly but does read, and gets all of it."""
    whole = host.connect(DEVICE)
    whole.send(LONG)
    ids = ids_in(whole.response())
    whole.close()

    dripping = host.connect(DEVICE, window=1, auto_ack=False)
    dripping.send(LONG)
    slow = host.connect(DEVICE, window=300, auto_ack=False)
    slow.send(LONG)
    start = last = time.monotonic()
    turn = 0
    while not dripping.was_reset:
        now = time.monotonic()
        assert now - start < 2 * limits["HTTP_UNACKED_DEADLINE_MS"] / 1000 + 3
        host.lan.step(0.1)
        if now - last < 0.3:
            continue
        last, turn = now, turn + 1
        slow.ack(window=300)
        if turn % 6 == 0:
            dripping.ack(window=1)
    assert len(dripping.received) > 2
    slow.ack(window=65535)
    slow.auto_ack = True
    try:
        assert ids_in(slow.response()) == ids
    except Closed as closed:
        raise AssertionError("the slow reader was cut off") from closed
    slow.close()
    wait_for_rest(host, baseline, time.monotonic() + 15)
