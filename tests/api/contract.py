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
    "actuators": "/api/v1/actuators",
    "actuator": "/api/v1/actuators/{id}",
    "actions": "/api/v1/actions",
    "identify": "/api/v1/actions/identify",
    "calibrate": "/api/v1/actions/calibrate",
    "reboot": "/api/v1/actions/reboot",
    "factory_reset": "/api/v1/actions/factory-reset",
    "run": "/api/v1/actions/{name}/{run}",
    "config": "/api/v1/config",
    "claim": "/api/v1/claim",
    "tokens": "/api/v1/tokens",
    "token": "/api/v1/tokens/{id}",
    "logs": "/api/v1/logs",
    "health": "/healthz",
}
# Links that anybody may GET, with something that exists in them.
CLOSED = {"identify", "calibrate", "reboot", "factory_reset", "run", "claim", "tokens", "token", "logs"}
PATHS = [path.replace("{id}", "led0" if name == "actuator" else "temp0")
         for name, path in INDEX_LINKS.items() if name not in CLOSED]
METHODS = {path: "GET, HEAD, OPTIONS" for path in PATHS}
METHODS["/api/v1/sensors/temp0"] = METHODS["/api/v1/config"] = "GET, HEAD, OPTIONS, PATCH"
METHODS["/api/v1/actuators/led0"] = "GET, HEAD, OPTIONS, PUT, PATCH"
CACHEABLE = ["/api/v1", "/api/v1/device", "/api/v1/sensors", "/api/v1/sensors/temp0", "/api/v1/readings"]

DEVICE = {"id", "name", "location", "hostname", "board", "model", "mcu", "mac", "firmware", "api", "sensors"}
STATUS = {"uptime_ms", "time", "time_synced", "reset_cause", "network", "connections", "requests", "sensors", "store",
          "owner", "random", "stack", "pools"}
NETWORK = {"link_up", "ipv4_mode", "ipv4", "ipv6", "rx_frames", "tx_frames", "rx_dropped", "tx_dropped"}
SENSOR = {"id", "name", "kind", "unit", "value", "quality", "time", "uptime_ms", "interval_ms", "offset", "thresholds",
          "alert", "chip"}
READING = {"id", "unit", "value", "quality", "time", "uptime_ms"}
QUALITIES = {"pending", "ok", "missing", "error"}
ACTUATORS = ["led0", "led1", "led2", "led3", "board_led0", "board_led1"]
ACTUATOR = {"id", "name", "kind", "state", "requested", "quality", "time", "uptime_ms", "boot", "chip"}
RUN = {"id", "action", "state", "detail", "time", "uptime_ms"}

TYPES = {400: "bad-request", 401: "unauthorized", 403: "forbidden", 404: "not-found", 405: "method-not-allowed", 406: "not-acceptable", 408: "timeout", 409: "conflict",
         412: "precondition-failed",         413: "too-large", 414: "target-too-long", 415: "unsupported-media-type", 417: "expectation-failed", 421: "misdirected", 422: "invalid",
         428: "precondition-required", 429: "too-many-requests",         431: "head-too-large", 501: "not-implemented", 505: "version-not-supported"}

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
    assert sensor["alert"] in ("none", "low", "high")
    assert set(sensor["thresholds"]) == {"min", "max", "hysteresis"}
    check_reading(sensor)


def check_actuator(actuator):
    assert set(actuator) == ACTUATOR
    assert actuator["id"] in ACTUATORS and actuator["kind"] == "switch" and actuator["name"]
    assert actuator["quality"] in QUALITIES
    assert actuator["state"] in (("on", "off") if actuator["quality"] == "ok" else (None, "on", "off"))
    assert actuator["requested"] in ("on", "off")
    assert actuator["boot"] in ("off", "on", "last")
    check_time(actuator["time"])
    check_count(actuator["uptime_ms"])
    assert re.fullmatch("[a-z0-9_]+", actuator["chip"])


def check_run(run):
    assert set(run) == RUN
    assert re.fullmatch("[0-9a-f]{8}", run["id"])
    assert run["state"] in ("pending", "running", "done", "failed")
    assert (run["detail"] is not None) == (run["state"] == "failed")
    check_time(run["time"])
    assert run["uptime_ms"] is None or type(run["uptime_ms"]) is int


def check_problem(response, status, instance=...):
    """RFC 9457, and that the type belongs to the status."""
    assert response.status == status, response
    assert response.media == "application/problem+json"
    problem = response.json()
    assert {"type", "title", "status", "detail"} <= set(problem) <= \
        {"type", "title", "status", "detail", "instance", "errors", "offset"}
    assert problem["status"] == status
    assert problem["title"] and problem["detail"]
    if status in TYPES:
        assert problem["type"] == f"/problems/{TYPES[status]}"
    if instance is not ...:
        assert problem.get("instance") == instance
    return problem
