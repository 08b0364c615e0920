"""Outside sources and whom to trust, as far as nobody outside is needed; tests/outbound has the rest."""

import pytest
from contract import check_problem
from support.certificates import Authority
from support.device import eventually

PATH = "/api/v1/sources/weather"
MAP = [{"pointer": "/t", "sensor": "outdoor_temp", "kind": "temperature", "unit": "Cel"}]
SOURCE = {"url": "http://10.0.2.2:9/now.json", "interval_ms": 3600000, "timeout_ms": 1000, "map": MAP}
MEMBERS = {"id", "url", "interval_ms", "timeout_ms", "has_token", "header_names", "map", "state", "error", "status", "failures",
           "questions", "failed", "body_bytes", "time", "uptime_ms", "next_uptime_ms"}


@pytest.fixture
def clean(owned):
    """The device, owned, without sources after the test."""
    yield owned
    for source in owned.call("GET", "/api/v1/sources").json()["sources"]:
        assert owned.call("DELETE", f"/api/v1/sources/{source['id']}").status == 204


def test_one_is_made_shown_changed_and_removed(clean):
    made = clean.call("PUT", PATH, SOURCE)
    assert (made.status, made.header("location")) == (201, PATH)
    assert set(made.json()) == MEMBERS and made.json()["state"] == "pending"
    shown = eventually(lambda: (lambda answer: answer if answer.json()["questions"] else None)(clean.call("GET", PATH)), 15)
    assert shown.json()["state"] == "error" and shown.json()["failures"] == 1
    assert clean.call("GET", PATH, headers=[("If-None-Match", shown.header("etag"))]).status == 304
    assert [source["id"] for source in clean.call("GET", "/api/v1/sources").json()["sources"]] == ["weather"]
    check_problem(clean.call("PUT", PATH, SOURCE, match='"0123456789abcdef"'), 412, PATH)
    check_problem(clean.call("DELETE", PATH, match='"0123456789abcdef"'), 412, PATH)
    changed = clean.call("PUT", PATH, {**SOURCE, "interval_ms": 60000}, match=shown.header("etag"))
    assert (changed.status, changed.json()["interval_ms"]) == (200, 60000)
    assert clean.call("DELETE", PATH).status == 204
    check_problem(clean.call("GET", PATH), 404, PATH)
    check_problem(clean.call("DELETE", PATH), 404, PATH)


def test_what_cannot_be_is_refused(clean):
    check_problem(clean.call("PUT", "/api/v1/sources/Weather", SOURCE), 404)
    check_problem(clean.call("PUT", PATH, {**SOURCE, "url": "gopher://x/"}), 422, PATH)
    check_problem(clean.call("PUT", PATH, {**SOURCE, "map": [{**MAP[0], "sensor": "temp0"}]}), 409, PATH)
    check_problem(clean.call("PUT", PATH, b"{"), 400, PATH)
    assert clean.call("GET", "/api/v1/sources").json() == {"sources": []}


def test_its_sensor_says_where_its_value_comes_from(clean):
    assert clean.call("PUT", PATH, SOURCE).status == 201
    sensor = clean.sensor("outdoor_temp")
    assert (sensor["chip"], sensor["source"], sensor["value"]) == (None, "weather", None)
    no_reading = clean.get("/api/v1/sensors/outdoor_temp/value")
    assert no_reading.status == 503 and int(no_reading.header("retry-after")) == 3600


@pytest.mark.needs("outgoing_tls")
def test_whom_it_believes_is_set_shown_and_removed(owned, tmp_path):
    authority = Authority(tmp_path)
    assert owned.call("GET", "/api/v1/trust").json() == {"anchors": []}
    shown = owned.call("PUT", "/api/v1/trust", {"certificates": authority.pem})
    assert shown.status == 200 and [anchor["name"] for anchor in shown.json()["anchors"]] == ["Works"]
    check_problem(owned.call("PUT", "/api/v1/trust", {"certificates": "x"}), 422)
    assert owned.call("GET", "/api/v1/trust").json() == shown.json()
    assert owned.call("DELETE", "/api/v1/trust").json() == {"anchors": []}
