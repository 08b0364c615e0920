"""Devices on a LAN inside this machine, with real stations: multicast, browsers, time servers."""

import itertools

import pytest
from lan import Browser
from support import netns
from support.device import Device


@pytest.fixture(scope="session", autouse=True)
def lan():
    try:
        netns.enter()
    except netns.Impossible as reason:
        pytest.skip(f"no virtual LAN here: {reason}")


@pytest.fixture(scope="session")
def numbers():
    return itertools.count(2)


@pytest.fixture(scope="session")
def make_device(board, image, numbers):
    """Starts a device with a static address of its own, or another one."""
    made = []

    def make(ip=..., **options):
        number = next(numbers)
        if ip is ...:
            ip = f"10.77.0.{number}/24,{netns.ADDRESS}"
        made.append(Device(board, image, net=f"tap:{netns.add_tap(f'tap{number}')}", ip=ip, **options))
        return made[-1].start()

    yield make
    for device in made:
        device.destroy()


@pytest.fixture(scope="session")
def first_device(make_device, lan):
    device = make_device()
    device.claim()
    return device


@pytest.fixture
def device(first_device):
    """One that has an owner: us. Settings go back to what they were."""
    yield first_device
    first_device.check_alive()
    config = first_device.call("GET", "/api/v1/config").json()
    if config["hostname"] or config["time"]["server"]:
        assert first_device.patch("/api/v1/config", {"hostname": None, "time": None}).status == 200


@pytest.fixture
def new_device(make_device):
    """Starts devices that end with the test."""
    made = []

    def make(**options):
        made.append(make_device(**options))
        return made[-1]

    yield make
    for device in made:
        device.check_alive()
        device.destroy()


@pytest.fixture
def browser():
    browser = Browser()
    yield browser
    browser.close()
