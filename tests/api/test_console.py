"""Who stands beside the device: what is typed on its console, and its button."""

import os

import pytest
from support.device import eventually


@pytest.fixture(name="beside")
def fixture_beside(another):
    device = another()
    device.claim()
    return device


def says(device, typed, expected):
    device.process.type(typed)
    assert device.process.console.wait_for(expected, 5), device.console


def test_the_console_answers(beside):
    says(beside, "help\n", "^factory-reset: ")
    says(beside, "status\r", r"jembatan-[0-9a-f]{6}, http://10\.0\.2\.15/, claimed, store good")
    says(beside, "code\r\n", "the device has an owner")
    says(beside, "rebot\n", "rebot: no such command")


def test_a_factory_reset_by_the_console_asks_first_and_erases_the_owner(beside):
    says(beside, "factory-reset\n", 'type "factory-reset yes"')
    assert beside.status()["owner"] == "claimed"
    beside.process.type("factory-reset yes\n")
    eventually(lambda: beside.console.count("setup code: ") == 2, timeout=30)
    beside.back(owner="unclaimed")
    assert beside.call("GET", "/api/v1/tokens").status == 401


def test_a_reboot_by_the_console_keeps_everything(beside):
    assert beside.patch("/api/v1/config", {"name": "Kept"}).status == 200
    beside.process.type("reboot\n")
    beside.back(reset_cause="software", owner="claimed")
    assert beside.call("GET", "/api/v1/config").json()["name"] == "Kept"


def test_a_button_that_is_held_resets_to_factory_settings(beside):
    if not beside.board.is_simulator:
        # QEMU's board has no button that could be pressed: its register reads as released, and nothing happens.
        assert "button" not in beside.console
        return
    beside.order("button down")
    eventually(lambda: "the button is pressed" in beside.console)
    beside.order("button up")
    eventually(lambda: "nothing is reset" in beside.console)
    assert beside.status()["owner"] == "claimed"
    beside.order("button down")
    eventually(lambda: beside.console.count("setup code: ") == 2, timeout=20)
    beside.back(owner="unclaimed")


def test_a_board_without_random_numbers_has_no_owner_and_says_why(board, another):
    if board.is_simulator:
        return  # it draws from the kernel's generator, which is always there
    device = another(https=False, seed=False)
    assert device.status()["owner"] == "no_entropy" and device.status()["random"] == "none"
    assert "setup code: " not in device.console and "no owner is possible" in device.console
    answer = device.call("POST", "/api/v1/claim", {"code": "0000-0000"}, token=None)
    assert answer.status == 503, answer
    assert device.call("PATCH", "/api/v1/config", {"name": "x"}, token=None, match="*").status == 503
    assert device.sensor("temp0")["quality"] == "ok"  # it still measures
    device.restart(seed=True)  # somebody provisions it: from now on it has a seed of its own
    assert device.claim()
    device.restart(seed=False)
    assert device.status()["random"] == "seed" and device.status()["owner"] == "claimed"
    assert device.call("POST", "/api/v1/tokens", {"name": "more", "scope": "read"}).status == 201


def test_a_memory_that_is_destroyed_opens_nothing_that_was_closed_until_a_factory_reset(board, beside):
    if not board.is_simulator:
        return  # the same code; the memory of the emulator's boards is another kind of file
    assert beside.patch("/api/v1/config", {"read_auth": "token"}).status == 200
    beside.written()
    beside.stop()
    path = os.path.join(beside.options.state, "storage.bin")
    size = os.path.getsize(path)
    with open(path, "wb") as file:
        file.write(bytes(size))
    beside.start()
    assert "store: unusable" in beside.console
    for token in (None, beside.token):
        assert beside.call("GET", "/api/v1/sensors", token=token).status == 503
        assert beside.patch("/api/v1/config", {"read_auth": "none"}, token=token).status == 503
    assert beside.call("GET", "/healthz", token=None).status == 200
    beside.process.type("factory-reset yes\n")
    assert beside.process.console.wait_for("setup code: ", 10), beside.console
    beside.back(owner="unclaimed")


def test_the_longest_host_name_survives_dhcp_and_a_restart(beside):
    assert beside.patch("/api/v1/config", {"hostname": 63 * "h"}).status == 200
    beside.written()
    beside.restart()
    assert beside.call("GET", "/api/v1/device").json()["hostname"] == 63 * "h"
