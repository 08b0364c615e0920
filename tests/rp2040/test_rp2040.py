"""What only this family has: the watchdog that barks, the ring oscillator, and flash as the memory of what lasts."""

import pytest
from support.device import Device
from support.rp2040 import NOISE


@pytest.fixture(name="device_with")
def fixture_device_with(board, image):
    """device_with(**options): a device that is started in another way."""
    made = []

    def start(**options):
        made.append(Device(board, image, **options))
        return made[-1].start()

    yield start
    for device in made:
        device.destroy()


def test_a_core_that_does_nothing_any_more_is_reset_and_says_why(device_with):
    device = device_with()
    assert device.status()["reset_cause"] == "power_on"
    starts = device.starts
    device.process.qmp.command("qom-set", path="/machine/core", property="stuck", value=True)
    device.restarted(starts, 60)
    assert device.status()["reset_cause"] == "watchdog"
    assert device.sensor("temp0")["quality"] == "ok"


def test_a_sound_oscillator_is_enough_for_an_owner_and_a_key(device_with):
    device = device_with(seed=False, arguments=(NOISE,), https=True)
    assert device.status()["random"] == "generator"
    device.claim()
    assert device.status()["owner"] == "claimed"


def test_a_stuck_oscillator_is_noticed_and_gives_nothing(device_with):
    device = device_with(seed=False)
    assert device.status()["random"] == "none" and device.status()["owner"] == "no_entropy"
    assert "there is no HTTPS" in device.console


def test_what_lasts_lies_at_the_end_of_flash_and_nowhere_else(device_with):
    device = device_with()
    device.claim()
    assert device.patch("/api/v1/config", {"location": "Attic of the old house"}).status == 200
    device.written()
    device.kill()
    with open(device.storage, "rb") as file:
        assert b"Attic of the old house" in file.read()
    device.start()
    assert device.call("GET", "/api/v1/config").json()["location"] == "Attic of the old house"
