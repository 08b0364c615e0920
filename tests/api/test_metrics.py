"""What Prometheus sees: the text by its own checker, and what its own server makes of it."""

import json
import re
import socket
import subprocess
from contextlib import contextmanager
from urllib.parse import quote

import pytest
from contract import ACTUATORS, SENSORS, TEMPERATURES, check_problem
from support.device import eventually
from support.http1 import Client, request_bytes
from support.ports import free_port
from support.tls import Secure, unchecked

MEDIA = "text/plain; version=0.0.4; charset=utf-8"
SAMPLE = re.compile(r'([a-z_]+)(?:\{((?:[a-z]+="(?:[^"\\\n]|\\[\\"n])*",?)+)\})? (-?\d+(?:\.\d+)?)')
LABEL = re.compile(r'([a-z]+)="((?:[^"\\]|\\.)*)"')
ESCAPES = {r"\\": "\\", r"\"": '"', r"\n": "\n"}


class Metrics(dict):
    """{name: [({label: value}, number)]} of a text that keeps the rules of the format."""

    def __init__(self, text):
        super().__init__()
        assert text.endswith("\n")
        self.types = {}
        current = told = None
        for line in text[:-1].split("\n"):
            if line.startswith("# HELP "):
                told = line.split(" ")[2]
                assert told not in self.types, f"{told} comes twice"
            elif line.startswith("# TYPE "):
                current, kind = line.split(" ")[2:]
                assert current == told and kind in ("gauge", "counter")
                self.types[current] = kind
                self[current] = []
            else:
                name, labels, number = SAMPLE.fullmatch(line).groups()
                assert name == current, f"{name} among the samples of {current}"
                labels = {label: re.sub(r"\\.", lambda escape: ESCAPES[escape[0]], value)
                          for label, value in LABEL.findall(labels or "")}
                assert labels not in [other for other, _ in self[name]], line
                self[name].append((labels, float(number)))
        for name, samples in self.items():
            assert samples, f"{name} has a head and nothing else"

    def of(self, name, label):
        return {labels[label]: number for labels, number in self.get(name, [])}

    def one(self, name):
        [(_, number)] = self[name]
        return number


def scrape(device, token=None):
    response = device.call("GET", "/metrics", token=token)
    assert response.status == 200
    assert response.header("content-type") == MEDIA
    return Metrics(response.body.decode())


def check_by_promtool(text):
    checked = subprocess.run(["promtool", "check", "metrics"], input=text, capture_output=True, timeout=30, check=False)
    assert (checked.returncode, checked.stdout, checked.stderr) == (0, b"", b"")


def all_ok(device):
    eventually(lambda: device.status()["sensors"]["ok"] == len(SENSORS))


def test_promtool_has_nothing_to_say(device):
    all_ok(device)
    check_by_promtool(device.get("/metrics").body)


@pytest.mark.parametrize("accept", [
    None,
    "*/*",
    "text/*",
    # Prometheus 2.42, and 3
    "application/openmetrics-text;version=1.0.0,application/openmetrics-text;version=0.0.1;q=0.75,"
    "text/plain;version=0.0.4;q=0.5,*/*;q=0.1",
    "application/openmetrics-text;version=1.0.0;escaping=allow-utf-8;q=0.6,"
    "text/plain;version=1.0.0;escaping=allow-utf-8;q=0.5,text/plain;version=0.0.4;q=0.4,*/*;q=0.1",
])
def test_every_scraper_gets_the_same_type(device, accept):
    response = device.get("/metrics", {"Accept": accept} if accept else ())
    assert (response.status, response.header("content-type")) == (200, MEDIA)
    Metrics(response.body.decode())


@pytest.mark.parametrize("accept", ["application/openmetrics-text", "application/json", "text/plain;q=0, */*"])
def test_who_takes_no_text_gets_406(device, accept):
    check_problem(device.get("/metrics", {"Accept": accept}), 406, instance="/metrics")


def test_every_sensor_and_actuator_is_there(device):
    all_ok(device)
    eventually(lambda: all(actuator["quality"] == "ok"
                           for actuator in device.get("/api/v1/actuators").json()["actuators"]))
    metrics = scrape(device)
    celsius = metrics.of("sensor_temperature_celsius", "sensor")
    tesla = metrics.of("sensor_magnetic_flux_density_tesla", "sensor")
    assert list(celsius) == TEMPERATURES
    assert sorted([*celsius, *tesla]) == sorted(SENSORS)
    shown = device.get("/api/v1/sensors").json()["sensors"]
    for name in ("sensor_up", "sensor_read_errors_total", "sensor_alert", "sensor_info"):
        assert [(labels["sensor"], labels["chip"]) for labels, _ in metrics[name]] == \
            [(sensor["id"], sensor["chip"]) for sensor in shown]
    assert set(metrics.of("sensor_up", "sensor").values()) == {1}
    assert list(metrics.of("actuator_state", "actuator")) == ACTUATORS
    assert set(metrics.of("actuator_up", "actuator").values()) == {1}


def test_a_value_is_the_one_that_is_measured(device):
    device.set("temp0", -10.375)
    eventually(lambda: scrape(device).of("sensor_temperature_celsius", "sensor")["temp0"] == -10.38)
    device.set("mag0_z", 0.0000601)
    eventually(lambda: abs(scrape(device).of("sensor_magnetic_flux_density_tesla", "sensor")["mag0_z"] - 6.01e-5) < 2e-7)


def test_the_device_is_who_it_says_it_is(device):
    metrics, status = scrape(device), device.status()
    identity = device.get("/api/v1/device").json()
    assert metrics["device_build_info"] == [({**identity["firmware"], "board": identity["board"]}, 1)]
    assert metrics["device_reset_info"] == [({"cause": status["reset_cause"]}, 1)]
    assert 0 < metrics.one("device_uptime_seconds") <= status["uptime_ms"] / 1000
    assert ("device_boot_time_seconds" in metrics) == status["time_synced"]
    assert ("device_stack_peak_bytes" in metrics) == (status["stack"] is not None)


def test_every_pool_has_its_unit_and_its_size(device):
    metrics = scrape(device)
    pools = {pool["name"]: pool["size"] for pool in device.status()["pools"]}
    in_bytes = metrics.of("device_memory_size_bytes", "pool")
    assert set(in_bytes) == {"heap", "json", "tls_heap"}
    assert {**in_bytes, **metrics.of("device_pool_size", "pool")} == pools
    for unit in ("device_memory_{}_bytes", "device_pool_{}"):
        used, peak, size = (metrics.of(unit.format(what), "pool") for what in ("used", "peak", "size"))
        for name in size:
            assert used[name] <= peak[name] <= size[name], name


def test_requests_are_counted_by_their_status(device):
    def counted():
        return metrics.of("http_requests_total", "code").get("404", 0)

    metrics = scrape(device)
    before, accepted = counted(), metrics.one("http_connections_accepted_total")
    for _ in range(3):
        assert device.get("/nope").status == 404
    with device.connect() as connection:
        assert connection.request("/healthz").status == 200
    metrics, status = scrape(device), device.status()
    assert counted() == before + 3
    assert metrics.one("http_connections_accepted_total") == accepted + 1
    # The scrape itself is counted when its first piece is sent, and these numbers are in a later one.
    assert sum(metrics.of("http_requests_total", "code").values()) == status["requests"]["total"]


def test_handshakes_are_counted_by_how_they_ended(device):
    def counted():
        return scrape(device).of("tls_handshakes_total", "result")

    device.get("/healthz")  # our connection stands from here on
    before = counted()
    secure = Secure(socket.create_connection(device.secure_address, 10), unchecked())
    secure.sendall(request_bytes("/healthz", {"Connection": "close"}))
    assert secure.recv(100).startswith(b"HTTP/1.1 200")
    secure.close()
    with socket.create_connection(device.secure_address, 10) as garbage:
        garbage.sendall(b"GET / HTTP/1.1\r\n\r\n")
        assert garbage.recv(100)[:1] == b"\x15"  # an alert
    after = eventually(lambda: {k: v for k, v in counted().items() if v != before[k]}, full=before["full"] + 1)
    assert after == {"full": before["full"] + 1, "failed": before["failed"] + 1}
    status = device.status()["tls"]
    assert status["failures"] == after["failed"] and status["handshakes"] >= after["full"]


def test_counters_only_grow(device):
    before, after = scrape(device), scrape(device)
    counters = [name for name, kind in before.types.items() if kind == "counter"]
    assert all(name.endswith("_total") for name in counters) and len(counters) >= 10
    for name in counters:
        for (labels, earlier), (same, later) in zip(before[name], after[name]):
            assert labels == same and earlier <= later, name
    assert after.one("network_received_frames_total") > before.one("network_received_frames_total")
    assert after.one("network_sent_frames_total") > before.one("network_sent_frames_total")


def check_dead(device, sensors):
    eventually(lambda: all(device.sensor(sensor)["quality"] in ("error", "missing") for sensor in sensors))
    first = scrape(device)
    up = first.of("sensor_up", "sensor")
    assert [sensor for sensor in SENSORS if up[sensor] == 0] == sensors
    valued = [*first.of("sensor_temperature_celsius", "sensor"),
              *first.of("sensor_magnetic_flux_density_tesla", "sensor")]
    assert sorted(valued) == sorted(set(SENSORS) - set(sensors))
    errors = first.of("sensor_read_errors_total", "sensor")
    assert all(errors[sensor] > 0 for sensor in sensors)
    eventually(lambda: all(scrape(device).of("sensor_read_errors_total", "sensor")[sensor] > errors[sensor]
                           for sensor in sensors))
    check_by_promtool(device.get("/metrics").body)


@pytest.mark.parametrize("chip", ["temp0", "mag0"])
def test_a_chip_that_is_missing_has_no_series_but_is_down(another, chip):
    device = another(without=(chip,))
    sensors = [sensor for sensor in SENSORS if sensor.startswith(chip)]
    eventually(lambda: device.status()["sensors"]["ok"] == len(SENSORS) - len(sensors))
    check_dead(device, sensors)
    alive = next(sensor for sensor in SENSORS if sensor not in sensors)
    assert scrape(device).of("sensor_read_errors_total", "sensor")[alive] == 0


@pytest.mark.needs("broken_chips")
def test_a_chip_that_breaks_goes_down_and_comes_back(device):
    all_ok(device)
    before = scrape(device).of("sensor_read_errors_total", "sensor")["temp0"]
    device.nak("temp0")
    try:
        check_dead(device, ["temp0"])
        assert scrape(device).of("sensor_read_errors_total", "sensor")["temp0"] > before
    finally:
        device.heal("temp0")
    eventually(lambda: scrape(device).of("sensor_up", "sensor")["temp0"] == 1)
    assert "temp0" in scrape(device).of("sensor_temperature_celsius", "sensor")


# ---- A real server ---------------------------------------------------------------------------------------------


@contextmanager
def prometheus(folder, device, token=None):
    """A Prometheus that scrapes the device each second. Yields a function that asks it for the samples of an
    expression, as [({label: value}, number)]."""
    job = {"job_name": "jembatan", "static_configs": [{"targets": [device.authority]}]}
    if device.https:
        job |= {"scheme": "https", "tls_config": {"ca_file": str(device.ca_file)}}
    if token:
        job["authorization"] = {"credentials": token}
    config = folder / "prometheus.yml"  # JSON is YAML
    config.write_text(json.dumps({"global": {"scrape_interval": "1s", "scrape_timeout": "1s"}, "scrape_configs": [job]}))
    port = free_port()
    with open(folder / "log", "wb") as log, subprocess.Popen(
            ["prometheus", f"--config.file={config}", f"--storage.tsdb.path={folder / 'data'}",
             f"--web.listen-address=127.0.0.1:{port}"], stdout=log, stderr=log) as server:

        def get(path):
            assert server.poll() is None, (folder / "log").read_text()
            try:
                with Client("127.0.0.1", port, 5) as client:
                    client.judge = None  # this is Prometheus
                    return client.request(path)
            except ConnectionRefusedError:
                return None

        def query(expression):
            answer = get(f"/api/v1/query?query={quote(expression)}").json()
            assert answer["status"] == "success", answer
            return [(sample["metric"], float(sample["value"][1])) for sample in answer["data"]["result"]]

        try:
            eventually(lambda: (ready := get("/-/ready")) and ready.status == 200, timeout=30)
            yield query
        finally:
            server.terminate()
            server.wait(10)


def test_a_real_prometheus_sees_what_the_sensor_measures(device, tmp_path):
    all_ok(device)
    device.set("temp0", 37.25)
    eventually(lambda: device.sensor("temp0"), quality="ok", value=37.25)
    with prometheus(tmp_path, device) as query:
        [(labels, number)] = eventually(lambda: query('sensor_temperature_celsius{sensor="temp0"}'), timeout=20)
        assert (labels["chip"], labels["job"], number) == ("tmp105", "jembatan", 37.25)
        assert [number for _, number in query('up{job="jembatan"}')] == [1]
        device.set("temp0", -5.5)
        eventually(lambda: query('sensor_temperature_celsius{sensor="temp0"} == -5.5'), timeout=10)
        assert len(query("sensor_up == 1")) == len(SENSORS)


def test_a_real_prometheus_with_a_token_sees_a_name_as_it_was_given(another, tmp_path):
    name = 'He said "ü", \\n \\'
    device = another()
    device.claim()
    assert device.patch("/api/v1/sensors/temp0", {"name": name}).status == 200
    assert device.patch("/api/v1/config", {"read_auth": "token"}).status == 200
    check_problem(device.call("GET", "/metrics", token=None), 401)
    reader = device.call("POST", "/api/v1/tokens", {"name": "prometheus", "scope": "read"}).json()["token"]
    [named] = [labels["name"] for labels, _ in scrape(device, reader)["sensor_info"] if labels["sensor"] == "temp0"]
    assert named == name
    with prometheus(tmp_path, device, reader) as query:
        [(labels, _)] = eventually(lambda: query('sensor_info{sensor="temp0"}'), timeout=20)
        assert labels["name"] == name
