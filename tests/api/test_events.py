"""Streams of events: what is told, to whom, and that nobody who listens costs anybody else anything."""

import json
import time

import pytest
from contract import SENSORS, check_count, check_problem, check_time
from support.device import eventually
from support.http1 import request_bytes
from support.sse import Stream

EVENTS = "/api/v1/events"


@pytest.fixture(name="listen")
def fixture_listen():
    """listen(device, path=EVENTS, **headers): an open stream, closed after the test."""
    streams = []

    def start(device, path=EVENTS, token=None, last=None, connect=None):
        headers = [("Authorization", f"Bearer {token}")] if token else []
        headers += [("Last-Event-ID", last)] if last else []
        streams.append(Stream((connect or device.connect)(), path, headers))
        return streams[-1]

    yield start
    for stream in streams:
        stream.close()


@pytest.fixture(autouse=True)
def fixture_nobody_listens(device):
    """Each test finds all places free, and leaves them so."""
    yield
    eventually(lambda: pool(device, "event_subscriber")["used"] == 0)


def pool(device, name):
    return next(pool for pool in device.status()["pools"] if pool["name"] == name)


def places(device):
    """Streams at the same time: the board's profile says how many, two at least."""
    size = pool(device, "event_subscriber")["size"]
    assert size >= 2
    return size


def readings(events):
    return [event.json() for event in events if event.name == "reading"]


def test_a_stream_begins_with_what_there_is(device, listen):
    stream = listen(device)
    assert stream.status == 200 and stream.fields["content-type"] == "text/event-stream"
    assert stream.fields["cache-control"] == "no-store"
    seen, status = set(), []
    for event in stream.until(lambda event: len(seen) == len(SENSORS) or seen.add(event.json().get("id"))):
        if event.name == "status":
            status.append(event.json())
    now = device.status()
    assert len(status) == 1 and status[0]["owner"] == now["owner"] and status[0]["ipv4"] == now["network"]["ipv4"]
    assert set(status[0]) == {"uptime_ms", "time", "time_synced", "reset_cause", "link_up", "ipv4", "owner", "store",
                              "sensors"}


def test_a_reading_is_what_the_sensor_shows(device, listen):
    stream = listen(device, f"{EVENTS}?types=reading&sensors=temp0")
    for event in stream.until(lambda _: True) + stream.until(lambda _: True):
        data = event.json()
        assert event.name == "reading"
        assert set(data) == {"id", "unit", "value", "quality", "time", "boot", "uptime_ms"}
        assert (data["id"], data["unit"], data["quality"]) == ("temp0", "Cel", "ok")
        check_time(data["time"])
        check_count(data["uptime_ms"])


def test_a_change_is_told_at_once(device, listen):
    stream = listen(device, f"{EVENTS}?types=reading&sensors=temp0")
    device.set("temp0", 31.25)
    events = stream.until(lambda event: event.json()["value"] == 31.25, 5)
    times = [reading["uptime_ms"] for reading in readings(events)]
    assert times == sorted(set(times)), "each sample once, in order"
    device.set("temp0", 21.5)


def test_filters_leave_only_what_was_asked_for(device, listen):
    stream = listen(device, f"{EVENTS}?types=reading&sensors=temp0,mag0_x")
    ids = {reading["id"] for reading in readings([stream.next() for _ in range(6)])}
    assert ids == {"temp0", "mag0_x"}
    only = listen(device, f"{EVENTS}?types=status")
    assert only.next().name == "status"
    with pytest.raises(TimeoutError):
        only.next(2.5)


@pytest.mark.parametrize("query, pointer", [
    ("types=", "types"), ("types=readings", "types"), ("types=reading,", "types"), ("types=,reading", "types"),
    ("types=Reading", "types"), ("types=" + "status," * 40 + "status", "types"), ("sensors=temp9", "sensors"),
    ("sensors=", "sensors"), ("sensors=temp0,,mag0_x", "sensors"), ("sensors=%zz", "sensors"),
    ("sensors=temp0%00", "sensors"),
])
def test_wrong_parameters_are_named(device, query, pointer):
    problem = check_problem(device.get(f"{EVENTS}?{query}", [("Accept", "text/event-stream")]), 422)
    assert [error["pointer"] for error in problem["errors"]] == ["/" + pointer]


def test_all_wrong_parameters_are_told_at_once(device):
    problem = check_problem(device.get(f"{EVENTS}?types=x&sensors=y"), 422)
    assert [error["pointer"] for error in problem["errors"]] == ["/types", "/sensors"]


def test_who_does_not_take_events_gets_none(device):
    check_problem(device.get(EVENTS, [("Accept", "application/json")]), 406)
    check_problem(device.get("/api/v1/sensors/temp0/value", [("Accept", "text/html")]), 406)


def test_head_says_what_would_come_and_takes_no_place(device):
    for _ in range(2 * places(device)):
        answer = device.request(EVENTS, method="HEAD")
        assert answer.status == 200 and answer.media == "text/event-stream"


def test_one_more_than_there_are_places_is_told_so(device, listen):
    """The places are taken by plain HTTP, which has more connections than there are places."""
    for _ in range(places(device)):
        assert listen(device, connect=device.connect_plainly).status == 200
    full = listen(device)
    check_problem(full.response, 503)
    assert int(full.response.header("retry-after")) >= 1
    check_problem(device.get("/api/v1/sensors/temp0/value", [("Accept", "text/event-stream")]), 503)
    assert device.get("/api/v1/sensors/temp0/value").status == 200


def test_a_place_is_free_again_when_its_reader_has_gone(device, listen):
    for round_ in range(3):
        streams = [listen(device) for _ in range(min(places(device), device.connections_max - 1))]
        assert all(stream.status == 200 for stream in streams), round_
        for stream in streams:
            stream.close()
        eventually(lambda: pool(device, "event_subscriber")["used"] == 0)


def test_values_come_unnamed_and_bare(device, listen):
    stream = listen(device, "/api/v1/sensors/temp0/value")
    device.set("temp0", 24)
    events = stream.until(lambda event: float(event.data) == 24)
    assert all(event.name is None and isinstance(json.loads(event.data), float) for event in events)
    assert "Accept" in stream.fields["vary"]
    device.set("temp0", 21.5)


def test_a_value_is_a_number_for_those_who_take_anything(device):
    for accept in ("*/*", "application/json", "text/event-stream;q=0.5, */*"):
        assert device.get("/api/v1/sensors/temp0/value", [("Accept", accept)]).media == "application/json"


def test_who_comes_back_is_told_what_it_missed(device, listen):
    path = f"{EVENTS}?types=reading&sensors=temp0"
    first = listen(device, path)
    last = first.next()
    first.close()
    before = last.json()["uptime_ms"]
    eventually(lambda: device.sensor("temp0")["uptime_ms"] >= before + 2500)
    missed = readings(listen(device, path, last=last.id).until(
        lambda event: event.json()["uptime_ms"] >= before + 2500))
    times = [reading["uptime_ms"] for reading in missed]
    assert len(times) >= 3 and times == sorted(set(times)) and times[0] > before
    assert max(b - a for a, b in zip([before, *times], times)) < 1500, "no sample is left out"


def test_who_comes_back_twice_is_told_nothing_twice(device, listen):
    path = f"{EVENTS}?types=reading"
    seen, last = [], None
    for _ in range(4):
        stream = listen(device, path, last=last)
        events = [stream.next() for _ in range(9)]
        stream.close()
        last = events[-1].id
        seen += [(reading["id"], reading["uptime_ms"]) for reading in readings(events)]
    assert len(seen) == len(set(seen)) == 36


@pytest.mark.parametrize("last", ["0", "1.2.3", "a.b.c.d", "99999999999.1.1.1", "4000000000.1.1.1", "1.1.1.1 ", "1..1.1",
                                  "1.18446744073709551616.0.0", "-1.0.0.0", "1.1.256.1", "x" * 400])
def test_an_id_that_cannot_be_ours_begins_anew(device, listen, last):
    stream = listen(device, f"{EVENTS}?types=status,reading&sensors=temp0", last=last)
    assert {event.name for event in (stream.next(), stream.next())} == {"status", "reading"}


def test_an_alert_is_told_when_it_comes_and_when_it_goes(owned, listen):
    stream = listen(owned, f"{EVENTS}?types=alert&sensors=temp0")
    assert owned.patch("/api/v1/sensors/temp0", {"thresholds": {"max": 30, "hysteresis": 1}}).status == 200
    for value, alert in ((35, "high"), (25, "none")):
        owned.set("temp0", value)
        data = stream.next().json()
        assert (data["id"], data["alert"], data["value"]) == ("temp0", alert, value)
    owned.set("temp0", 35)
    assert stream.next().json()["alert"] == "high"
    late = listen(owned, f"{EVENTS}?types=alert")
    assert late.next().json()["alert"] == "high"
    owned.set("temp0", 21.5)
    assert stream.next().json()["alert"] == late.next().json()["alert"] == "none"


def test_lines_of_the_log_are_for_the_owner(owned, listen):
    reader = owned.call("POST", "/api/v1/tokens", {"name": "r", "scope": "operate"}).json()
    check_problem(listen(owned, f"{EVENTS}?types=log").response, 401)
    check_problem(listen(owned, f"{EVENTS}?types=log,reading", token=reader["token"]).response, 403)
    stream = listen(owned, f"{EVENTS}?types=log", token=owned.token)
    owned.call("POST", "/api/v1/actions/identify", {"duration_ms": 0})
    event = stream.until(lambda event: "identifies itself" in event.json()["message"])[-1]
    assert event.name == "log"
    assert set(event.json()) == {"number", "time", "uptime_ms", "level", "component", "message"}
    owned.call("POST", "/api/v1/actions/identify", {"duration_ms": 0})
    eventually(lambda: owned.call("GET", f"/api/v1/logs?after={event.json()['number']}").json()["lines"])
    again = listen(owned, f"{EVENTS}?types=log", token=owned.token, last=event.id)
    assert again.next().json()["number"] == event.json()["number"] + 1
    assert owned.call("DELETE", f"/api/v1/tokens/{reader['id']}").status == 204


def test_a_stream_ends_with_the_token_that_opened_it(owned, listen):
    admin = owned.call("POST", "/api/v1/tokens", {"name": "a", "scope": "admin"}).json()
    stream = listen(owned, f"{EVENTS}?types=log", token=admin["token"])
    other = listen(owned, f"{EVENTS}?types=status")
    assert other.next().name == "status"
    assert owned.call("DELETE", f"/api/v1/tokens/{admin['id']}").status == 204
    while stream.next(5):
        pass
    assert owned.patch("/api/v1/config", {"read_auth": "token"}).status == 200
    while other.next(5):
        pass  # it was opened without a token


def test_the_status_is_told_when_it_changes(another, listen):
    device = another()
    stream = listen(device, f"{EVENTS}?types=status")
    assert stream.next().json()["owner"] == "unclaimed"
    device.claim()
    assert stream.until(lambda event: event.json()["owner"] == "claimed", 5)


def test_silence_is_broken_by_a_comment_every_15_seconds(device, listen):
    stream = listen(device, f"{EVENTS}?types=alert")
    begun = time.monotonic()
    assert stream.comment(25) == []
    assert time.monotonic() - begun > 10


def slow_reader(device, path):
    """A connection whose reader takes nothing, with as little room as the system lets it have."""
    client = device.connect(receive_bytes=1024)
    client.send(request_bytes(path, [("Accept", "text/event-stream")]))
    return client


def test_a_reader_that_takes_nothing_delays_nobody(device, listen):
    with slow_reader(device, EVENTS):
        good = listen(device, f"{EVENTS}?types=reading&sensors=temp0")
        times = [good.next(3).json()["uptime_ms"] for _ in range(6)]
        assert max(b - a for a, b in zip(times, times[1:])) < 1500
        assert device.get("/api/v1/sensors").status == 200


def test_the_one_connection_is_not_used_for_anything_else(device):
    with device.connect(3) as client:
        client.send(request_bytes(f"{EVENTS}?types=alert") + request_bytes("/healthz"))
        with pytest.raises(TimeoutError):
            client.read()
        assert b"Connection: close" in client.buffer and client.buffer.endswith(b"\r\n\r\n")
