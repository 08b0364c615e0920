"""The public contract, as sets of members and rules for their values."""

import re

from support import board

# Every board has the chips that can be plugged, some have sensors and LEDs of their own besides.
SENSORS = board.under_test.sensors or ["temp0", "emc0_internal", "emc0_remote1", "emc0_remote2", "emc0_remote3",
                                       "mag0_x", "mag0_y", "mag0_z", "mag0_temperature"]
PLUGGED = [sensor for sensor in SENSORS if sensor.startswith(("temp0", "emc0_", "mag0_"))]
TEMPERATURES = [sensor for sensor in SENSORS if not re.fullmatch("mag0_[xyz]", sensor)]
CHIPS = {"temp0": "tmp105", "emc0": "emc1414", "mag0": "lsm303dlhc_mag", "cpu": "rp2040"}

INDEX_LINKS = {
    "self": "/api/v1",
    "device": "/api/v1/device",
    "status": "/api/v1/status",
    "sensors": "/api/v1/sensors",
    "sensor": "/api/v1/sensors/{id}",
    "value": "/api/v1/sensors/{id}/value",
    "history": "/api/v1/sensors/{id}/history",
    "readings": "/api/v1/readings",
    "sources": "/api/v1/sources",
    "source": "/api/v1/sources/{id}",
    "trust": "/api/v1/trust",
    "actuators": "/api/v1/actuators",
    "actuator": "/api/v1/actuators/{id}",
    "actions": "/api/v1/actions",
    "identify": "/api/v1/actions/identify",
    "calibrate": "/api/v1/actions/calibrate",
    "scan": "/api/v1/actions/scan",
    "reboot": "/api/v1/actions/reboot",
    "factory_reset": "/api/v1/actions/factory-reset",
    "run": "/api/v1/actions/{name}/{run}",
    "config": "/api/v1/config",
    "claim": "/api/v1/claim",
    "tls": "/api/v1/tls",
    "tls_csr": "/api/v1/tls/csr",
    "tls_certificate": "/api/v1/tls/certificate",
    "tls_rotate": "/api/v1/tls/rotate",
    "tls_client_ca": "/api/v1/tls/client_ca",
    "tokens": "/api/v1/tokens",
    "token": "/api/v1/tokens/{id}",
    "events": "/api/v1/events{?types,sensors}",
    "logs": "/api/v1/logs",
    "metrics": "/metrics",
    "openapi": "/openapi.json",
    "health": "/healthz",
    "wot": "/.well-known/wot",
}

# Every resource by an example of its path: its methods, each with the scope that it needs.
RESOURCES = {
    "/api/v1": {"GET": None},
    "/api/v1/device": {"GET": None},
    "/api/v1/status": {"GET": "read"},
    "/api/v1/sensors": {"GET": "read"},
    "/api/v1/sensors/temp0": {"GET": "read", "PATCH": "operate"},
    "/api/v1/sensors/temp0/value": {"GET": "read"},
    "/api/v1/sensors/temp0/history": {"GET": "read"},
    "/api/v1/readings": {"GET": "read"},
    "/api/v1/events": {"GET": "read"},
    "/api/v1/sources": {"GET": "admin"},
    "/api/v1/sources/none": {"GET": "admin", "PUT": "admin", "DELETE": "admin"},
    "/api/v1/trust": {"GET": "admin", "PUT": "admin", "DELETE": "admin"},
    "/api/v1/actuators": {"GET": "read"},
    "/api/v1/actuators/led0": {"GET": "read", "PUT": "operate", "PATCH": "operate"},
    "/api/v1/actions": {"GET": "read"},
    "/api/v1/actions/identify": {"POST": "operate"},
    "/api/v1/actions/calibrate": {"POST": "operate"},
    "/api/v1/actions/scan": {"POST": "operate"},
    "/api/v1/actions/reboot": {"POST": "admin"},
    "/api/v1/actions/factory-reset": {"POST": "admin"},
    "/api/v1/actions/reboot/00000000": {"GET": "read"},
    "/api/v1/config": {"GET": "read", "PATCH": "admin"},
    "/api/v1/claim": {"POST": None},
    "/api/v1/tokens": {"GET": "admin", "POST": "admin"},
    "/api/v1/tokens/00000000": {"DELETE": "admin"},
    "/api/v1/tls": {"GET": "read"},
    "/api/v1/tls/csr": {"POST": "admin"},
    "/api/v1/tls/rotate": {"POST": "admin"},
    "/api/v1/tls/certificate": {"PUT": "admin", "DELETE": "admin"},
    "/api/v1/tls/client_ca": {"PUT": "admin", "DELETE": "admin"},
    "/api/v1/logs": {"GET": "admin"},
    "/metrics": {"GET": "read"},
    "/openapi.json": {"GET": None},
    "/healthz": {"GET": None},
    "/.well-known/wot": {"GET": None},
}
NOT_THERE = {"/api/v1/actions/reboot/00000000", "/api/v1/tokens/00000000",
             "/api/v1/sources/none"}  # no such run, no such token, no such source
STREAMS = {"/api/v1/events"}  # no end
PATHS = [path for path, methods in RESOURCES.items()
         if methods.get("GET", "admin") != "admin" and path not in NOT_THERE | STREAMS]  # open as long as read_auth is none
CACHEABLE = ["/api/v1", "/api/v1/device", "/api/v1/sensors", "/api/v1/sensors/temp0", "/api/v1/readings",
             "/api/v1/actuators", "/api/v1/actuators/led0", "/api/v1/config", "/api/v1/tls", "/.well-known/wot", "/openapi.json",
             "/api/v1/sensors/temp0/value"]


def allow(path):
    """What Allow says of a resource."""
    methods = {*RESOURCES[path], "OPTIONS"} | ({"HEAD"} if "GET" in RESOURCES[path] else set())
    order = ("GET", "HEAD", "OPTIONS", "POST", "PUT", "PATCH", "DELETE")
    return ", ".join(method for method in order if method in methods)


DEVICE = {"id", "name", "location", "hostname", "board", "model", "mcu", "mac", "firmware", "api", "sensors", "tls"}
STATUS = {"uptime_ms", "time", "time_synced", "reset_cause", "restart_required", "clock", "network", "connections", "tls",
          "requests", "sensors",
          "history", "store", "owner", "random", "stack", "pools"}
CLOCK = {"state", "server", "synced_uptime_ms", "offset_ms", "slewing_ms", "refused_corrections", "refused_answers"}
TLS = {"handshakes", "resumed", "failures"}
STORE = {"state", "damaged", "pending", "writes", "write_failures", "used_bytes", "size_bytes"}
HISTORY = {"starts", "samples", "minutes", "dropped_blocks", "size_bytes"}
OWNERS = {"unclaimed", "claimed", "locked", "no_entropy", "damaged"}
NETWORK = {"link_up", "ipv4_mode", "ipv4", "ipv6", "rx_frames", "tx_frames", "rx_dropped", "tx_dropped"}
SENSOR = {"id", "name", "kind", "unit", "value", "quality", "time", "uptime_ms", "interval_ms", "offset", "thresholds",
          "alert", "chip"}
ACTUATOR = {"id", "name", "kind", "state", "requested", "quality", "time", "uptime_ms", "boot", "chip"}
ACTUATORS = board.under_test.actuators or ["led0", "led1", "led2", "led3", "board_led0", "board_led1"]
SENSOR_SETTINGS = ("name", "interval_ms", "offset", "thresholds")
ACTUATOR_SETTINGS = ("name", "boot")
RUN = {"id", "action", "state", "detail", "time", "uptime_ms"}
READING = {"id", "unit", "value", "quality", "time", "uptime_ms"}
CONFIG = {"name": "Jembatan", "hostname": None, "location": "",
          "network": {"mode": "dhcp", "address": None, "prefix": 24, "gateway": None},
          "sampling": {"interval_ms": 1000}, "cors_origins": [], "allowed_hosts": [], "read_auth": "none",
          "time": {"server": None}, "http": {"mode": "on", "insecure_tokens": False},
          "chips": {"added": [], "removed": []}}
QUALITIES = {"pending", "ok", "missing", "error", "stale"}

TYPES = {400: "bad-request", 401: "unauthorized", 403: "forbidden", 404: "not-found", 405: "method-not-allowed",
         406: "not-acceptable", 408: "timeout",
         409: "conflict", 412: "precondition-failed", 413: "too-large", 414: "target-too-long",
         415: "unsupported-media-type", 417: "expectation-failed", 421: "misdirected", 422: "invalid",
         428: "precondition-required", 429: "too-many-requests", 431: "head-too-large",
         501: "not-implemented", 505: "version-not-supported"}

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
    assert type(sensor["offset"]) in (int, float)
    assert set(sensor["thresholds"]) == {"min", "max", "hysteresis"}
    assert sensor["alert"] in ("none", "low", "high")
    assert re.fullmatch("[a-z0-9_]+", sensor["chip"])
    check_reading(sensor)


def check_actuator(actuator):
    assert set(actuator) == ACTUATOR
    assert isinstance(actuator["name"], str) and actuator["name"]
    assert actuator["kind"] == "switch"
    assert actuator["requested"] in ("off", "on")
    assert actuator["state"] in ("off", "on", None)
    assert actuator["quality"] in QUALITIES
    assert actuator["boot"] in ("off", "on", "last")
    assert re.fullmatch("[a-z0-9_]+", actuator["chip"])
    check_time(actuator["time"])
    check_count(actuator["uptime_ms"])


def check_run(run):
    assert set(run) - {"result"} == RUN
    assert "result" not in run or (run["action"], run["state"]) == ("scan", "done")
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
