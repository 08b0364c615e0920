"""One device for the whole suite, on the machine's own loopback."""

import json

import pytest

from support.device import Device, eventually, pools_used
from support.http1 import Client
from support.openapi import Document


@pytest.fixture(scope="session")
def https(pytestconfig):
    """Whether the suite speaks HTTPS. By plain HTTP devices have to be told to take tokens that way."""
    return pytestconfig.getoption("--https")


def peaks(status):
    """{pool: {"peak", "size"}}, the stack among them."""
    found = {pool["name"]: {"peak": pool["peak"], "size": pool["size"]} for pool in status["pools"]}
    if status["stack"]:
        found["stack"] = {"peak": status["stack"]["peak_bytes"], "size": status["stack"]["size_bytes"]}
    return found


@pytest.fixture(scope="session")
def session_device(board, image, https, pytestconfig):
    device = Device(board, image, https)
    try:
        device.start()
        with device.connect() as client:
            Client.judge = Document(client.request("/openapi.json").json())  # of every answer from here on
        yield device
        if pytestconfig.getoption("--peaks"):  # for ./dev bench
            pytestconfig.getoption("--peaks").write_text(json.dumps(peaks(device.status()), indent=2) + "\n")
    finally:
        Client.judge = None
        device.destroy()


@pytest.fixture(scope="session", autouse=True)
def baseline(session_device, https):
    """What is in use while nothing goes on but one kept connection: taken before any test, compared after all.
    Sampled sensors and a configured network are part of the rest state."""
    eventually(lambda: not any(sensor["quality"] == "pending"
                               for sensor in session_device.get("/api/v1/sensors").json()["sensors"]))
    eventually(lambda: session_device.status()["network"]["ipv6"], timeout=10)
    # One connection is ours; those that asked whether it is ready have been closed.
    return eventually(lambda: pools_used(session_device.status()), timeout=20, tcp_pcb=1,
                      http_connection=int(not https), https_connection=int(https))


@pytest.fixture
def device(session_device):
    yield session_device
    session_device.check_alive()


def settings(device):
    """All that may be set, by path: what is there now."""
    from contract import ACTUATOR_SETTINGS, SENSOR_SETTINGS  # knows the board, which options choose after conftests
    found = {"/api/v1/config": device.call("GET", "/api/v1/config").json()}
    for sensor in device.call("GET", "/api/v1/sensors").json()["sensors"]:
        found[f"/api/v1/sensors/{sensor['id']}"] = {name: sensor[name] for name in SENSOR_SETTINGS}
    for actuator in device.call("GET", "/api/v1/actuators").json()["actuators"]:
        found[f"/api/v1/actuators/{actuator['id']}"] = {name: actuator[name] for name in ACTUATOR_SETTINGS}
    return found


@pytest.fixture(scope="session")
def defaults(session_device):
    return settings(session_device)


@pytest.fixture
def owned(session_device, defaults):
    """The same device, with us as its owner. What a test sets is put back after it."""
    if not session_device.token:
        session_device.claim()
    yield session_device
    session_device.check_alive()
    for path, now in settings(session_device).items():
        if now != defaults[path]:
            assert session_device.patch(path, dict.fromkeys(now)).status == 200
    for actuator in session_device.get("/api/v1/actuators").json()["actuators"]:
        if actuator["requested"] != "off":
            path = f"/api/v1/actuators/{actuator['id']}"
            assert session_device.call("PUT", path, {"state": "off"}).status == 200


@pytest.fixture
def another(board, image, https):
    """Makes further devices, for tests that need one started in another way."""
    made = []

    def make(**options):
        made.append(Device(board, image, **{"https": https, **options}))
        return made[-1].start()

    yield make
    for device in made:
        device.destroy()
