"""Which chips a device has is a setting: checked, kept, and in force from the next start on."""

import pytest
from contract import CONFIG, check_problem
from support.device import Device, eventually

CONFIG_PATH = "/api/v1/config"
# What can sit on the bus of a board besides the chips of its table: how it is started with it, how it is added, and what
# its sensors read. The emulation's DPS310 always has the same raw values; double precision gives these two readings of them.
SPARE = {
    "sim": ((), ["outside=bme280@i2c0/0x76", "room=sht31@i2c0/0x44"],
            {"outside_temperature": ("Cel", 25.08), "outside_pressure": ("Pa", 100653.3), "outside_humidity": ("%RH", 55.0),
             "room_temperature": ("Cel", 19.5), "room_humidity": ("%RH", 48.0)}),
    "mps2-an385": (("-device", "dps310,bus=i2c,address=0x77", "-device", "tmp105,bus=i2c,address=0x49"),
                   ["baro=dps310@shield1/0x77", "second=tmp105@shield1/0x49"],
                   {"baro_temperature": ("Cel", 24.74), "baro_pressure": ("Pa", 105148.2), "second": ("Cel", 0.0)}),
}


def bus_of(device):
    run = device.call("POST", "/api/v1/actions/scan").json()
    place = f"/api/v1/actions/scan/{run['id']}"
    return eventually(lambda: device.call("GET", place).json(), state="done")["result"]["buses"][0]["bus"]


def chips(device, **members):
    return device.patch(CONFIG_PATH, {"chips": members})


def restart(device):
    starts = device.starts
    assert device.call("POST", "/api/v1/actions/reboot").status == 202
    device.restarted(starts)


def ids(device):
    return [sensor["id"] for sensor in device.call("GET", "/api/v1/sensors").json()["sensors"]]


def restart_required(device):
    return device.call("GET", "/api/v1/status").json()["restart_required"]


def test_a_chip_can_be_taken_away_and_another_one_put_in_its_place(another, board):
    arguments, spare, readings = SPARE.get(board.name, ((), [], {}))
    device = another(arguments=arguments)
    device.claim()
    before, bus = ids(device), bus_of(device)
    added = [f"first=tmp105@{bus}/0x48", *spare]
    answer = chips(device, removed=["temp0"], added=added)
    assert answer.status == 200, answer
    assert answer.json()["chips"] == {"added": added, "removed": ["temp0"]}
    assert ids(device) == before
    assert restart_required(device) is True
    restart(device)
    assert restart_required(device) is False
    assert set(ids(device)) == set(before) - {"temp0"} | {"first"} | set(readings)
    device.set("temp0", 23.5)  # the chip is the same, whatever the device calls it
    eventually(lambda: device.sensor("first"), value=23.5, quality="ok")
    for sensor, (unit, value) in readings.items():
        shown = eventually(lambda name=sensor: device.sensor(name), quality="ok")
        assert shown["unit"] == unit
        assert value is None or abs(shown["value"] - value) < 0.01, shown
    assert chips(device, added=None, removed=None).json()["chips"] == CONFIG["chips"]
    restart(device)
    assert ids(device) == before


def test_settings_of_sensors_stay_with_them_when_chips_before_them_go(another):
    device = another()
    device.claim()
    assert device.patch("/api/v1/sensors/mag0_x", {"name": "North"}).status == 200
    device.written()
    assert chips(device, removed=["temp0"]).status == 200
    restart(device)
    assert device.sensor("mag0_x")["name"] == "North"
    assert chips(device, removed=[]).status == 200
    restart(device)
    assert device.sensor("mag0_x")["name"] == "North"


def test_a_chip_that_is_not_there_is_missing_and_a_scan_names_it(another):
    device = another()
    device.claim()
    bus = bus_of(device)
    assert chips(device, added=[f"second=tmp105@{bus}/0x49"]).status == 200
    restart(device)
    eventually(lambda: device.sensor("second"), quality="missing")
    run = device.call("POST", "/api/v1/actions/scan").json()
    done = eventually(lambda: device.call("GET", f"/api/v1/actions/scan/{run['id']}").json(), state="done")
    found = {chip["id"]: chip for chip in done["result"]["buses"][0]["devices"]}
    assert found["second"] == {"address": 0x49, "answers": False, "id": "second", "part": "tmp105"}


@pytest.mark.parametrize(("members", "pointers"), [
    ({"added": ["x"]}, ["/chips/added/0"]),
    ({"added": ["a=tmp105@BUS/49"]}, ["/chips/added/0"]),
    ({"added": ["a=tmp105@BUS/0x4"]}, ["/chips/added/0"]),
    ({"added": ["a=tmp105@BUS/0x78"]}, ["/chips/added/0"]),
    ({"added": ["a=tmp105@BUS/0x07"]}, ["/chips/added/0"]),
    ({"added": ["A=tmp105@BUS/0x49"]}, ["/chips/added/0"]),
    ({"added": ["=tmp105@BUS/0x49"]}, ["/chips/added/0"]),
    ({"added": ["abcdefghijklmnopqrst=tmp105@BUS/0x49"]}, ["/chips/added/0"]),
    ({"added": ["a=tmp106@BUS/0x49"]}, ["/chips/added/0"]),
    ({"added": ["a=tmp105@nobus/0x49"]}, ["/chips/added/0"]),
    ({"added": ["a=tmp105@BUS/0x4a"]}, ["/chips/added/0"]),
    ({"added": ["a=tmp105@BUS/0x48"]}, ["/chips/added/0"]),
    ({"added": ["leds2=emc1414@BUS/0x60"]}, ["/chips/added/0"]),
    ({"added": ["temp0=tmp105@BUS/0x49"]}, ["/chips/added/0"]),
    ({"added": ["mag0_x=tmp105@BUS/0x49"]}, ["/chips/added/0"]),
    ({"added": ["a=tmp105@BUS/0x49", "a=emc1414@BUS/0x4d"]}, ["/chips/added/1"]),
    ({"added": ["a=tmp105@BUS/0x49", "b=tmp105@BUS/0x49"]}, ["/chips/added/1"]),
    ({"added": ["a=emc1414@BUS/0x18", "b=emc1414@BUS/0x19", "c=emc1414@BUS/0x2a", "d=emc1414@BUS/0x2b"]},
     ["/chips/added/1", "/chips/added/2", "/chips/added/3"]),
    ({"added": 5 * ["a=tmp105@BUS/0x49"]}, ["/chips/added"]),
    ({"added": [1]}, ["/chips/added/0"]),
    ({"removed": ["nope"]}, ["/chips/removed/0"]),
    ({"removed": ["leds"]}, ["/chips/removed/0"]),
    ({"removed": ["temp0", "x y"]}, ["/chips/removed/1"]),
    ({"chips": []}, ["/chips/chips"]),
])
def test_chips_that_cannot_be_are_422_each_named_and_nothing_changes(another_owned, members, pointers):
    device, bus = another_owned
    asked = {name: [item.replace("BUS", bus) if isinstance(item, str) else item for item in items]
             for name, items in members.items()}
    problem = check_problem(chips(device, **asked), 422)
    assert [error["pointer"] for error in problem["errors"]] == pointers, problem
    assert device.call("GET", CONFIG_PATH).json()["chips"] == CONFIG["chips"]
    assert restart_required(device) is False


@pytest.fixture(scope="module", name="another_owned")
def fixture_another_owned(board, image, https):
    device = Device(board, image, https)
    try:
        device.start().claim()
        yield device, bus_of(device)
    finally:
        device.destroy()
