"""The plain profile: what it has is as in the product that has everything; what it has not is 404."""

import re
import subprocess
import sys

import pytest
from contract import DEVICE as MEMBERS
from contract import INDEX_LINKS, RESOURCES, SENSORS, check_problem, check_reading, check_sensor
from support import packet
from support.board import ROOT
from support.device import Device, eventually
from support.peer import Host, Lan

FLASH_BYTES = 58 * 1024  # docs/decisions/0014 says what is in them

HERE = ["/api/v1", "/api/v1/device", "/api/v1/sensors", "/api/v1/sensors/temp0", "/api/v1/sensors/temp0/value", "/healthz"]
LINKS = ("self", "device", "sensors", "sensor", "value", "health")


def document(device, path):
    response = device.get(path)
    assert response.status == 200
    assert response.media == "application/json"
    return response.json()


def test_the_index_links_to_what_is_there_and_nothing_else(device):
    assert document(device, "/api/v1") == {"api": "v1", "links": {name: INDEX_LINKS[name] for name in LINKS}}


def test_the_device_says_who_it_is_and_that_it_has_no_tls(device):
    identity = document(device, "/api/v1/device")
    assert set(identity) == MEMBERS
    assert identity["id"] == identity["mac"].replace(":", "")
    assert identity["hostname"] == "jembatan-" + identity["id"][6:]
    assert identity["board"] == device.board.name
    assert identity["name"] == "Jembatan"
    assert identity["sensors"] == len(SENSORS)
    assert identity["tls"] is None


def test_all_sensors_of_the_board_are_there_and_measure(device):
    sensors = document(device, "/api/v1/sensors")["sensors"]
    assert [sensor["id"] for sensor in sensors] == SENSORS
    for sensor in sensors:
        check_sensor(sensor)
        assert sensor["quality"] == "ok"
        one = document(device, f"/api/v1/sensors/{sensor['id']}")
        check_reading(one)
        assert {**one, "uptime_ms": 0, "time": None, "value": 0} == {**sensor, "uptime_ms": 0, "time": None, "value": 0}


def test_what_the_chip_measures_is_what_is_shown(device):
    for value in (25.5, -12.25):
        device.set("temp0", value)
        eventually(lambda: device.sensor("temp0"), value=value, quality="ok")
        assert document(device, "/api/v1/sensors/temp0/value") == value


@pytest.mark.needs("broken_chips")
def test_a_chip_that_is_away_has_no_value_and_comes_back(device):
    device.nak("temp0")
    eventually(lambda: device.sensor("temp0"), value=None, quality="error")
    response = device.get("/api/v1/sensors/temp0/value")
    assert response.status == 503 and response.header("retry-after") == "1"
    device.heal("temp0")
    eventually(lambda: device.sensor("temp0"), quality="ok")


@pytest.mark.parametrize("path", [path for path in RESOURCES if path not in HERE] + ["/", "/api/v1/sensors/nope"])
def test_what_only_the_other_profile_has_is_404(device, path):
    check_problem(device.get(path), 404, instance=path)


@pytest.mark.parametrize("path", HERE)
def test_nothing_can_be_changed(device, path):
    for method in ("POST", "PUT", "PATCH", "DELETE"):
        response = device.request(path, method=method, body=b'{"name":"x"}', headers=[("Content-Type", "application/json")])
        check_problem(response, 405, instance=path)
        assert response.header("allow") == "GET, HEAD, OPTIONS"


def test_events_are_not_acceptable(device):
    check_problem(device.get("/api/v1/sensors/temp0/value", [("Accept", "text/event-stream")]), 406)


def test_a_known_tag_is_304(device):
    tag = device.get("/api/v1/device").header("etag")
    response = device.get("/api/v1/device", [("If-None-Match", tag)])
    assert (response.status, response.body) == (304, b"")


def test_a_foreign_host_is_421(device):
    with device.connect() as client:
        client.send(b"GET /healthz HTTP/1.1\r\nHost: evil.example\r\n\r\n")
        check_problem(client.read(), 421)


def test_what_is_no_request_is_400_and_ends_the_connection(device):
    with device.connect() as client:
        client.send(b"GET /healthz HTTP/1.1\r\nHost: d\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n")
        response = client.read()
        check_problem(response, 400)
        assert response.closes
        client.read_end()


def test_idle_connections_give_way_to_newcomers(device):
    clients = []
    try:
        for _ in range(24):
            clients.append(device.connect())
            assert clients[-1].request("/healthz").status == 200
    finally:
        for client in clients:
            client.close()


def test_with_a_static_address_it_answers_there(board, image, tmp_path):
    lan = Lan(str(tmp_path))
    device = Device(board, image, net=lan.net, ip="10.0.0.2/24,10.0.0.1").start()
    try:
        host = Host(lan, "10.0.0.1")
        host.resolve(packet.ip("10.0.0.2"), 30)
        connection = host.connect("10.0.0.2")
        assert connection.get("/api/v1/device").json()["board"] == board.name
        connection.close()
        assert "IPv4 address 10.0.0.2" in device.console
    finally:
        device.destroy()
        lan.close()


def test_dev_run_starts_it_and_says_where_it_is(board, image, tmp_path):
    run = subprocess.Popen([sys.executable, ROOT / "tests/support/run.py", board.name, "--image", image, "--http", "0",
                            "--https", "0", "--state", tmp_path], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    try:
        assert re.fullmatch(r"ready http://127\.0\.0\.1:\d+/\n", run.stdout.readline())
    finally:
        run.terminate()
        run.communicate(timeout=20)


def test_it_has_nothing_of_what_it_does_not_do(image):
    nm = "arm-none-eabi-nm" if image.suffix == ".elf" else "nm"
    listed = subprocess.run([nm, image], check=True, capture_output=True, text=True).stdout
    names = {line.split()[-1] for line in listed.splitlines()}
    assert "main" in names
    left_out = {"mbedtls_ssl_setup", "lfs2_mount", "cJSON_ParseWithLengthOpts", "mdns_resp_init", "sntp_init", "ip6_input",
                "history_init", "events_init", "actuator_registry_init", "at24c_open"}
    assert not names & left_out
    if image.suffix == ".elf":
        assert not names & {"malloc", "free", "_sbrk", "pca9552_ops"}


@pytest.mark.needs("flash")
def test_it_fits_small_microcontrollers(image):
    listed = subprocess.run(["arm-none-eabi-size", image], check=True, capture_output=True, text=True).stdout
    text, data = (int(word) for word in listed.splitlines()[1].split()[:2])
    assert text + data <= FLASH_BYTES
