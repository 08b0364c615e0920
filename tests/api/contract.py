"""The public contract, as sets of members and rules for their values."""

import re

SENSORS = ["temp0", "emc0_internal", "emc0_remote1", "emc0_remote2", "emc0_remote3",
           "mag0_x", "mag0_y", "mag0_z", "mag0_temperature"]
TEMPERATURES = [sensor for sensor in SENSORS if not re.fullmatch("mag0_[xyz]", sensor)]
CHIPS = {"temp0": "tmp105", "emc0": "emc1414", "mag0": "lsm303dlhc_mag"}

INDEX_LINKS = {
    "self": "/api/v1",
    "device": "/api/v1/device",
    "status": "/api/v1/status",
    "sensors": "/api/v1/sensors",
    "sensor": "/api/v1/sensors/{id}",
    "value": "/api/v1/sensors/{id}/value",
    "readings": "/api/v1/readings",
    "health": "/healthz",
}
PATHS = [path.replace("{id}", "temp0") for path in INDEX_LINKS.values()]
CACHEABLE = ["/api/v1", "/api/v1/device", "/api/v1/sensors", "/api/v1/sensors/temp0", "/api/v1/readings"]

DEVICE = {"id", "name", "hostname", "board", "model", "mcu", "mac", "firmware", "api", "sensors"}
STATUS = {"uptime_ms", "time", "time_synced", "reset_cause", "network", "connections", "requests", "sensors", "stack",
          "pools"}
NETWORK = {"link_up", "ipv4_mode", "ipv4", "ipv6", "rx_frames", "tx_frames", "rx_dropped", "tx_dropped"}
SENSOR = {"id", "name", "kind", "unit", "value", "quality", "time", "uptime_ms", "interval_ms", "chip"}
READING = {"id", "unit", "value", "quality", "time", "uptime_ms"}
QUALITIES = {"pending", "ok", "missing", "error"}

TYPES = {400: "bad-request", 404: "not-found", 405: "method-not-allowed", 406: "not-acceptable", 408: "timeout",
         413: "too-large", 414: "target-too-long", 417: "expectation-failed", 421: "misdirected",
         431: "head-too-large", 501: "not-implemented", 505: "version-not-supported"}

RFC3339 = re.compile(r"\d{4}-(0\d|1[0-2])-([0-2]\d|3[01])T([01]\d|2[0-3]):[0-5]\d:[0-5]\d\.\d{3}Z")


def check_count(value):
    assert type(value) is int and value >= 0, value


def check_time(value):
    assert value is None or RFC3339.fullmatch(value), value


def check_reading(reading):
    """The members that a sensor and a reading share."""
    assert reading["unit"] in ("Cel", "T")
    assert reading["quality"] in QUALITIES
    if reading["quality"] == "ok":
        assert type(reading["value"]) in (int, float)
    else:
        assert reading["value"] is None
    check_time(reading["time"])
    check_count(reading["uptime_ms"])


def check_sensor(sensor):
    assert set(sensor) == SENSOR
    assert re.fullmatch("[a-z0-9_]+", sensor["id"])
    assert isinstance(sensor["name"], str) and sensor["name"]
    temperature = sensor["id"] in TEMPERATURES
    assert sensor["kind"] == ("temperature" if temperature else "magnetic_flux_density")
    assert sensor["unit"] == ("Cel" if temperature else "T")
    assert type(sensor["interval_ms"]) is int and 100 <= sensor["interval_ms"] <= 3600000
    assert re.fullmatch("[a-z0-9_]+", sensor["chip"])
    check_reading(sensor)


def check_problem(response, status, instance=...):
    """RFC 9457, and that the type belongs to the status."""
    assert response.status == status, response
    assert response.media == "application/problem+json"
    problem = response.json()
    assert {"type", "title", "status", "detail"} <= set(problem) <= \
        {"type", "title", "status", "detail", "instance", "errors"}
    assert problem["status"] == status
    assert problem["title"] and problem["detail"]
    if status in TYPES:
        assert problem["type"] == f"/problems/{TYPES[status]}"
    if instance is not ...:
        assert problem.get("instance") == instance
    return problem
