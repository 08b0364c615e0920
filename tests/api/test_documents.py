"""Each resource's document: exactly the members that are promised, with values that can be."""

import re

import pytest
from contract import (CHIPS, CLOCK, DEVICE, HISTORY, INDEX_LINKS, NETWORK, OWNERS, READING, RESOURCES, SENSORS, STATUS,
                      STORE, TLS, check_count, check_reading, check_sensor, check_time)
from support.device import eventually


def document(device, path):
    response = device.get(path)
    assert response.status == 200
    assert response.media == "application/json"
    return response.json()


def all_sampled(device):
    """The sensor list once each sensor has been sampled."""

    def sampled():
        sensors = document(device, "/api/v1/sensors")["sensors"]
        return sensors if all(sensor["quality"] != "pending" for sensor in sensors) else None

    return eventually(sampled)


def test_the_index_links_to_everything(device):
    assert document(device, "/api/v1") == {"api": "v1", "links": INDEX_LINKS}


def test_every_link_of_the_index_leads_somewhere(device):
    found = {"actuator": "led0", "sensor": "temp0", "value": "temp0", "history": "temp0", "token": "00000000",
             "source": "none"}
    links = document(device, "/api/v1")["links"]
    paths = {re.sub(r"\{\?.*\}$", "", target).replace("{id}", found.get(name, ""))
             .replace("{name}/{run}", "reboot/00000000") for name, target in links.items()}
    assert paths == set(RESOURCES)
    for path in paths:
        assert device.request(path, method="OPTIONS").status == 204, path


def test_the_device_says_who_it_is(device):
    identity = document(device, "/api/v1/device")
    assert set(identity) == DEVICE
    assert set(identity["firmware"]) == {"version", "build"}
    assert re.fullmatch(r"([0-9a-f]{2}:){5}[0-9a-f]{2}", identity["mac"])
    assert identity["id"] == identity["mac"].replace(":", "")
    assert identity["hostname"] == "jembatan-" + identity["id"][6:]
    assert identity["board"] == device.board.name
    assert identity["api"] == "v1"
    assert identity["sensors"] == len(SENSORS)
    assert re.fullmatch(r"\d+\.\d+\.\d+(-[0-9A-Za-z.-]+)?", identity["firmware"]["version"])
    for name in ("name", "model", "mcu"):
        assert isinstance(identity[name], str) and identity[name]


def test_the_mac_address_is_of_one_station_and_locally_administered(device):
    assert int(document(device, "/api/v1/device")["mac"][:2], 16) & 3 == 2


def test_the_status_has_exactly_the_promised_members(device):
    status = document(device, "/api/v1/status")
    assert set(status) == STATUS
    assert set(status["network"]) == NETWORK
    assert set(status["requests"]) == {"total", "errors_4xx", "errors_5xx"}
    assert set(status["connections"]) == {"accepted", "refused", "evicted"}
    assert set(status["sensors"]) == {"total", "ok"}
    assert set(status["history"]) == HISTORY
    for member in HISTORY:
        check_count(status["history"][member])
    assert (status["history"]["starts"], status["history"]["dropped_blocks"]) == (1, 0)
    assert set(status["tls"]) == TLS
    for member in TLS:
        check_count(status["tls"][member])
    assert set(status["store"]) == STORE
    assert status["store"]["state"] == "good"
    for member in STORE - {"state"}:
        check_count(status["store"][member])
    assert 0 < status["store"]["used_bytes"] < status["store"]["size_bytes"]
    assert (status["store"]["damaged"], status["store"]["write_failures"]) == (0, 0)
    assert status["owner"] in OWNERS
    assert status["random"] == ("generator" if device.board.is_simulator else "seed")
    check_count(status["uptime_ms"])
    check_time(status["time"])
    assert status["time_synced"] is (status["time"] is not None)
    assert set(status["clock"]) == CLOCK
    assert status["clock"]["state"] == ("board" if device.board.is_simulator else "unset")
    assert status["reset_cause"] == "power_on"
    if status["stack"] is not None:
        assert set(status["stack"]) == {"peak_bytes", "size_bytes"}
        assert 0 < status["stack"]["peak_bytes"] < status["stack"]["size_bytes"]


def test_the_stack_is_measured_where_it_is_ours(device):
    assert (document(device, "/api/v1/status")["stack"] is None) is device.board.is_simulator


def test_the_status_names_each_pool_once_and_none_overflows(device):
    pools = document(device, "/api/v1/status")["pools"]
    assert pools
    for pool in pools:
        assert set(pool) == {"name", "used", "peak", "size"}
        for member in ("used", "peak", "size"):
            check_count(pool[member])
        assert pool["used"] <= pool["peak"] <= pool["size"], pool
    names = [pool["name"] for pool in pools]
    assert len(set(names)) == len(names)


def test_the_status_describes_the_network(device):
    network = document(device, "/api/v1/status")["network"]
    assert network["link_up"] is True
    assert network["ipv4_mode"] == "dhcp"
    assert network["ipv4"] == "10.0.2.15"
    assert any(address.lower().startswith("fe80::") for address in network["ipv6"])
    for name in ("rx_frames", "tx_frames", "rx_dropped", "tx_dropped"):
        check_count(network[name])
    assert network["rx_frames"] and network["tx_frames"]


def test_uptime_and_counters_go_on(device):
    before = document(device, "/api/v1/status")
    device.get("/no/such/path")
    after = document(device, "/api/v1/status")
    assert after["uptime_ms"] >= before["uptime_ms"]
    assert after["requests"]["total"] == before["requests"]["total"] + 2
    assert after["connections"]["accepted"] >= before["connections"]["accepted"]
    assert after["requests"]["errors_4xx"] == before["requests"]["errors_4xx"] + 1
    assert after["requests"]["errors_5xx"] == before["requests"]["errors_5xx"]
    assert after["network"]["rx_frames"] > before["network"]["rx_frames"]


def test_the_collection_holds_every_sensor_in_the_boards_order(device):
    answer = document(device, "/api/v1/sensors")
    assert set(answer) == {"sensors"}
    assert [sensor["id"] for sensor in answer["sensors"]] == SENSORS
    for sensor in answer["sensors"]:
        check_sensor(sensor)


def test_all_sensors_are_well(device):
    for sensor in all_sampled(device):
        assert sensor["quality"] == "ok", sensor
    status = document(device, "/api/v1/status")
    assert status["sensors"] == {"total": len(SENSORS), "ok": len(SENSORS)}


def test_each_sensor_names_its_chip(device):
    for sensor in document(device, "/api/v1/sensors")["sensors"]:
        chip = CHIPS[sensor["id"].partition("_")[0]]
        assert chip.startswith(sensor["chip"]), sensor


def test_names_for_people_are_unique_within_a_chip(device):
    sensors = document(device, "/api/v1/sensors")["sensors"]
    names = [(sensor["chip"], sensor["name"]) for sensor in sensors]
    assert len(set(names)) == len(names)


@pytest.mark.parametrize("sensor", SENSORS)
def test_one_sensor_is_its_element_of_the_collection(device, sensor):
    def same():
        listed = {s["id"]: s for s in document(device, "/api/v1/sensors")["sensors"]}[sensor]
        alone = document(device, f"/api/v1/sensors/{sensor}")
        check_sensor(alone)
        return alone == listed  # unless a sample came between the two

    eventually(same)


@pytest.mark.parametrize("sensor", SENSORS)
def test_the_value_is_a_bare_json_number(device, sensor):
    def same():
        response = device.get(f"/api/v1/sensors/{sensor}/value")
        assert response.status == 200
        assert response.media == "application/json"
        assert re.fullmatch(rb"-?(0|[1-9]\d*)(\.\d+)?", response.body), response.body
        return response.json() == document(device, f"/api/v1/sensors/{sensor}")["value"]

    eventually(same)


def test_readings_are_the_sensors_without_what_stays(device):
    def same():
        readings = document(device, "/api/v1/readings")
        assert set(readings) == {"readings"}
        for reading in readings["readings"]:
            assert set(reading) == READING
            check_reading(reading)
        sensors = document(device, "/api/v1/sensors")["sensors"]
        return readings["readings"] == [{key: sensor[key] for key in READING} for sensor in sensors]

    eventually(same)


def test_readings_as_senml(device):
    all_sampled(device)
    response = device.get("/api/v1/readings", {"Accept": "application/senml+json"})
    assert response.status == 200
    assert response.media == "application/senml+json"
    assert response.header("vary").lower() == "accept, origin"
    records = response.json()
    mac = document(device, "/api/v1/device")["id"]
    assert records[0].pop("bn") == f"urn:dev:mac:{mac[:6]}fffe{mac[6:]}_"
    assert [record["n"] for record in records] == SENSORS
    synced = document(device, "/api/v1/status")["time_synced"]
    units = {sensor["id"]: sensor["unit"] for sensor in document(device, "/api/v1/sensors")["sensors"]}
    for record in records:
        assert set(record) == {"n", "u", "v", "t"}
        assert record["u"] == units[record["n"]]
        assert type(record["v"]) in (int, float)
        # RFC 8428 section 4.5.3: below 2^28 it is relative to now.
        if synced:
            assert record["t"] >= 2**28
        else:
            assert -60 < record["t"] <= 0


def test_senml_values_are_those_of_the_sensors(device):
    def same():
        records = device.get("/api/v1/readings", {"Accept": "application/senml+json"}).json()
        values = {record["n"]: record["v"] for record in records}
        return values == {s["id"]: s["value"] for s in document(device, "/api/v1/sensors")["sensors"]}

    eventually(same)


@pytest.mark.parametrize("accept, media", [
    ("*/*", "application/json"),
    ("application/*", "application/json"),
    ("application/senml+json, application/json;q=0.5", "application/senml+json"),
    ("application/senml+json;q=0.3, application/json;q=0.5", "application/json"),
    ("text/html, application/senml+json;q=0.1, */*;q=0", "application/senml+json"),
    ("application/json;q=0, application/*", "application/senml+json"),
])
def test_the_client_chooses_how_it_wants_the_readings(device, accept, media):
    response = device.get("/api/v1/readings", {"Accept": accept})
    assert (response.status, response.media) == (200, media)
    assert response.header("vary").lower() == "accept, origin"


def test_health_is_one_word(device):
    assert document(device, "/healthz") == {"status": "ok"}
