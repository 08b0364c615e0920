"""What can be switched: asked for, carried out, read back from outside, and what it is after a restart."""

import pytest
from contract import ACTUATORS, check_actuator, check_problem
from support.device import Device, eventually


@pytest.fixture(scope="module", name="owned")
def fixture_owned(board, image, https):
    device = Device(board, image, https)
    try:
        device.start().claim()
        yield device
    finally:
        device.destroy()


@pytest.fixture(autouse=True)
def all_off(owned):
    yield
    for led in ACTUATORS:
        if owned.light(led):
            put(owned, led, "off")


def path(led):
    return f"/api/v1/actuators/{led}"


def put(device, led, state):
    answer = device.call("PUT", path(led), {"state": state})
    assert answer.status == 200, answer
    wanted = {True: "on", False: "off"}.get(state, state)
    assert answer.json()["requested"] == wanted
    return eventually(lambda: device.call("GET", path(led)).json(), state=wanted, quality="ok")


def test_all_of_the_board_are_listed_and_each_is_the_same_alone(owned):
    listed = eventually(lambda: [one for one in owned.call("GET", "/api/v1/actuators").json()["actuators"]
                                 if one["quality"] == "ok"] and owned.call("GET", "/api/v1/actuators").json())
    assert [one["id"] for one in listed["actuators"]] == ACTUATORS
    for one in listed["actuators"]:
        check_actuator(one)
        assert owned.call("GET", path(one["id"])).json() == one


@pytest.mark.smoke
@pytest.mark.parametrize("led", ACTUATORS)
def test_an_led_is_what_was_asked_for_seen_from_outside(owned, led):
    put(owned, led, "on")
    assert owned.light(led)
    assert [other for other in ACTUATORS if owned.light(other)] == [led]
    put(owned, led, "off")
    assert not owned.light(led)


def test_truth_values_will_do(owned):
    put(owned, "led2", True)
    assert owned.light("led2")
    put(owned, "led2", False)


@pytest.mark.parametrize("body", [{"state": "maybe"}, {"state": 1}, {"state": None}, {"state": "ON"}, {}, [], "on",
                                  {"state": "on", "colour": "red"}])
def test_what_is_no_state_is_422_and_changes_nothing(owned, body):
    answer = owned.call("PUT", path("led0"), body)
    problem = check_problem(answer, 422)
    assert problem["errors"]
    assert owned.call("GET", path("led0")).json()["requested"] == "off"


def test_an_unknown_member_is_named_beside_a_wrong_state(owned):
    problem = check_problem(owned.call("PUT", path("led0"), {"colour": "red", "state": 7}), 422)
    assert sorted(error["pointer"] for error in problem["errors"]) == ["/colour", "/state"]


def test_what_is_not_there_is_404(owned):
    check_problem(owned.call("PUT", path("led9"), {"state": "on"}), 404)
    check_problem(owned.call("GET", path("leds")), 404)
    check_problem(owned.call("PATCH", path("led9"), {"name": "x"}, match='"0"'), 404)
    check_problem(owned.call("PATCH", "/api/v1/sensors/led0", {"name": "x"}, match='"0"'), 404)


def test_a_stale_tag_is_412_and_none_is_needed(owned):
    tag = owned.call("GET", path("led1")).header("etag")
    put(owned, "led1", "on")
    check_problem(owned.call("PUT", path("led1"), {"state": "off"}, match=tag), 412)
    check_problem(owned.call("PATCH", path("led1"), {"name": "x"}, match='"0000000000000000"'), 412)
    assert owned.light("led1")


def test_name_and_boot_are_settings_with_a_tag(owned):
    check_problem(owned.call("PATCH", path("led3"), {"name": "Door"}), 428)
    answer = owned.patch(path("led3"), {"name": "Door"})
    assert (answer.status, answer.json()["name"]) == (200, "Door")
    check_problem(owned.patch(path("led3"), {"boot": "maybe"}), 422)
    put(owned, "led3", "on")  # a change of state is no change of settings
    assert owned.patch(path("led3"), {"name": None}).json()["name"] == "LED 3"


def test_the_state_after_a_restart_is_off_on_or_what_it_was(owned):
    assert owned.patch(path("led1"), {"boot": "on"}).status == 200
    assert owned.patch(path("led2"), {"boot": "last"}).status == 200
    assert owned.patch(path("led3"), {"boot": "last"}).status == 200
    for led in ("led0", "led2"):
        put(owned, led, "on")
    put(owned, "led1", "off")
    owned.written()
    owned.restart()
    seen = eventually(lambda: all(one["quality"] == "ok" for one in
                                  owned.call("GET", "/api/v1/actuators").json()["actuators"]) and
                      [owned.light(led) for led in ACTUATORS])
    assert seen == [led in ("led1", "led2") for led in ACTUATORS]
    for led in ("led1", "led2", "led3"):
        assert owned.patch(path(led), {"boot": "off"}).json()["boot"] == "off"


def test_a_chip_without_power_is_an_error_and_is_set_again_when_it_is_back(owned):
    if not owned.board.is_simulator:
        # QEMU's chips cannot be taken away; but what somebody else changes behind our back is put right.
        facts = owned.board.emulator["actuators"]["led0"]
        owned.process.qmp.command("qom-set", path=facts["path"], property=facts["property"], value="on")
        eventually(lambda: not owned.light("led0"))
        return
    put(owned, "led0", "on")
    owned.off("leds")
    eventually(lambda: owned.call("GET", path("led0")).json(), quality="error", state=None, requested="on")
    assert owned.call("PUT", path("led1"), {"state": "on"}).json()["requested"] == "on"
    owned.heal("leds")
    eventually(lambda: owned.light("led0") and owned.light("led1"))
    put(owned, "led1", "off")


def test_a_board_without_the_chip_has_its_leds_missing_and_keeps_the_wish(another):
    device = another(without=("leds",))
    device.claim()
    eventually(lambda: device.call("GET", path("led0")).json(), quality="missing", state=None)
    assert device.call("PUT", path("led0"), {"state": "on"}).json()["requested"] == "on"
    eventually(lambda: device.call("GET", path("board_led0")).json(), quality="ok", state="off")
