"""Where the device has its time from, and what it does not believe."""

import datetime
import os
import struct
import time

import pytest
from lan import PATIENCE
from support import netns
from support.device import eventually
from support.dhcp import SocketDhcpServer
from support.ntp import DnsServer, NtpServer, NtpServerFromAnotherPort, stamp

HOURS = 3600
AHEAD = 2 * HOURS  # of this machine's clock, which a simulator begins with: more is not refused by it


def clock(device):
    return device.status()["clock"]


def shown(device):
    """What time it is by the device, in seconds."""
    return datetime.datetime.fromisoformat(device.status()["time"].replace("Z", "+00:00")).timestamp()


def use(device, server):
    assert device.patch("/api/v1/config", {"time": {"server": server}}).status == 200


@pytest.fixture(scope="session")
def addresses(lan):
    """Each server is another one to the device, which asks a new one at once."""
    number = iter(range(100, 250))
    return lambda: netns.add_address(f"10.77.0.{next(number)}")


@pytest.fixture
def serve(addresses):
    """Starts time servers that end with the test."""
    made = []

    def make(*args, kind=NtpServer, **options):
        made.append(kind(addresses(), *args, **options))
        return made[-1]

    yield make
    for server in made:
        server.close()


@pytest.fixture
def synced(device, serve):
    """The device with the time of a server, two hours or more ahead of ours: what a test made of it stays, for it does
    not go back."""
    device.ahead = AHEAD if clock(device)["state"] != "sntp" else shown(device) - time.time()
    server = serve(ahead=device.ahead)
    before = clock(device)["synced_uptime_ms"]
    use(device, server.address)
    eventually(lambda: clock(device)["synced_uptime_ms"] != before, PATIENCE)
    eventually(lambda: clock(device), PATIENCE, slewing_ms=0)
    assert abs(shown(device) - server.now) < 0.5
    return device


def test_before_a_server_was_asked_it_has_the_board_s_time_or_none(new_device, board):
    device = new_device()
    status = device.status()
    assert status["clock"] == {"state": "board" if board.is_simulator else "unset", "server": None,
                               "synced_uptime_ms": None, "offset_ms": 0, "slewing_ms": 0,
                               "refused_corrections": 0, "refused_answers": 0}
    assert (status["time"] is None) == (not board.is_simulator) == (not status["time_synced"])


def test_a_server_that_is_set_is_asked_and_believed(new_device, serve):
    device = new_device()
    device.claim()
    server = serve(ahead=AHEAD)
    use(device, server.address)
    eventually(lambda: clock(device), PATIENCE, state="sntp", server=server.address)
    status = device.status()
    assert status["time_synced"] and status["clock"]["refused_answers"] == 0
    assert 0 < status["clock"]["synced_uptime_ms"] <= status["uptime_ms"]
    assert abs(shown(device) - server.now) < 0.5
    date = device.get("/healthz").header("date")
    assert abs(datetime.datetime.strptime(date, "%a, %d %b %Y %H:%M:%S GMT").replace(
        tzinfo=datetime.timezone.utc).timestamp() - server.now) < 2
    reading = device.sensor("temp0")
    eventually(lambda: device.sensor("temp0")["uptime_ms"] > reading["uptime_ms"])
    assert abs(datetime.datetime.fromisoformat(
        device.sensor("temp0")["time"].replace("Z", "+00:00")).timestamp() - server.now) < 3


def test_its_questions_say_nothing_of_it(synced, serve):
    """A time stamp that only the server can repeat, and no other than that."""
    questions = []
    for _ in range(2):
        server = serve(ahead=AHEAD)
        use(synced, server.address)
        eventually(lambda: server.questions, PATIENCE)
        questions.append(server.questions[0])
    first, second = questions
    assert first[0] == 4 << 3 | 3 and first[1:40] == bytes(39) and len(first) == 48
    assert first[40:44] != second[40:44] and first[44:] != second[44:]
    seconds = struct.unpack("!I", first[40:44])[0] - struct.unpack("!I", stamp(time.time())[:4])[0]
    assert abs(seconds) > 100


def test_a_server_that_is_ahead_is_followed_at_once(synced, serve):
    ahead = serve(ahead=synced.ahead + 30)
    use(synced, ahead.address)
    eventually(lambda: abs(shown(synced) - ahead.now) < 0.5, PATIENCE)
    assert abs(clock(synced)["offset_ms"] - 30000) < 500
    assert clock(synced)["slewing_ms"] == 0


def test_a_server_that_is_behind_is_reached_without_a_step_back(synced, serve):
    behind = serve(ahead=synced.ahead - 3)
    use(synced, behind.address)
    seen, slewed = [], False

    def caught_up():
        nonlocal slewed
        status = synced.status()
        seen.append(status["time"])
        slewed = slewed or status["clock"]["slewing_ms"] > 0
        return slewed and status["clock"]["slewing_ms"] == 0

    eventually(caught_up, PATIENCE)
    assert len(seen) > 100 and seen == sorted(seen)
    assert abs(shown(synced) - behind.now) < 0.5
    assert abs(clock(synced)["offset_ms"] + 3000) < 500


def test_a_server_that_jumps_back_an_hour_is_not_followed(synced, serve):
    before = clock(synced)
    wrong = serve(ahead=synced.ahead - HOURS)
    use(synced, wrong.address)
    eventually(lambda: clock(synced), PATIENCE, refused_corrections=before["refused_corrections"] + 1)
    after = clock(synced)
    assert after["synced_uptime_ms"] == before["synced_uptime_ms"] and after["slewing_ms"] == 0
    assert abs(after["offset_ms"] + HOURS * 1000) < 60000
    assert abs(shown(synced) - time.time() - synced.ahead) < 0.5
    assert "would turn the clock back by" in synced.console


def changed(at, data):
    def change(answer, question):
        answer[at : at + len(data)] = data
        return bytes(answer)
    return change


def late(answer, question):
    time.sleep(1.5)  # how slow the server is, not how long the test waits
    return bytes(answer)


NOT_ANSWERS = {
    "nothing": lambda answer, question: b"\0",
    "garbage": lambda answer, question: os.urandom(48),
    "half of it": lambda answer, question: bytes(answer[:40]),
    "more of it": lambda answer, question: bytes(answer) + bytes(20),
    "the question": lambda answer, question: question,
    "to another question": changed(24, bytes(8)),
    "of a clock that is not synchronized": changed(0, bytes([3 << 6 | 4 << 3 | 4])),
    "of stratum 16": changed(1, b"\x10"),
    "of stratum 0, to another question": lambda answer, question: bytes(answer[:1]) + b"\0" + bytes(46),
    "of version 1": changed(0, bytes([1 << 3 | 4])),
    "a broadcast": changed(0, bytes([4 << 3 | 5])),
    "far from its source": changed(8, b"\0\x20\0\0"),
    "without a time": changed(40, bytes(8)),
    "from 1999": changed(32, stamp(925000000) * 2),
    "from 2105": changed(32, stamp(4260211200) * 2),
    "sent before it was asked": changed(32, stamp(time.time() + 2 * AHEAD)),
    "that took it an hour": changed(32, stamp(time.time() + AHEAD - HOURS)),
    "too late": late,
}


@pytest.mark.parametrize("what", NOT_ANSWERS)
def test_what_is_no_answer_does_not_touch_the_clock(synced, serve, what):
    before = clock(synced)
    server = serve(ahead=synced.ahead + HOURS, change=NOT_ANSWERS[what])
    use(synced, server.address)
    eventually(lambda: clock(synced)["refused_answers"] > before["refused_answers"], PATIENCE)
    after = clock(synced)
    assert {**after, "server": None, "refused_answers": 0} == {**before, "server": None, "refused_answers": 0}


def test_an_answer_from_another_port_is_none(synced, serve):
    before = clock(synced)
    server = serve(ahead=synced.ahead + HOURS, kind=NtpServerFromAnotherPort)
    use(synced, server.address)
    eventually(lambda: clock(synced)["refused_answers"] > before["refused_answers"], PATIENCE)
    assert clock(synced)["synced_uptime_ms"] == before["synced_uptime_ms"]


def test_a_second_answer_to_one_question_is_none(synced, serve):
    server = serve(ahead=synced.ahead)
    twice = server.send

    def send(answer, sender):
        twice(answer, sender)
        twice(answer, sender)

    server.send = send
    before = clock(synced)
    use(synced, server.address)
    eventually(lambda: clock(synced)["refused_answers"] == before["refused_answers"] + 1, PATIENCE)
    assert clock(synced)["synced_uptime_ms"] > before["synced_uptime_ms"]


def test_a_server_that_wants_to_be_left_alone_is(synced, serve):
    server = serve(change=lambda answer, question: bytes(answer[:1]) + b"\0" + bytes(answer[2:12]) + b"DENY" +
                   bytes(answer[16:]))
    before = clock(synced)
    use(synced, server.address)
    eventually(lambda: "asked to be left alone" in synced.console, PATIENCE)
    assert clock(synced)["refused_answers"] == before["refused_answers"]
    assert clock(synced)["synced_uptime_ms"] == before["synced_uptime_ms"]
    # Longer than a silent server would have been left alone (5 s and 15 s).
    uptime_ms = synced.status()["uptime_ms"]
    eventually(lambda: synced.status()["uptime_ms"] > uptime_ms + 22000, 60)
    assert len(server.asked) == 1


def test_a_silent_server_is_asked_again_but_seldom(synced, serve):
    server = serve(change=lambda answer, question: None)
    use(synced, server.address)
    eventually(lambda: len(server.asked) == 1, PATIENCE)
    # And believed when it answers at last.
    server.ahead = synced.ahead + 60
    server.change = lambda answer, question: bytes(answer)
    eventually(lambda: abs(shown(synced) - server.now) < 0.5, 60)
    assert len(server.asked) == 2 and server.asked[1] - server.asked[0] > 14.5


def test_the_server_s_name_is_looked_up(synced, serve):
    server = serve(ahead=synced.ahead + 120)
    names = DnsServer(netns.ADDRESS, {"time.example": server.address})
    try:
        use(synced, "time.example")
        eventually(lambda: clock(synced), PATIENCE, server=server.address)
        eventually(lambda: abs(shown(synced) - server.now) < 0.5, PATIENCE)
        use(synced, "nowhere.example")
        eventually(lambda: "nowhere.example" in names.asked, PATIENCE)
        assert clock(synced)["server"] == "nowhere.example"
    finally:
        names.close()


def test_a_server_is_reached_over_ipv6(synced):
    shown_by_ip = netns.ip("-6", "-oneline", "address", "show", "dev", netns.BRIDGE, "scope", "link")
    address = shown_by_ip.split("inet6 ")[1].partition("/")[0]
    server = NtpServer(f"{address}%{netns.BRIDGE}", ahead=synced.ahead + 180)
    try:
        use(synced, address)
        eventually(lambda: abs(shown(synced) - server.now) < 0.5, PATIENCE)
        assert clock(synced)["server"].lower() == address
    finally:
        server.close()


def test_without_a_setting_it_asks_the_server_that_dhcp_names(new_device, serve):
    server = serve(ahead=AHEAD)
    dhcp = SocketDhcpServer(netns.BRIDGE, netns.ADDRESS, "10.77.0.99", time_server=server.address)
    try:
        device = new_device(ip=None)
        eventually(lambda: "IPv4 address 10.77.0.99" in device.console, PATIENCE)
        device.process.wait_ready_at(device.address)
        eventually(lambda: clock(device), PATIENCE, state="sntp", server=server.address)
        assert 42 in dhcp.asked_for
        # A setting goes before it, and without the setting it is DHCP's again.
        device.claim()
        other = serve(ahead=AHEAD + 10)
        use(device, other.address)
        eventually(lambda: clock(device), PATIENCE, server=other.address)
        use(device, None)
        eventually(lambda: clock(device), PATIENCE, server=server.address)
    finally:
        dhcp.close()


@pytest.mark.parametrize("server", ["", "a b", "300.1.1.1", "224.0.0.1", "0.0.0.0", "ff02::1", "1::2::3", "fe80::1%br0",
                                    "[::1]", "-a", "a" * 64, 5, "time.example."])
def test_what_cannot_be_a_server_is_refused(device, server):
    answer = device.patch("/api/v1/config", {"time": {"server": server}})
    assert answer.status == 422
    assert [error["pointer"] for error in answer.json()["errors"]] == ["/time/server"]
    assert device.call("GET", "/api/v1/config").json()["time"] == {"server": None}
