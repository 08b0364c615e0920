"""A device of the plain profile on the machine's own loopback."""

import sys

import pytest
from support.board import ROOT
from support.device import Device

sys.path.insert(0, str(ROOT / "tests" / "api"))  # contract.py: what both profiles show is the same


@pytest.fixture(scope="session")
def session_device(board, image):
    device = Device(board, image)
    try:
        yield device.start()
    finally:
        device.destroy()


@pytest.fixture
def device(session_device):
    yield session_device
    session_device.check_alive()
