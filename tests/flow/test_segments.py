"""TCP as it comes on bad days: cut anywhere, twice, in the wrong order, never acknowledged, reset, half-closed."""

import pytest
from network import DEVICE, SECOND, status
from support.http1 import Closed, request_bytes
from support.packet import ACK, FIN, PSH, RST, SYN
from support.peer import Host

REQUEST = request_bytes("/api/v1/device", {"Accept": "application/json", "X-Filler": "abc"}, host=DEVICE)
LONG = request_bytes("/api/v1/sensors", host=DEVICE)


def without_date(response):
    return response.status, [field for field in response.fields if field[0] != "date"], response.body


@pytest.fixture
def expected(host):
    connection = host.connect(DEVICE)
    connection.send(REQUEST)
    response = without_date(connection.response())
    assert response[0] == 200
    connection.close()
    return response


def test_a_request_cut_at_each_byte(host, expected):
    connection = host.connect(DEVICE)
    for cut in range(1, len(REQUEST)):
        connection.send(REQUEST, [cut, len(REQUEST) - cut])
        assert without_date(connection.response()) == expected, f"cut at {cut}"
    connection.close()


def test_a_request_byte_by_byte(host, expected):
    connection = host.connect(DEVICE)
    for i in range(len(REQUEST)):
        connection.send(REQUEST[i : i + 1])
        host.lan.step(0)
    assert without_date(connection.response()) == expected
    connection.close()


def test_many_requests_in_one_segment(host, expected):
    connection = host.connect(DEVICE)
    connection.send(REQUEST * 8)
    for _ in range(8):
        assert without_date(connection.response()) == expected
    connection.close()


def test_the_same_segment_twice_is_one_request(host, expected):
    connection = host.connect(DEVICE)
    start = connection.next_out
    connection.send(REQUEST)
    connection.segment(ACK | PSH, seq=start, data=REQUEST)
    assert without_date(connection.response()) == expected
    connection.send(REQUEST)
    assert without_date(connection.response()) == expected
    host.lan.drain()
    assert not connection.received
    connection.close()


def test_segments_that_overlap(host, expected):
    connection = host.connect(DEVICE)
    start = connection.next_out
    connection.send(REQUEST[:40])
    connection.segment(ACK | PSH, seq=start + 20, data=REQUEST[20:])
    connection.next_out = (start + len(REQUEST)) & 0xFFFFFFFF
    assert without_date(connection.response()) == expected
    connection.close()


@pytest.mark.parametrize("order", [(1, 0), (2, 1, 0), (1, 2, 0), (2, 0, 1)])
def test_segments_in_the_wrong_order(host, expected, order):
    connection = host.connect(DEVICE)
    start, size = connection.next_out, -(-len(REQUEST) // len(order))

    def send(index):
        connection.segment(ACK | PSH, seq=start + index * size, data=REQUEST[index * size : (index + 1) * size])

    for index in order:
        send(index)
    connection.next_out = (start + len(REQUEST)) & 0xFFFFFFFF
    host.lan.wait(lambda: connection.acked != start, "acknowledgement")
    # A receiver may forget what came too early; a sender then repeats it.
    for index in range(len(order)):
        send(index)
    assert without_date(connection.response()) == expected
    connection.close()


def test_a_segment_outside_of_the_window_is_ignored(host, expected):
    connection = host.connect(DEVICE)
    for distance in (-100000, 1 << 20, 1 << 31):
        connection.segment(ACK | PSH, seq=connection.next_out + distance, data=b"POST / HTTP/1.1\r\n\r\n")
    connection.send(REQUEST)
    assert without_date(connection.response()) == expected
    connection.close()


def test_a_reset_outside_of_the_window_is_ignored(host, expected):
    connection = host.connect(DEVICE)
    connection.segment(RST, seq=connection.next_out + (1 << 20))
    connection.send(REQUEST)
    assert without_date(connection.response()) == expected
    connection.close()


def test_a_syn_in_the_middle_does_not_hurt(host, expected):
    connection = host.connect(DEVICE)
    connection.segment(SYN, seq=connection.next_out + 5)
    connection.send(REQUEST)
    assert without_date(connection.response()) == expected
    connection.close()


def test_what_is_not_acknowledged_is_sent_again(host):
    connection = host.connect(DEVICE, auto_ack=False)
    connection.send(REQUEST)

    def repeated():
        data = [segment for segment in connection.segments if segment.data]
        return len(data) >= 2 and data[-1].seq == data[0].seq and data[-1].data[:20] == data[0].data[:20]

    host.lan.wait(repeated, "a repeated segment", timeout=10)
    connection.auto_ack = True
    connection.ack()
    assert connection.response().status == 200
    connection.close()


def test_a_lost_acknowledgement_does_not_repeat_the_answer(host, expected):
    connection = host.connect(DEVICE)
    connection.send(REQUEST)
    assert without_date(connection.response()) == expected
    connection.segment(ACK, seq=connection.next_out, ack=connection.next_in)
    connection.segment(ACK, seq=connection.next_out, ack=connection.next_in - 10)
    host.lan.drain()
    assert not connection.received
    connection.close()


@pytest.mark.parametrize("mss", [100, 536, 1460])
def test_no_segment_is_larger_than_we_said(host, mss):
    connection = host.connect(DEVICE, mss=mss)
    connection.send(LONG)
    assert connection.response().status == 200
    assert max(len(segment.data) for segment in connection.segments) <= mss
    connection.close()


@pytest.mark.parametrize("cut", [1, 10, len(REQUEST) - 1])
def test_a_reset_in_the_middle_of_a_request(host, cut):
    for _ in range(12):  # more than there are slots: each must come back at once
        connection = host.connect(DEVICE)
        connection.send(REQUEST[:cut])
        connection.reset()
    assert status(host)["requests"]["total"] > 0


def test_a_reset_in_the_middle_of_an_answer(host):
    for _ in range(12):
        connection = host.connect(DEVICE, window=600, auto_ack=False)
        connection.send(LONG)
        host.lan.wait(lambda: any(s.data for s in connection.segments), "the answer's beginning")  # noqa: B023
        connection.reset()
    assert status(host)["sensors"]["total"] > 0


def test_a_zero_window_stops_the_answer_and_nobody_else(host, expected):
    slow = host.connect(DEVICE, window=300, auto_ack=False)
    slow.send(LONG)
    host.lan.wait(lambda: any(s.data for s in slow.segments), "the answer's beginning")
    slow.ack(window=0)
    host.lan.drain()
    taken = len(slow.received)
    assert 0 < taken <= 600

    for _ in range(3):
        other = host.connect(DEVICE)
        other.send(REQUEST)
        assert without_date(other.response()) == expected
        other.close()

    # A window probe is the only thing that may come.
    for segment in slow.segments[1:]:
        assert len(segment.data) <= 300
    slow.auto_ack = True
    slow.ack(window=65535)
    response = slow.response()
    assert response.status == 200
    assert len(response.json()["sensors"]) > 1
    slow.close()


def test_a_window_that_opens_byte_by_byte(host):
    connection = host.connect(DEVICE, window=50)
    connection.send(REQUEST)
    assert connection.response(timeout=20).status == 200
    connection.close()


def test_a_window_that_is_closed_from_the_beginning(host, expected):
    connection = host.connect(DEVICE, window=0)
    connection.send(REQUEST)
    host.lan.drain()
    assert not connection.received or len(connection.received) <= 2  # probes
    connection.window = 65535
    connection.segment(ACK)
    assert without_date(connection.response(timeout=15)) == expected
    connection.close()


def test_a_client_that_has_ended_its_direction_still_gets_its_answers(host, expected):
    connection = host.connect(DEVICE)
    connection.send(REQUEST * 3)
    connection.fin()
    for _ in range(3):
        assert without_date(connection.response()) == expected
    connection.wait_end()
    assert connection.finished and not connection.was_reset
    connection.forget()


def test_request_and_fin_in_one_segment(host, expected):
    connection = host.connect(DEVICE)
    connection.segment(ACK | PSH | FIN, data=REQUEST)
    connection.next_out = (connection.next_out + len(REQUEST) + 1) & 0xFFFFFFFF
    assert without_date(connection.response()) == expected
    connection.wait_end()
    assert connection.finished and not connection.was_reset
    connection.forget()


def test_a_long_answer_to_a_half_closed_client_with_a_small_window(host):
    connection = host.connect(DEVICE, window=400, auto_ack=False)
    connection.send(LONG)
    connection.fin()
    host.lan.wait(lambda: any(s.data for s in connection.segments), "the answer's beginning")
    connection.auto_ack = True
    connection.ack()
    response = connection.response(timeout=20)
    assert len(response.json()["sensors"]) > 1
    connection.wait_end()
    assert connection.finished and not connection.was_reset
    connection.forget()


def test_a_fin_without_a_request_just_ends(host):
    connection = host.connect(DEVICE)
    connection.fin()
    connection.wait_end()
    assert connection.finished and not connection.received
    connection.forget()


def test_half_a_request_and_fin_gets_no_answer(host):
    connection = host.connect(DEVICE)
    connection.send(REQUEST[:30])
    connection.fin()
    with pytest.raises(Closed) as closed:
        connection.response()
    assert closed.value.received == b""


def test_connection_close_ends_with_a_fin_behind_the_last_byte(host):
    connection = host.connect(DEVICE)
    connection.send(request_bytes("/api/v1/sensors", {"Connection": "close"}, host=DEVICE))
    response = connection.response()
    assert response.status == 200 and response.closes
    connection.wait_end()
    assert connection.finished and not connection.was_reset and not connection.received
    connection.close()


def test_a_refusal_reaches_a_client_that_is_still_sending(host):
    connection = host.connect(DEVICE)
    head = request_bytes("/healthz", {"Content-Length": "120000"}, method="POST", host=DEVICE)
    body = bytes(120000)
    assert connection.stream(head + body) == len(head) + len(body)
    response = connection.response()
    assert response.status == 413 and response.closes
    connection.fin()
    connection.wait_end()
    assert connection.finished and not connection.was_reset
    connection.forget()


def test_a_client_that_never_stops_sending_is_reset_in_the_end(host, limits):
    connection = host.connect(DEVICE)
    head = request_bytes("/healthz", {"Content-Length": "9000000"}, method="POST", host=DEVICE)
    data = head + bytes(limits["HTTP_LINGER_BYTES_MAX"] + 100000)
    sent = connection.stream(data, timeout=15)
    assert connection.was_reset and sent < len(data)
    assert connection.received.startswith(b"HTTP/1.1 413 ")


def test_two_half_finished_requests_do_not_block_a_third(host, expected):
    halves = [host.connect(DEVICE) for _ in range(2)]
    halves[0].send(REQUEST[:25])
    halves[1].send(request_bytes("/healthz", {"Content-Length": "50"}, method="GET", host=DEVICE) + b"half")
    for _ in range(3):
        third = host.connect(DEVICE)
        third.send(REQUEST)
        assert without_date(third.response()) == expected
        third.close()
    halves[0].send(REQUEST[25:])
    assert without_date(halves[0].response()) == expected
    halves[1].send(bytes(46))
    assert halves[1].response().status == 200
    for half in halves:
        half.close()


def test_two_stations_at_once(network, host, expected):
    second = Host(network.lan, SECOND, mac="02:00:00:00:00:03")
    try:
        one, two = host.connect(DEVICE), second.connect(DEVICE)
        one.send(REQUEST[:30])
        two.send(REQUEST)
        assert without_date(two.response()) == expected
        one.send(REQUEST[30:])
        assert without_date(one.response()) == expected
        one.close()
        two.close()
    finally:
        network.lan.hosts.remove(second)


def test_a_port_where_nobody_listens_refuses(host):
    connection = host.open(DEVICE, 81)
    connection.begin()
    host.lan.wait(lambda: connection.was_reset, "RST")
