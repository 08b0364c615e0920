"""One device on this machine's loopback, and programs that others use to speak TLS."""

import subprocess
from types import SimpleNamespace

import pytest
from support.device import Device, eventually


@pytest.fixture(scope="session")
def session_device(board, image):
    device = Device(board, image, https=True)
    try:
        yield device.start()
    finally:
        device.destroy()


@pytest.fixture
def device(session_device):
    yield session_device
    session_device.check_alive()
    # Whatever a test did, the next one finds all connections free but the one that asks.
    eventually(lambda: pool(session_device, "https_connection")["used"] == 1, timeout=15)


@pytest.fixture(scope="session")
def owned(session_device):
    session_device.claim()
    return session_device


@pytest.fixture
def another(board, image):
    made = []

    def make(**options):
        made.append(Device(board, image, https=True, **options))
        return made[-1].start()

    yield make
    for device in made:
        device.destroy()


def pool(device, name):
    return next(entry for entry in device.status()["pools"] if entry["name"] == name)


@pytest.fixture(name="ca")
def fixture_ca(device):
    """The file with its certificate."""
    device.get("/healthz")
    return device.ca_file


@pytest.fixture(scope="session")
def run():
    """run(program, argument..., typed=text): what it said (out, err), and its exit code."""

    def start(*command, typed="", timeout=60):
        done = subprocess.run([str(word) for word in command], input=typed, capture_output=True, text=True,
                              errors="replace", timeout=timeout, check=False)
        return SimpleNamespace(code=done.returncode, out=done.stdout, err=done.stderr, said=done.stdout + done.stderr)

    return start
