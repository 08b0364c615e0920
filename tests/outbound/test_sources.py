"""Outside sources, asked by the device through a real network stack of real servers that behave and misbehave."""

import pytest
from conftest import at_rest
from support.device import eventually
from support.outside import WAIT, chunked, code_of, ok
from support.ports import free_ports
from support.sse import Stream
from weather import ANSWER, MAP, TEMPERATURE, source

PATH = "/api/v1/sources/weather"
SMALL = '{"current":{"temperature_2m":4.6}}'


def put(device, body, status=201, path=PATH, **options):
    response = device.call("PUT", path, body, **options)
    assert response.status == status, response
    return response


def state_of(device, path=PATH):
    return device.call("GET", path).json()


def settled(device, timeout=15):
    """The source, once it has been asked."""
    return eventually(lambda: (lambda now: now if now["questions"] else None)(state_of(device)), timeout)


def fails(device, body, code, timeout=15):
    put(device, body)
    now = settled(device, timeout)
    assert (now["state"], code_of(now)) == ("error", code)
    assert now["failures"] == now["failed"] == 1 and now["next_uptime_ms"] > 0
    sensor = device.sensor("outdoor_temp")
    assert (sensor["quality"], sensor["value"]) == ("error", None)
    return now


def value(device, expected, sensor="outdoor_temp", timeout=15):
    return eventually(lambda: device.sensor(sensor), timeout, quality="ok", value=expected)


# ---- Good answers ---------------------------------------------------------------------------------------------

def test_a_weather_service_becomes_three_sensors(device, outside):
    outside.answer("/v1/forecast?latitude=52.52&longitude=13.41", ok(ANSWER, "Content-Type: application/json"))
    created = put(device, source(outside.url("/v1/forecast?latitude=52.52&longitude=13.41"), map=MAP))
    assert created.header("location") == PATH
    value(device, 4.6)
    value(device, 87, "outdoor_rh")
    value(device, 100830, "outdoor_pressure")
    now = state_of(device)
    assert (now["state"], now["status"], now["error"], now["failures"]) == ("ok", 200, None, 0)
    assert 0 < now["body_bytes"] <= len(ANSWER.encode())
    sensor = device.sensor("outdoor_temp")
    assert (sensor["chip"], sensor["source"], sensor["unit"], sensor["interval_ms"]) == (None, "weather", "Cel", 60000)
    request, = outside.requests
    assert request.fields["host"] == f"10.0.2.2:{outside.port}" and request.fields["user-agent"].startswith("jembatan/")


def test_its_sensors_are_sensors_like_others(device, outside):
    outside.answer("/w", ok(SMALL))
    before = device.get("/api/v1/device").json()["sensors"]
    old = device.get("/api/v1/sensors").header("etag")
    with device.connect() as client:
        events = Stream(client, "/api/v1/events?types=reading")
        put(device, source(outside.url("/w"), interval_ms=1000))
        seen = eventually(lambda: next((event.json() for event in [events.next()] if event.json()["id"] == "outdoor_temp"), None))
        assert seen["value"] == 4.6
    value(device, 4.6)
    assert device.get("/api/v1/device").json()["sensors"] == before + 1
    assert device.get("/api/v1/sensors").header("etag") != old
    assert "outdoor_temp" in [sensor["id"] for sensor in device.get("/api/v1/sensors").json()["sensors"]]
    assert any(reading.get("id") == "outdoor_temp" for reading in device.get("/api/v1/readings").json()["readings"])
    metrics = device.get("/metrics").body.decode()
    assert 'sensor_temperature_celsius{sensor="outdoor_temp",source="weather"} 4.60' in metrics
    assert "outdoor_temp" in device.get("/.well-known/wot").json()["properties"]
    assert device.get("/api/v1/sensors/outdoor_temp/value").json() == 4.6
    eventually(lambda: len(device.get("/api/v1/sensors/outdoor_temp/history").json()["points"]) >= 2)


def test_thresholds_and_offset_are_set_as_elsewhere_but_the_interval_is_the_sources(device, outside):
    outside.answer("/w", ok(SMALL))
    put(device, source(outside.url("/w")))
    value(device, 4.6)
    path = "/api/v1/sensors/outdoor_temp"
    assert device.patch(path, {"offset": 0.4, "thresholds": {"max": 4.9}, "name": "Outside"}).status == 200
    sensor = device.sensor("outdoor_temp")
    assert (sensor["value"], sensor["alert"], sensor["name"]) == (5.0, "high", "Outside")
    refused = device.patch(path, {"interval_ms": 5000})
    assert refused.status == 422 and refused.json()["errors"][0]["pointer"] == "/interval_ms"
    assert device.patch(path, dict.fromkeys(("offset", "thresholds", "name"))).status == 200


def test_chunks_come_in_any_size(device, outside):
    outside.answer("/w", chunked(*(bytes([byte]) for byte in ANSWER.encode())))
    put(device, source(outside.url("/w"), map=MAP))
    value(device, 100830, "outdoor_pressure")


def test_an_answer_may_drip_as_long_as_it_is_in_time(device, outside):
    whole = ok(SMALL)
    outside.answer("/w", *(piece for byte in whole for piece in (bytes([byte]), 0.002)))
    put(device, source(outside.url("/w"), timeout_ms=30000))
    value(device, 4.6, timeout=30)


@pytest.mark.parametrize("late", [False, True])
def test_two_mebibytes_are_read_as_far_as_needed(device, outside, late):
    filler = '"filler":[' + ",".join(['{"a":[1,2,3],"b":"\\u00e9 text"}'] * 65536) + "]"
    current = '"current":{"temperature_2m":4.6}'
    body = "{" + (f"{filler},{current}" if late else f"{current},{filler}") + "}"
    assert len(body) > 2 * 1024 * 1024
    outside.answer("/w", ok(body))
    put(device, source(outside.url("/w"), timeout_ms=60000))
    value(device, 4.6, timeout=60)
    read = state_of(device)["body_bytes"]
    assert len(body) - 100 < read <= len(body) if late else read < 4096


def test_what_has_not_changed_is_not_sent_again(device, outside):
    def answer(request):
        return [ok("", 'ETag: "v1"', status="304 Not Modified")] if request.fields.get("if-none-match") == '"v1"' else \
            [ok(SMALL, 'ETag: "v1"')]

    outside.answer("/w", answer)
    put(device, source(outside.url("/w"), interval_ms=1000))
    eventually(lambda: state_of(device), status=304)
    value(device, 4.6)
    assert "if-none-match" not in outside.requests[0].fields and outside.requests[1].fields["if-none-match"] == '"v1"'


# ---- Bad ones -------------------------------------------------------------------------------------------------

def test_a_server_that_never_answers_is_given_up(device, outside):
    outside.answer("/w", WAIT)
    fails(device, source(outside.url("/w"), timeout_ms=1000), "timeout")


def test_a_server_that_drips_too_slowly_is_given_up(device, outside):
    outside.answer("/w", *(piece for byte in ok(SMALL) for piece in (bytes([byte]), 0.2)))
    fails(device, source(outside.url("/w"), timeout_ms=1000), "timeout")


def test_one_that_is_late_is_stale(device, outside):
    served = []

    def answer(_):
        served.append(1)
        return [ok(SMALL)] if len(served) == 1 else [WAIT]

    outside.answer("/w", answer)
    put(device, source(outside.url("/w"), interval_ms=1000, timeout_ms=60000))
    value(device, 4.6)
    assert eventually(lambda: device.sensor("outdoor_temp"), quality="stale", value=None)
    assert (state_of(device)["state"], state_of(device)["error"]) == ("stale", None)
    refused = device.get("/api/v1/sensors/outdoor_temp/value")
    assert refused.status == 503 and "late" in refused.json()["detail"]


@pytest.mark.parametrize("answer, code", [
    (ok(SMALL)[:-3], "truncated"),
    (ok("", status="500 Oh"), "status"),
    (ok(SMALL, status="404 Not Found"), "status"),
    (ok("<html>no</html>"), "json"),
    (ok('{"current":{,"temperature_2m":4.6}}'), "json"),
    (ok('{"current":{"temperature_2m":04.6}}'), "json"),
    (ok('{"current":{"temperature_2m":"4.6"}}'), "value"),
    (ok('{"current":{"temperature_2m":null}}'), "value"),
    (ok('{"current":{"temperature_2m":1e10}}'), "value"),
    (ok("{}"), "value"),
    (ok("[" * 40 + "]" * 40), "depth"),
    (ok(SMALL, "Content-Encoding: gzip"), "coding"),
    (b"HTTP/1.1 200 OK\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n", "http"),
    (b"220 mail.example ESMTP\r\n", "http"),
    (b"", "truncated"),
    (b"HTTP/1.1 200 OK\r\nX: " + b"y" * 9000 + b"\r\n\r\n", "http"),
])
def test_a_bad_answer_is_an_error_with_a_reason(device, outside, answer, code):
    outside.answer("/w", answer)
    put(device, source(outside.url("/w")))
    now = settled(device)
    assert (now["state"], code_of(now)) == ("error", code)
    assert device.sensor("outdoor_temp")["quality"] == "error"


def test_nobody_listens(device):
    port, = free_ports(1, ())
    fails(device, source(f"http://10.0.2.2:{port}/"), "refused")


def test_it_is_asked_again_after_a_while_and_recovers(device, outside):
    served = []

    def answer(_):
        served.append(1)
        return [ok("", status="503 No") if len(served) == 1 else ok(SMALL)]

    outside.answer("/w", answer)
    fails(device, source(outside.url("/w")), "status")
    value(device, 4.6, timeout=20)
    assert state_of(device)["failures"] == 0 and state_of(device)["failed"] == 1


# ---- Redirects ------------------------------------------------------------------------------------------------

def to(location, status="302 Found"):
    return ok("elsewhere", f"Location: {location}", status=status)


def test_redirects_are_followed_and_secrets_are_not_told_to_others(device, outside, make_outside):
    other = make_outside()
    outside.answer("/w", to("/x", "301 Moved Permanently"))
    outside.answer("/x", to(other.url("/y"), "307 Temporary Redirect"))
    other.answer("/y", ok(SMALL))
    put(device, source(outside.url("/w"), token="s3cret", headers={"X-Key": "k3y"}))
    value(device, 4.6)
    for request in outside.requests:
        assert request.fields["authorization"] == "Bearer s3cret" and request.fields["x-key"] == "k3y"
    request, = other.requests
    assert "authorization" not in request.fields and "x-key" not in request.fields


def test_a_circle_of_redirects_is_left(device, outside):
    outside.answer("/a", to("/b"))
    outside.answer("/b", to("/a"))
    fails(device, source(outside.url("/a")), "redirects")
    assert len(outside.requests) == 5


@pytest.mark.parametrize("location", ["ftp://10.0.2.2/", "file:///etc/passwd", "", "http://user@10.0.2.2/", "/" + "x" * 300])
def test_some_redirects_lead_nowhere(device, outside, location):
    outside.answer("/w", to(location))
    fails(device, source(outside.url("/w")), "redirect")


# ---- What is set ----------------------------------------------------------------------------------------------

def test_secrets_are_never_shown(device, outside):
    outside.answer("/w", ok(SMALL))
    body = source(outside.url("/w"), token="s3cret-t0ken", headers={"X-Api-Key": "h1dden"})
    shown = [put(device, body), put(device, body, 200), device.call("GET", PATH), device.call("GET", "/api/v1/sources"),
             device.call("GET", "/api/v1/logs")]
    for response in shown:
        assert b"s3cret-t0ken" not in response.body and b"h1dden" not in response.body
    now = state_of(device)
    assert (now["has_token"], now["header_names"]) == (True, ["X-Api-Key"])
    put(device, source(outside.url("/w")), 200)
    assert (state_of(device)["has_token"], state_of(device)["header_names"]) == (False, [])


def test_what_is_wrong_is_named_and_nothing_changes(device, outside):
    put(device, source(outside.url("/w")))
    before = state_of(device)
    wrong = {"url": "ftp://x/", "interval_ms": 1, "colour": "red",
             "map": [{"pointer": "x", "sensor": "Outdoor", "kind": "wind", "unit": "m/s"}]}
    response = put(device, wrong, 422)
    assert {error["pointer"] for error in response.json()["errors"]} == {
        "/url", "/interval_ms", "/colour", "/map/0/pointer", "/map/0/sensor", "/map/0/kind"}
    assert state_of(device)["url"] == before["url"]


def test_a_sensors_id_is_one_sensors(device, outside):
    taken = source(outside.url("/w"), map=[{**TEMPERATURE[0], "sensor": "temp0"}])
    response = put(device, taken, 409)
    assert response.json()["errors"] == [{"pointer": "/map/0/sensor", "detail": "is the id of another sensor"}]
    put(device, source(outside.url("/w")))
    assert put(device, source(outside.url("/w")), 409, "/api/v1/sources/other").json()["errors"][0]["pointer"] == "/map/0/sensor"
    assert device.call("GET", "/api/v1/sources/other").status == 404


def test_places_are_bounded(device, outside):
    made = 0
    while True:
        value_map = [{**TEMPERATURE[0], "sensor": f"outside_{made}"}]
        response = device.call("PUT", f"/api/v1/sources/s{made}", source(outside.url("/w"), map=value_map))
        if response.status == 409:
            break
        assert response.status == 201
        made += 1
    assert made >= 2
    many = [{**TEMPERATURE[0], "sensor": f"more_{i}"} for i in range(9)]
    assert put(device, source(outside.url("/w"), map=many), 422, "/api/v1/sources/s0").json()["errors"][0]["pointer"] == "/map"


def test_an_id_is_checked(device, outside):
    for name in ("Weather", "a-b", "x" * 24):
        put(device, source(outside.url("/w")), 404, f"/api/v1/sources/{name}")


def test_if_match_guards_against_lost_changes(device, outside):
    outside.answer("/w", ok(SMALL))
    etag = put(device, source(outside.url("/w"))).header("etag")
    settled(device)
    put(device, source(outside.url("/w"), interval_ms=2000), 200, match=etag)  # what became of it is no change of it
    put(device, source(outside.url("/w"), interval_ms=3000), 412, match=etag)
    assert device.call("DELETE", PATH, match=etag).status == 412


def test_one_that_goes_takes_its_sensors_along(device, outside):
    outside.answer("/w", ok(SMALL))
    put(device, source(outside.url("/w"), interval_ms=1000))
    value(device, 4.6)
    with device.connect() as client:
        values = Stream(client, "/api/v1/sensors/outdoor_temp/value")
        assert values.next().data == "4.60"
        assert device.call("DELETE", PATH).status == 204
        while values.next() is not None:  # what was on its way
            pass
    assert device.get("/api/v1/sensors/outdoor_temp").status == 404
    asked = len(outside.requests)
    put(device, source(outside.url("/w")))
    value(device, 4.6)
    assert len(outside.requests) == asked + 1
    points = device.get("/api/v1/sensors/outdoor_temp/history").json()["points"]
    assert len(points) >= 2  # what was measured before is still there


def test_nobody_without_the_scope_sees_or_sets_one(device, outside):
    operator = device.call("POST", "/api/v1/tokens", {"name": "o", "scope": "operate"}).json()
    for method in ("GET", "PUT", "DELETE"):
        body = source(outside.url("/w")) if method == "PUT" else None
        assert device.call(method, PATH, body, token=None).status == 401
        assert device.call(method, PATH, body, token=operator["token"]).status == 403
    assert device.call("DELETE", f"/api/v1/tokens/{operator['id']}").status == 204
    assert not outside.connections


# ---- What lasts -----------------------------------------------------------------------------------------------

def test_it_lasts_with_its_secrets_and_what_was_set_about_its_sensors(another, outside):
    outside.answer("/w", ok(SMALL))
    outside.answer("/v", ok(SMALL))
    device = another(outbound=True)
    device.claim()
    put(device, source(outside.url("/v"), map=[{**TEMPERATURE[0], "sensor": "first"}]), path="/api/v1/sources/first")
    put(device, source(outside.url("/w"), token="s3cret", headers={"X-Key": "k3y"}))
    value(device, 4.6)
    assert device.patch("/api/v1/sensors/outdoor_temp", {"offset": 1, "name": "Outside"}).status == 200
    assert device.call("DELETE", "/api/v1/sources/first").status == 204
    device.written()
    asked = len(outside.asked("/w"))
    for _ in range(2):  # the second time it is where the first one was
        device.restart()
        value(device, 5.6)
        assert device.sensor("outdoor_temp")["name"] == "Outside"
        request = outside.asked("/w")[asked]
        assert request.fields["authorization"] == "Bearer s3cret" and request.fields["x-key"] == "k3y"
        asked = len(outside.asked("/w"))
        device.written()
    assert [entry["id"] for entry in device.call("GET", "/api/v1/sources").json()["sources"]] == ["weather"]


def test_without_leave_nothing_goes_out(another, outside):
    outside.answer("/w", ok(SMALL))
    device = another()
    device.claim()
    put(device, source(outside.url("/w"), timeout_ms=1000))
    assert settled(device)["state"] == "error"
    assert not outside.connections


def test_all_memory_is_there_again(device, baseline):
    eventually(lambda: at_rest(device) == baseline or None, timeout=60)
