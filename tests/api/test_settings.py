"""What may be set: merge-patches with If-Match, all or nothing, and what they change."""

import json
import re
import threading

import pytest
from contract import CONFIG, check_problem, check_sensor
from support.board import ROOT
from support.device import eventually
from support.http1 import request_bytes

CONFIG_PATH = "/api/v1/config"
SENSOR_PATH = "/api/v1/sensors/temp0"
STALE = '"0000000000000000"'


def config(device):
    return device.call("GET", CONFIG_PATH).json()


def change(device, path, patch):
    answer = device.patch(path, patch)
    assert answer.status == 200, answer
    return answer.json()


def pointers(answer):
    problem = check_problem(answer, 422)
    assert all(set(error) == {"pointer", "detail"} and error["detail"] for error in problem["errors"])
    named = [error["pointer"] for error in problem["errors"]]
    assert len(named) == len(set(named)), named
    return set(named)


# ---- how a change is asked for -------------------------------------------------------------------------------------

def test_the_defaults(owned):
    assert config(owned) == CONFIG
    sensor = owned.sensor("temp0")
    assert (sensor["name"], sensor["interval_ms"], sensor["offset"]) == ("Temperature", 1000, 0)
    assert sensor["thresholds"] == {"min": None, "max": None, "hysteresis": 0}


@pytest.mark.parametrize("path, patch", [(CONFIG_PATH, {"name": "Attic"}), (SENSOR_PATH, {"name": "Attic"})])
def test_a_change_needs_the_tag_of_what_was_read(owned, path, patch):
    before = owned.call("GET", path)
    check_problem(owned.call("PATCH", path, patch), 428, instance=path)
    check_problem(owned.call("PATCH", path, patch, match=STALE), 412, instance=path)
    check_problem(owned.call("PATCH", path, patch, match="W/" + before.header("etag")), 412, instance=path)
    assert owned.call("GET", path).json()["name"] == before.json()["name"]
    changed = owned.call("PATCH", path, patch, match=f'{STALE}, {before.header("etag")}')
    assert (changed.status, changed.json()["name"]) == (200, "Attic")
    check_problem(owned.call("PATCH", path, patch, match=before.header("etag")), 412)
    # The answer's own tag is good for the next change.
    again = owned.call("PATCH", path, {"name": "Cellar"}, match=changed.header("etag"))
    assert (again.status, again.json()["name"]) == (200, "Cellar")
    assert owned.call("PATCH", path, {"name": "Shed"}, match="*").status == 200


def test_a_sensors_tag_outlives_its_samples(owned):
    before = owned.get(SENSOR_PATH)
    sampled = before.json()["uptime_ms"]
    eventually(lambda: owned.sensor("temp0")["uptime_ms"] > sampled)
    assert owned.get(SENSOR_PATH).header("etag") != before.header("etag")
    answer = owned.call("PATCH", SENSOR_PATH, {"name": "Soil"}, match=before.header("etag"))
    assert answer.status == 200
    check_sensor(answer.json())
    check_problem(owned.call("PATCH", SENSOR_PATH, {"name": "Air"}, match=before.header("etag")), 412)


def test_of_two_writers_none_loses_a_change_of_a_sensor_that_is_being_sampled(owned):
    """Samples change the tag between the writers' changes; that such a tag still serves is another test's matter."""
    rounds, failures = 10, []
    change(owned, SENSOR_PATH, {"interval_ms": 100, "name": "0"})
    sampled = owned.sensor("temp0")["uptime_ms"]
    headers = [("Authorization", f"Bearer {owned.token}"), ("Content-Type", "application/json")]

    def write():
        try:
            with owned.connect() as client:
                done = 0
                while done < rounds:
                    read = client.request(SENSOR_PATH)
                    count = int(read.json()["name"]) + 1
                    body = json.dumps({"name": str(count), "offset": count / 100}).encode()
                    answer = client.request(SENSOR_PATH, [*headers, ("If-Match", read.header("etag"))], "PATCH", body)
                    assert answer.status in (200, 412), answer
                    done += answer.status == 200
        except Exception as error:
            failures.append(error)

    writers = [threading.Thread(target=write) for _ in range(2)]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join(30)
    assert not failures, failures
    sensor = owned.sensor("temp0")
    assert (sensor["name"], sensor["offset"]) == (str(2 * rounds), 2 * rounds / 100)
    eventually(lambda: owned.sensor("temp0")["uptime_ms"] > sampled)


def test_a_change_of_nothing_changes_no_tag_and_writes_nothing(owned):
    owned.written()
    before = owned.call("GET", CONFIG_PATH).header("etag")
    writes = owned.status()["store"]["writes"]
    for patch in ({}, {"name": "Jembatan"}, {"network": {}}, {"network": {"prefix": 24}}, {"location": None}):
        answer = owned.call("PATCH", CONFIG_PATH, patch, match=before)
        assert (answer.status, answer.header("etag")) == (200, before), patch
    status = owned.status()["store"]
    assert (status["writes"], status["pending"]) == (writes, 0)


ALL = {"name": "Gewächshaus", "hostname": "greenhouse-7", "location": "behind the \"old\" shed \\ left",
       "network": {"mode": "dhcp", "address": "192.0.2.7", "prefix": 30, "gateway": "192.0.2.6"},
       "sampling": {"interval_ms": 2000}, "cors_origins": ["https://a.example", "http://[2001:db8::1]:8080"],
       "allowed_hosts": ["a.example", "panel"], "read_auth": "token", "time": {"server": "192.0.2.123"},
       "http": {"mode": "on", "insecure_tokens": True}, "chips": {"added": [], "removed": ["mag0"]}}


def test_every_member_can_be_set_and_null_gives_its_default_back(owned):
    assert change(owned, CONFIG_PATH, ALL) == ALL
    assert config(owned) == ALL
    for name in CONFIG:
        now = change(owned, CONFIG_PATH, {name: None})
        assert now[name] == CONFIG[name]
        assert all(now[other] in (ALL[other], CONFIG[other]) for other in CONFIG)
    assert config(owned) == CONFIG
    change(owned, CONFIG_PATH, {"network": {"address": "192.0.2.7", "prefix": 28}})
    assert change(owned, CONFIG_PATH, {"network": {"prefix": None}})["network"] == \
        {"mode": "dhcp", "address": "192.0.2.7", "prefix": 24, "gateway": None}


def test_every_member_of_a_sensor_can_be_set_and_null_gives_its_default_back(owned):
    patch = {"name": "Öl", "interval_ms": 60000, "offset": -0.25,
             "thresholds": {"min": -40, "max": 99.99, "hysteresis": 0.5}}
    shown = change(owned, SENSOR_PATH, patch)
    assert {name: shown[name] for name in patch} == patch
    shown = change(owned, SENSOR_PATH, {"thresholds": {"min": None}})
    assert shown["thresholds"] == {"min": None, "max": 99.99, "hysteresis": 0.5}
    shown = change(owned, SENSOR_PATH, {"thresholds": None, "name": None, "interval_ms": None, "offset": None})
    assert (shown["name"], shown["interval_ms"], shown["offset"]) == ("Temperature", 1000, 0)
    assert shown["thresholds"] == {"min": None, "max": None, "hysteresis": 0}


@pytest.mark.parametrize("path, patch, wrong", [
    (CONFIG_PATH, {"name": 5, "hostname": "a.b", "location": 65 * "l", "network": {"mode": "auto", "address": "1.2.3",
                   "prefix": 31, "gateway": "224.0.0.1", "dns": 1}, "sampling": {"interval_ms": 99},
                   "cors_origins": ["https://ok.example", "ftp://x", 3], "allowed_hosts": "panel", "read_auth": True,
                   "a/b~c": {}},
     {"/name", "/hostname", "/location", "/network/mode", "/network/address", "/network/prefix", "/network/gateway",
      "/network/dns", "/sampling/interval_ms", "/cors_origins/1", "/cors_origins/2", "/allowed_hosts", "/read_auth",
      "/a~1b~0c"}),
    (CONFIG_PATH, {"name": "", "network": []}, {"/name", "/network"}),
    (CONFIG_PATH, {"name": "\u202eevil", "location": "a\u0007b"}, {"/name", "/location"}),
    (CONFIG_PATH, {"network": {"mode": "static"}}, {"/network/address"}),
    (CONFIG_PATH, {"network": {"mode": "static", "address": "10.0.0.255"}}, {"/network/address"}),
    (CONFIG_PATH, {"network": {"mode": "static", "address": "10.0.0.5", "gateway": "10.0.1.1"}}, {"/network/gateway"}),
    (CONFIG_PATH, {"network": {"mode": "static", "address": "10.0.0.5", "gateway": "10.0.0.5"}}, {"/network/gateway"}),
    (CONFIG_PATH, {"allowed_hosts": ["a", "b", "c", "d", "e"]}, {"/allowed_hosts"}),
    (CONFIG_PATH, ["name"], {""}),
    (CONFIG_PATH, None, {""}),
    (SENSOR_PATH, {"name": 33 * "n", "interval_ms": 3600001, "offset": 0.001, "thresholds": {"min": "1", "max": 1e9,
                   "hysteresis": -1, "mean": 0}, "value": 20},
     {"/name", "/interval_ms", "/offset", "/thresholds/min", "/thresholds/max", "/thresholds/hysteresis",
      "/thresholds/mean", "/value"}),
    (SENSOR_PATH, {"thresholds": {"min": 20, "max": 20}}, {"/thresholds/max"}),
    (SENSOR_PATH, {"thresholds": {"min": 20, "max": 22, "hysteresis": 2}}, {"/thresholds/hysteresis"}),
    (SENSOR_PATH, {"interval_ms": 1000.5, "id": "temp1"}, {"/interval_ms", "/id"}),
])
def test_all_that_is_wrong_is_told_at_once_and_nothing_changes(owned, path, patch, wrong):
    before = owned.call("GET", path)
    body = json.dumps(patch).encode()
    assert pointers(owned.call("PATCH", path, body, match=before.header("etag"))) == wrong
    good = {**patch, "location" if path == CONFIG_PATH else "name": "fine"} if isinstance(patch, dict) else None
    if good and "location" not in patch:  # a right member beside wrong ones is not taken either
        assert owned.call("PATCH", path, good, match="*").status == 422
    names = CONFIG if path == CONFIG_PATH else ("name", "interval_ms", "offset", "thresholds")
    after = owned.call("GET", path).json()
    assert {name: after[name] for name in names} == {name: before.json()[name] for name in names}


def test_more_errors_than_fit_are_still_an_answer(owned):
    answer = owned.patch(CONFIG_PATH, {f"unknown_{index}": 0 for index in range(50)})
    assert 10 <= len(pointers(answer)) <= 16
    # One with a name as long as the document may be is told by its parent.
    assert pointers(owned.patch(CONFIG_PATH, {1500 * "n": 0})) == {""}


# ---- what is no document -------------------------------------------------------------------------------------------

def vectors(name, fields):
    lines = (ROOT / "tests" / "vectors" / "json" / name).read_text("utf-8").splitlines()
    for line in lines:
        if line and not line.startswith("#"):
            facts, text = line.split(" ", fields)[:fields], line.split(" ", fields)[fields:] or [""]
            yield facts, re.sub(rb"%([0-9A-Fa-f]{2})", lambda found: bytes([int(found[1], 16)]), text[0].encode())


def test_malformed_json_is_400_and_says_where(owned):
    tag = owned.call("GET", CONFIG_PATH).header("etag")
    tried = 0
    for (name, _, offset), text in vectors("malformed.txt", 3):
        if len(text) > 2048:
            continue
        answer = owned.call("PATCH", CONFIG_PATH, text, match=tag)
        assert check_problem(answer, 400)["offset"] == int(offset), name
        tried += 1
    assert tried > 150
    assert owned.call("GET", CONFIG_PATH).header("etag") == tag


def test_json_that_is_more_than_we_take_is_422_and_says_where(owned):
    for (name, _, offset), text in vectors("more_than_we_take.txt", 3):
        answer = owned.call("PATCH", CONFIG_PATH, text, match="*")
        if answer.status != 413:
            assert check_problem(answer, 422)["offset"] == int(offset), name


def test_json_that_is_well_formed_is_never_called_malformed(owned):
    for (name,), text in vectors("accepted.txt", 1):
        answer = owned.call("PATCH", SENSOR_PATH, text, match="*")
        assert answer.status in (200, 413, 422), (name, answer)
        assert "offset" not in answer.json() or answer.status == 200, (name, answer)


@pytest.mark.parametrize("path, method, limit", [
    (CONFIG_PATH, "PATCH", 2048), (SENSOR_PATH, "PATCH", 512), ("/api/v1/tokens", "POST", 512),
    ("/api/v1/claim", "POST", 512), ("/api/v1/actions/identify", "POST", 512), ("/api/v1/actuators/led0", "PUT", 512),
])
def test_a_body_longer_than_its_resource_takes_is_413(owned, path, method, limit):
    padded = b"{" + (limit - 2) * b" " + b"}"
    assert owned.call(method, path, padded, match="*").status in (200, 202, 409, 422)
    answer = owned.call(method, path, padded + b" ", match="*")
    check_problem(answer, 413)
    head = request_bytes(path, {"Authorization": f"Bearer {owned.token}", "Content-Type": "application/json",
                                "If-Match": "*", "Transfer-Encoding": "chunked"}, method)
    with owned.connect() as connection:
        connection.send(head + b"%x\r\n" % (limit + 1) + padded + b" \r\n0\r\n\r\n")
        check_problem(connection.read(method), 413)


def test_a_document_of_more_values_than_there_is_memory_for_is_413(owned):
    check_problem(owned.patch(CONFIG_PATH, b'{"cors_origins":[' + b"0," * 1000 + b"0]}"), 413)
    assert change(owned, CONFIG_PATH, {"name": "Still here"})["name"] == "Still here"


@pytest.mark.parametrize("media, path, method, status", [
    ("text/plain", CONFIG_PATH, "PATCH", 415),
    ("application/x-www-form-urlencoded", CONFIG_PATH, "PATCH", 415),
    ("application/jsonp", CONFIG_PATH, "PATCH", 415),
    ("application/merge-patch+json", "/api/v1/actuators/led0", "PUT", 415),
    ("text/plain", "/api/v1/actions/identify", "POST", 415),
    ("text/plain", "/api/v1/claim", "POST", 415),
    ("application/merge-patch+json", CONFIG_PATH, "PATCH", 200),
    ("Application/JSON ; charset=utf-8", CONFIG_PATH, "PATCH", 200),
])
def test_what_changes_something_must_say_that_it_is_json(owned, media, path, method, status):
    answer = owned.call(method, path, b"{}", match="*", headers=[("Content-Type", media)])
    if status == 200:
        assert answer.status == 200
    else:
        check_problem(answer, status, instance=path)


def test_without_a_content_type_nothing_changes(owned):
    headers = [("Authorization", f"Bearer {owned.token}"), ("If-Match", "*")]
    check_problem(owned.request(CONFIG_PATH, headers, "PATCH", b'{"name":"x"}'), 415)
    check_problem(owned.request("/api/v1/actions/identify", headers, "POST"), 415)
    assert config(owned) == CONFIG


# ---- what settings do ----------------------------------------------------------------------------------------------

def test_name_place_and_host_name_are_shown(owned):
    before = owned.get("/api/v1/device")
    own = before.json()["hostname"]
    change(owned, CONFIG_PATH, {"name": "Öfchen \"2\"", "location": "Küche", "hostname": "oven"})
    after = owned.get("/api/v1/device")
    assert after.header("etag") != before.header("etag")
    shown = after.json()
    assert (shown["name"], shown["location"], shown["hostname"]) == ("Öfchen \"2\"", "Küche", "oven")
    for host in ("oven", "OVEN.local", "oven:8080"):
        assert owned.request("/healthz", host=host).status == 200, host
    check_problem(owned.request("/healthz", host=own), 421)
    change(owned, CONFIG_PATH, {"hostname": None})
    assert owned.request("/healthz", host=own).status == 200
    check_problem(owned.request("/healthz", host="oven"), 421)


def test_a_host_may_be_allowed(owned):
    check_problem(owned.request("/healthz", host="dash.example"), 421)
    change(owned, CONFIG_PATH, {"allowed_hosts": ["dash.example", "panel"]})
    for host in ("dash.example", "Dash.Example:8443", "panel"):
        assert owned.request("/healthz", host=host).status == 200, host
    for host in ("example", "x.dash.example", "dash.example.org", "panel.local"):
        check_problem(owned.request("/healthz", host=host), 421)
    change(owned, CONFIG_PATH, {"allowed_hosts": []})
    check_problem(owned.request("/healthz", host="panel"), 421)


def cors(answer):
    return {name: value for name, value in answer.fields if name.startswith("access-control-")}


def test_no_page_may_speak_to_it_until_its_origin_is_allowed(owned):
    origin = "https://dash.example:8443"
    preflight = [("Origin", origin), ("Access-Control-Request-Method", "PATCH")]
    assert cors(owned.get("/api/v1/readings", [("Origin", origin)])) == {}
    assert cors(owned.request(CONFIG_PATH, preflight, "OPTIONS")) == {}
    change(owned, CONFIG_PATH, {"cors_origins": ["https://other.example", origin]})
    answer = owned.get("/api/v1/readings", [("Origin", origin)])
    assert answer.header("access-control-allow-origin") == origin
    assert "origin" in answer.header("vary").lower()
    assert "access-control-allow-credentials" not in cors(answer)
    # A page needs the tag to change anything.
    assert {"etag", "location", "retry-after", "www-authenticate"} <= \
        set(answer.header("access-control-expose-headers").lower().split(", "))
    answer = owned.request(CONFIG_PATH, preflight, "OPTIONS")
    assert answer.status == 204
    assert answer.header("access-control-allow-origin") == origin
    assert "PATCH" in answer.header("access-control-allow-methods").split(", ")
    assert {"authorization", "content-type", "if-match"} <= \
        set(answer.header("access-control-allow-headers").lower().split(", "))
    # Also what is refused can be read by the page.
    answer = owned.call("PATCH", CONFIG_PATH, {}, token=None, headers=[("Origin", origin)])
    assert (answer.status, answer.header("access-control-allow-origin")) == (401, origin)
    for stranger in ("https://dash.example", "http://dash.example:8443", "https://DASH.example:8443", "null",
                     origin + ".evil.example"):
        assert cors(owned.get("/api/v1/readings", [("Origin", stranger)])) == {}, stranger


def samples(device, sensor, count):
    """Uptimes of that many samples one after the other."""
    times = []

    def next_one():
        now = device.sensor(sensor)["uptime_ms"]
        if now not in times:
            times.append(now)
        return len(times) == count

    eventually(next_one, timeout=10)
    return times


def test_the_interval_of_all_and_that_of_one(owned):
    change(owned, CONFIG_PATH, {"sampling": {"interval_ms": 400}})
    change(owned, SENSOR_PATH, {"interval_ms": 600})
    assert (owned.sensor("temp0")["interval_ms"], owned.sensor("emc0_internal")["interval_ms"]) == (600, 400)
    for sensor, interval in (("temp0", 600), ("emc0_internal", 400)):
        times = samples(owned, sensor, 4)
        for earlier, later in zip(times[1:], times[2:]):
            assert abs(later - earlier - interval) <= 100, (sensor, times)
    change(owned, SENSOR_PATH, {"interval_ms": None})
    assert owned.sensor("temp0")["interval_ms"] == 400
    change(owned, CONFIG_PATH, {"sampling": None})
    assert owned.sensor("temp0")["interval_ms"] == 1000


def test_an_offset_moves_the_value_at_once_and_every_one_after_it(owned):
    owned.set("temp0", 21.5)
    eventually(lambda: owned.sensor("temp0"), value=21.5)
    assert change(owned, SENSOR_PATH, {"offset": 1.25})["value"] == 22.75
    owned.set("temp0", 10)
    eventually(lambda: owned.sensor("temp0"), value=11.25)
    assert owned.get(f"{SENSOR_PATH}/value").json() == 11.25
    assert change(owned, SENSOR_PATH, {"offset": None})["value"] == 10
    owned.set("temp0", 21.5)


def test_thresholds_raise_an_alert_and_hysteresis_ends_it(owned):
    sensor = "mag0_temperature"  # of the fastest chip
    path = f"/api/v1/sensors/{sensor}"
    change(owned, path, {"interval_ms": 100, "thresholds": {"min": 10, "max": 30, "hysteresis": 2}})
    for celsius, alert in ((21.5, "none"), (30, "none"), (30.5, "high"), (29, "high"), (28.5, "high"), (28, "none"),
                           (29.5, "none"), (9.5, "low"), (11.5, "low"), (12, "none"), (35, "high"), (5, "low")):
        owned.set(sensor, celsius)
        eventually(lambda: owned.sensor(sensor), value=celsius)  # noqa: B023
        assert owned.sensor(sensor)["alert"] == alert, celsius
    # Thresholds judge what is there at once.
    assert change(owned, path, {"thresholds": {"min": 0, "hysteresis": 0}})["alert"] == "none"
    assert change(owned, path, {"thresholds": {"max": 4}})["alert"] == "high"
    assert change(owned, path, {"thresholds": None})["alert"] == "none"
    owned.set(sensor, 22)


def test_a_static_address_is_taken_after_the_answer_and_lasts(another):
    """User networking forwards to 10.0.2.15 only, so it is the mode that changes here, and the rest of the subnet."""
    device = another()
    device.claim()
    assert device.status()["network"]["ipv4_mode"] == "dhcp"
    network = {"mode": "static", "address": "10.0.2.15", "prefix": 25, "gateway": "10.0.2.2"}
    assert change(device, CONFIG_PATH, {"network": network})["network"] == network
    eventually(lambda: device.status()["network"], ipv4_mode="static", ipv4="10.0.2.15")
    device.written()
    device.restart()
    assert device.status()["network"]["ipv4_mode"] == "static"
    assert config(device)["network"] == network
    change(device, CONFIG_PATH, {"network": None})
    eventually(lambda: device.status()["network"], ipv4_mode="dhcp", ipv4="10.0.2.15", timeout=15)
