"""One device for the whole suite, on the machine's own loopback."""

import pytest

from support.device import Device, eventually, pools_used


@pytest.fixture(scope="session")
def session_device(board, image):
    device = Device(board, image)
    try:
        yield device.start()
    finally:
        device.destroy()


@pytest.fixture(scope="session", autouse=True)
def baseline(session_device):
    """What is in use while nothing goes on but one kept connection: taken before any test, compared after all.
    Sampled sensors and a configured network are part of the rest state."""
    eventually(lambda: not any(sensor["quality"] == "pending"
                               for sensor in session_device.get("/api/v1/sensors").json()["sensors"]))
    eventually(lambda: session_device.status()["network"]["ipv6"], timeout=10)
    # One connection is ours; those that asked whether it is ready have been closed.
    return eventually(lambda: pools_used(session_device.status()), timeout=20, tcp_pcb=1, http_connection=1)


@pytest.fixture
def device(session_device):
    yield session_device
    session_device.check_alive()


@pytest.fixture
def another(board, image):
    """Makes further devices, for tests that need one started in another way."""
    made = []

    def make(**options):
        made.append(Device(board, image, **options))
        return made[-1].start()

    yield make
    for device in made:
        device.destroy()
