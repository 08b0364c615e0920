"""A device that may reach this machine, and servers for it to ask."""

import pytest
from support.device import Device, eventually, pools_used
from support.http1 import Client
from support.openapi import Document
from support.outside import Outside


@pytest.fixture(scope="session")
def session_device(board, image):
    device = Device(board, image, outbound=True)
    try:
        device.start()
        with device.connect() as client:
            Client.judge = Document(client.request("/openapi.json").json())
        device.claim()
        yield device
    finally:
        Client.judge = None
        device.destroy()


def at_rest(device):
    return eventually(lambda: pools_used(device.status()), timeout=30, tcp_pcb=1, http_connection=1, https_connection=0)


@pytest.fixture(scope="session")
def baseline(session_device):
    eventually(lambda: session_device.status()["network"]["ipv6"], timeout=10)
    return at_rest(session_device)


@pytest.fixture
def device(session_device, baseline):
    """Without sources before and after."""
    yield session_device
    session_device.check_alive()
    for source in session_device.call("GET", "/api/v1/sources").json()["sources"]:
        assert session_device.call("DELETE", f"/api/v1/sources/{source['id']}").status == 204
    assert session_device.get("/api/v1/sensors/outdoor_temp").status == 404


@pytest.fixture
def make_outside():
    made = []

    def make(**options):
        made.append(Outside(**options))
        return made[-1]

    yield make
    for server in made:
        server.close()


@pytest.fixture
def outside(make_outside):
    return make_outside()


@pytest.fixture
def another(board, image):
    made = []

    def make(**options):
        made.append(Device(board, image, **options))
        return made[-1].start()

    yield make
    for device in made:
        device.destroy()
