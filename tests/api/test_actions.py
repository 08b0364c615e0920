"""What the device can be asked to do: accepted, carried out, asked for, and not done twice."""

import pytest
from contract import RUN, check_problem, check_run
from support.device import Device, eventually


@pytest.fixture(scope="module", name="owned")
def fixture_owned(board, image, https):
    device = Device(board, image, https)
    try:
        device.start().claim()
        yield device
    finally:
        device.destroy()


def post(device, action, body=None, key=None, **kwargs):
    headers = [("Idempotency-Key", key)] if key else []
    return device.call("POST", f"/api/v1/actions/{action}", body, headers=headers, **kwargs)


def accepted(device, action, body=None, key=None):
    answer = post(device, action, body, key)
    assert answer.status == 202, answer
    run = answer.json()
    check_run(run)
    assert answer.header("location") == f"/api/v1/actions/{action}/{run['id']}"
    return answer.header("location")


def state_of(device, place):
    answer = device.call("GET", place)
    assert answer.status == 200, answer
    check_run(answer.json())
    return answer.json()


def test_the_actions_are_listed_with_their_runs(owned):
    place = accepted(owned, "identify", {"duration_ms": 0})
    listed = owned.call("GET", "/api/v1/actions").json()
    assert listed["actions"] == ["identify", "reboot", "factory-reset", "calibrate", "scan"]
    assert set(listed["runs"][-1]) == RUN
    assert place.endswith(listed["runs"][-1]["id"])


def test_identify_blinks_and_then_the_led_is_as_it_was(owned):
    place = accepted(owned, "identify", {"duration_ms": 1200})
    seen = set()

    def both():
        seen.add(owned.light("board_led0"))
        return seen == {False, True}

    eventually(both)
    assert state_of(owned, place)["state"] == "running"
    eventually(lambda: state_of(owned, place), state="done")
    eventually(lambda: not owned.light("board_led0"))
    assert owned.call("GET", "/api/v1/actuators/board_led0").json()["state"] == "off"


def test_calibrate_makes_the_sensor_read_as_the_reference(owned):
    owned.set("temp0", 20.0)
    eventually(lambda: owned.sensor("temp0"), value=20.0)
    place = accepted(owned, "calibrate", {"sensor": "temp0", "value": 21.5})
    assert owned.call("GET", place).json()["action"] == "calibrate"
    eventually(lambda: state_of(owned, place), state="done")
    sensor = owned.sensor("temp0")
    assert (sensor["value"], sensor["offset"]) == (21.5, 1.5)
    place = accepted(owned, "calibrate", {"sensor": "temp0", "value": 20.25})  # on top of the other offset
    eventually(lambda: state_of(owned, place), state="done")
    assert owned.sensor("temp0")["offset"] == 0.25
    assert owned.patch("/api/v1/sensors/temp0", {"offset": None}).json()["value"] == 20.0


def test_calibrating_a_sensor_without_values_fails_and_changes_nothing(another):
    device = another(without=("temp0",))
    device.claim()
    assert device.patch("/api/v1/sensors/temp0", {"interval_ms": 100}).status == 200
    place = accepted(device, "calibrate", {"sensor": "temp0", "value": 21.5})
    failed = eventually(lambda: state_of(device, place), state="failed")
    assert "value" in failed["detail"]
    assert device.sensor("temp0")["offset"] == 0


def scanned(device):
    place = accepted(device, "scan")
    run = eventually(lambda: state_of(device, place), state="done")
    found = {}
    for bus in run["result"]["buses"]:
        assert set(bus) == {"bus", "held", "devices"}
        addresses = [chip["address"] for chip in bus["devices"]]
        assert addresses == sorted(set(addresses))
        found |= {chip["id"] or chip["address"]: chip for chip in bus["devices"]}
    return place, run["result"]["buses"], found


def test_a_scan_finds_what_sits_on_the_bus_and_disturbs_no_sensor(owned):
    errors = {sensor["id"]: sensor["quality"] for sensor in owned.call("GET", "/api/v1/sensors").json()["sensors"]}
    _, buses, found = scanned(owned)
    assert [bus["held"] for bus in buses] == [False]
    for chip, part, address in (("temp0", "tmp105", 0x48), ("emc0", "emc1414", 0x4c), ("mag0", "lsm303dlhc", 0x1e),
                                ("leds", "pca9552", 0x60)):
        assert found[chip] == {"address": address, "answers": True, "id": chip, "part": part}
    assert {sensor["id"]: sensor["quality"] for sensor in owned.call("GET", "/api/v1/sensors").json()["sensors"]} == errors


def test_the_result_of_a_scan_is_kept_until_the_next_one(owned):
    first, _, _ = scanned(owned)
    second, _, _ = scanned(owned)
    assert "result" not in state_of(owned, first)
    assert "result" in state_of(owned, second)
    assert all("result" not in run for run in owned.call("GET", "/api/v1/actions").json()["runs"])


def test_a_scan_shows_a_chip_that_should_be_there_and_does_not_answer(another):
    device = another(without=("mag0",))
    device.claim()
    _, _, found = scanned(device)
    assert found["mag0"]["answers"] is False
    assert found["temp0"]["answers"] is True


@pytest.mark.parametrize(("action", "body", "pointers"), [
    ("identify", {"duration_ms": -1}, ["/duration_ms"]),
    ("identify", {"duration_ms": 600001}, ["/duration_ms"]),
    ("identify", {"duration_ms": 1.5}, ["/duration_ms"]),
    ("identify", {"duration_ms": "10", "x": 1}, ["/duration_ms", "/x"]),
    ("identify", [], [""]),
    ("calibrate", None, ["/sensor", "/value"]),
    ("calibrate", {"sensor": "nope", "value": 1}, ["/sensor"]),
    ("calibrate", {"sensor": "temp0"}, ["/value"]),
    ("calibrate", {"sensor": "temp0", "value": 21.12345678}, ["/value"]),
    ("calibrate", {"sensor": "temp0", "value": 1e300}, ["/value"]),
    ("scan", {"bus": "i2c0"}, ["/bus"]),
    ("reboot", {"now": True}, ["/now"]),
    ("factory-reset", {"really": True}, ["/really"]),
])
def test_wrong_input_is_422_and_nothing_is_done(owned, action, body, pointers):
    before = owned.call("GET", "/api/v1/actions").json()["runs"]
    problem = check_problem(post(owned, action, body), 422)
    assert sorted(error["pointer"] for error in problem["errors"]) == pointers
    assert owned.call("GET", "/api/v1/actions").json()["runs"] == before


def test_what_is_no_action_or_no_run_is_404(owned):
    check_problem(post(owned, "explode"), 404)
    check_problem(owned.call("GET", "/api/v1/actions/reboot/00000000"), 404)
    place = accepted(owned, "identify", {"duration_ms": 0})
    check_problem(owned.call("GET", place.replace("identify", "reboot")), 404)


def test_a_key_that_is_known_gives_the_run_that_it_began(owned):
    first = post(owned, "identify", {"duration_ms": 0}, key="8e03978e-40d5-43dd-bc93-6894a57f9324")
    again = post(owned, "identify", {"duration_ms": 0}, key="8e03978e-40d5-43dd-bc93-6894a57f9324")
    assert (first.status, again.status) == (202, 202)
    assert first.json()["id"] == again.json()["id"]
    check_problem(post(owned, "identify", {"duration_ms": 1}, key="8e03978e-40d5-43dd-bc93-6894a57f9324"), 422)
    check_problem(post(owned, "calibrate", {"sensor": "temp0", "value": 1},
                       key="8e03978e-40d5-43dd-bc93-6894a57f9324"), 422)
    check_problem(post(owned, "identify", {"duration_ms": 0}, key=129 * "k"), 400)


def test_an_identify_that_is_replaced_or_stopped_has_ended(owned):
    first = accepted(owned, "identify", {"duration_ms": 600000})
    second = accepted(owned, "identify", {"duration_ms": 600000})
    eventually(lambda: state_of(owned, first), state="done")
    assert state_of(owned, second)["state"] == "running"
    accepted(owned, "identify", {"duration_ms": 0})
    eventually(lambda: state_of(owned, second), state="done")
    eventually(lambda: not owned.light("board_led0"))


def test_too_many_at_the_same_time_are_told_to_come_again(owned):
    assert owned.patch("/api/v1/sensors/temp0", {"interval_ms": 3000}).status == 200
    sampled = owned.sensor("temp0")["uptime_ms"]
    eventually(lambda: owned.sensor("temp0")["uptime_ms"] != sampled)  # the next one is 3 s away
    places = []
    for _ in range(20):
        answer = post(owned, "calibrate", {"sensor": "temp0", "value": 20})
        if answer.status == 503:
            break
        places.append(answer.header("location"))
    assert answer.status == 503 and answer.header("retry-after")
    assert post(owned, "scan").status == 503
    assert len(places) >= 4
    eventually(lambda: all(state_of(owned, place)["state"] == "done" for place in places), timeout=15)
    assert owned.patch("/api/v1/sensors/temp0", {"interval_ms": None, "offset": None}).status == 200


@pytest.mark.smoke
def test_reboot_answers_first_then_writes_then_restarts_and_is_done_after_it(owned):
    assert owned.patch("/api/v1/config", {"location": "in the last moment"}).status == 200
    place = accepted(owned, "reboot", key="reboot-1")
    owned.back(reset_cause="software")
    run = state_of(owned, place)
    assert (run["state"], run["uptime_ms"]) == ("done", None)
    assert owned.call("GET", "/api/v1/config").json()["location"] == "in the last moment"
    uptime = owned.status()["uptime_ms"]
    again = post(owned, "reboot", key="reboot-1")  # the client saw its connection break and asks again
    assert (again.status, again.header("location")) == (202, place)
    eventually(lambda: owned.status()["uptime_ms"] > uptime + 1500)  # and it did not restart again
    check_problem(post(owned, "identify", {"duration_ms": 0}, key="reboot-1"), 422)


def test_a_second_restart_is_refused_while_one_is_under_way(owned):
    before = owned.console.count("reset by software")
    with owned.connect() as connection:
        headers = [("Authorization", f"Bearer {owned.token}"), ("Content-Type", "application/json")]
        first = connection.request("/api/v1/actions/reboot", headers, "POST")
        others = [connection.request(f"/api/v1/actions/{name}", headers, "POST") for name in ("factory-reset", "reboot")]
    assert first.status == 202
    for other in others:
        check_problem(other, 409)
    eventually(lambda: owned.console.count("reset by software") == before + 1, timeout=20)
    owned.back(owner="claimed")
    assert state_of(owned, first.header("location"))["state"] == "done"


def test_a_factory_reset_leaves_nothing_behind(another):
    device = another()
    device.claim()
    assert device.patch("/api/v1/config", {"name": "Greenhouse", "read_auth": "token"}).status == 200
    assert device.patch("/api/v1/actuators/led0", {"boot": "on"}).status == 200
    code = device.console.count("setup code: ")
    accepted(device, "factory-reset")
    eventually(lambda: device.console.count("setup code: ") > code, timeout=30)
    device.back(owner="unclaimed")
    config = device.call("GET", "/api/v1/config", token=None).json()
    assert (config["name"], config["read_auth"]) == ("Jembatan", "none")
    check_problem(device.call("GET", "/api/v1/tokens"), 401)  # the old token
    eventually(lambda: not device.light("led0"))
    assert device.call("GET", "/api/v1/actions").json()["runs"] == []
    assert device.claim()  # by the new code


def test_json_that_is_none_is_400(owned):
    problem = check_problem(post(owned, "identify", b'{"duration_ms":01}'), 400)
    assert problem["offset"] == 16
