"""From the chip to the API: what is measured is seen, and what cannot be measured is never a number."""

import pytest
from contract import PLUGGED, SENSORS, check_problem, check_sensor
from support.device import eventually

# Longest time from a chip's own measurement to our reading it: one conversion of the slowest chip.
CONVERSION_MS = 300


def seen(device, sensor, value, tolerance=1e-12):
    """Waits until the sensor shows the value, and fails when a sample that was begun after the chip measured it
    shows anything else: so it is seen within one sampling interval, however slow this machine is."""
    start_ms = device.status()["uptime_ms"]

    def shown():
        now = device.sensor(sensor)
        if now["quality"] == "ok" and abs(now["value"] - value) <= tolerance:
            return now
        late = now["uptime_ms"] - start_ms
        assert late <= now["interval_ms"] + CONVERSION_MS, f"{late} ms after the change: {now}"
        return None

    return eventually(shown)


@pytest.mark.parametrize("celsius, shown", [
    (25.375, 25.38),
    (0.0625, 0.06),
    (-0.0625, -0.06),
    (-10.375, -10.38),
    (125, 125),
    (21.5, 21.5),
])
def test_a_temperature_is_seen_within_one_interval(device, celsius, shown):
    device.set("temp0", celsius)
    seen(device, "temp0", shown)


@pytest.mark.smoke
@pytest.mark.parametrize("values, tolerance", [
    ({"emc0_internal": 31, "emc0_remote1": 42, "emc0_remote2": 53, "emc0_remote3": 64, "mag0_temperature": 28.5}, 0.125),
    # A step of the magnetometer is 1e-7 T and more.
    ({"mag0_x": 0.0000431, "mag0_y": 0.0000102, "mag0_z": 0.00006, "mag0_temperature": 22}, 2e-7),
])
def test_every_channel_shows_its_own_value_and_no_others(device, values, tolerance):
    before = {sensor["id"]: sensor["value"] for sensor in device.get("/api/v1/sensors").json()["sensors"]}
    for sensor, value in values.items():
        device.set(sensor, value)
    for sensor, value in values.items():
        seen(device, sensor, value, tolerance)
    after = {sensor["id"]: sensor["value"] for sensor in device.get("/api/v1/sensors").json()["sensors"]}
    for sensor in SENSORS:
        expected = values.get(sensor, before[sensor])
        assert abs(after[sensor] - expected) <= tolerance, sensor


def test_samples_come_at_the_promised_interval(device):
    times = []

    def three():
        now = device.sensor("temp0")
        if now["uptime_ms"] not in times:
            times.append(now["uptime_ms"])
        return len(times) == 4

    eventually(three, timeout=10)
    interval = device.sensor("temp0")["interval_ms"]
    for earlier, later in zip(times, times[1:]):
        assert abs(later - earlier - interval) <= interval / 2, times  # a busy host may hold the emulator for a while


@pytest.mark.parametrize("missing, sensors", [
    ("temp0", ["temp0"]),
    ("emc0", [s for s in SENSORS if s.startswith("emc0_")]),
    ("mag0", [s for s in SENSORS if s.startswith("mag0_")]),
])
def test_a_chip_that_is_missing_at_boot(another, missing, sensors):
    device = another(without=(missing,))
    for sensor in sensors:
        shown = eventually(lambda: device.sensor(sensor), quality="missing", value=None)  # noqa: B023
        check_sensor(shown)
        response = device.get(f"/api/v1/sensors/{sensor}")
        assert response.status == 200
        refused = device.get(f"/api/v1/sensors/{sensor}/value")
        problem = check_problem(refused, 503, instance=f"/api/v1/sensors/{sensor}/value")
        assert problem["type"] == "/problems/no-reading"
        assert int(refused.header("retry-after")) >= 1
    others = [sensor for sensor in SENSORS if sensor not in sensors]
    for sensor in others:
        eventually(lambda: device.sensor(sensor), quality="ok")  # noqa: B023
    readings = device.get("/api/v1/readings").json()["readings"]
    assert [reading["id"] for reading in readings if reading["value"] is None] == sensors
    senml = device.get("/api/v1/readings", {"Accept": "application/senml+json"}).json()
    assert [record["n"] for record in senml] == others
    assert "bn" in senml[0]
    assert device.status()["sensors"] == {"total": len(SENSORS), "ok": len(others)}


def test_with_no_chip_at_all_it_still_answers(another):
    device = another(without=("temp0", "emc0", "mag0"))
    own = [sensor for sensor in SENSORS if sensor not in PLUGGED]
    eventually(lambda: all(sensor["quality"] == ("ok" if sensor["id"] in own else "missing")
                           for sensor in device.get("/api/v1/sensors").json()["sensors"]))
    senml = device.get("/api/v1/readings", {"Accept": "application/senml+json"}).json()
    assert [record["n"] for record in senml] == own
    assert device.get("/healthz").json() == {"status": "ok"}


def test_the_identity_lasts_over_a_restart_and_a_power_cut(another):
    device = another()
    first = device.get("/api/v1/device").json()
    device.restart()
    assert device.get("/api/v1/device").json() == first
    device.kill()
    device.start()
    assert device.get("/api/v1/device").json() == first


FAULTS = ["nak", "hold", "stick", "garbage", "off"]


@pytest.mark.needs("broken_chips")
@pytest.mark.parametrize("fault", FAULTS)
def test_a_dead_sensor_is_null_with_a_reason_and_comes_back(device, fault):
    getattr(device, fault)("temp0")
    try:
        shown = eventually(lambda: device.sensor("temp0"), quality="error", value=None)
        check_sensor(shown)
        refused = device.get("/api/v1/sensors/temp0/value")
        assert check_problem(refused, 503)["type"] == "/problems/no-reading"
        assert device.get("/healthz").status == 200
    finally:
        device.heal("temp0")
    device.set("temp0", 25.375)
    eventually(lambda: device.sensor("temp0"), quality="ok", value=25.38)


@pytest.mark.needs("broken_chips")
@pytest.mark.parametrize("faults", [{"emc0": "nak", "mag0": "hold"}, {"emc0": "garbage", "mag0": "off"}], ids=str)
def test_all_channels_of_dead_chips_are_null_and_no_others(device, faults):
    dead = [sensor for sensor in SENSORS if sensor.partition("_")[0] in faults]
    for chip, fault in faults.items():
        getattr(device, fault)(chip)
    try:
        eventually(lambda: all(device.sensor(sensor)["quality"] == "error" for sensor in dead))
        for sensor in device.get("/api/v1/sensors").json()["sensors"]:
            check_sensor(sensor)
            assert sensor["quality"] == ("error" if sensor["id"] in dead else "ok"), sensor
    finally:
        for chip in faults:
            device.heal(chip)
    eventually(lambda: all(device.sensor(sensor)["quality"] == "ok" for sensor in SENSORS))


@pytest.mark.needs("broken_chips")
def test_a_stuck_bus_hurts_every_chip_on_it_and_all_come_back(device):
    device.stick("temp0")
    try:
        eventually(lambda: device.sensor("temp0"), quality="error", value=None)
        assert device.get("/api/v1/sensors").status == 200
    finally:
        device.heal("temp0")
    eventually(lambda: all(device.sensor(sensor)["quality"] == "ok" for sensor in SENSORS))


@pytest.mark.needs("broken_chips")
def test_a_chip_that_was_missing_at_boot_is_used_when_it_comes(another):
    device = another(without=("temp0",))
    eventually(lambda: device.sensor("temp0"), quality="missing", value=None)
    device.heal("temp0")
    device.set("temp0", 19.25)
    eventually(lambda: device.sensor("temp0"), quality="ok", value=19.25)


@pytest.mark.needs("broken_chips")
def test_power_that_fails_again_and_again(device):
    for celsius in (10.5, 11.5):
        device.off("temp0")
        eventually(lambda: device.sensor("temp0"), quality="error", value=None)
        device.heal("temp0")
        device.set("temp0", celsius + 0.0625)  # needs the 12 bits that the probe configures
        eventually(lambda: device.sensor("temp0"), quality="ok", value=round(celsius + 0.0626, 2))
