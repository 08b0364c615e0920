"""A device on a LAN of which the test is the other end: nothing between them ends TCP, repeats or hides anything."""

import re

import pytest
from network import DEVICE, TESTER, Network, status, used
from support import packet
from support.board import ROOT
from support.device import eventually
from support.peer import Host


@pytest.fixture(scope="session")
def limits():
    """The firmware's bounds, by name."""
    text = (ROOT / "firmware/config/limits.h").read_text(encoding="utf-8")
    return {name: int(value) for name, value in re.findall(r"^#define (\w+) (\d+)u", text, re.M)}


@pytest.fixture(scope="session")
def network(board, image):
    network = Network(board, image, ip=f"{DEVICE}/24,{TESTER}")
    try:
        yield network
    finally:
        network.close()


@pytest.fixture(scope="session")
def first_host(network):
    host = Host(network.lan, TESTER, ipv6=["fe80::1", "fd00:1::1"])
    host.resolve(packet.ip(DEVICE), timeout=30)
    return host


@pytest.fixture(scope="session", autouse=True)
def baseline(first_host):
    """What is in use while nothing goes on but the connection that asks, once IPv6 has its address."""
    eventually(lambda: status(first_host)["network"]["ipv6"], timeout=10)
    return used(first_host)


@pytest.fixture
def host(network, first_host):
    """The tester's station. What a test leaves open is reset, so that it cannot disturb the next one. And what came
    while nobody looked is taken: the few frames that this wire holds fill it, and an answer to a ping finds no room."""
    network.lan.drain(quiet=0)
    yield first_host
    for connection in list(first_host.connections.values()):
        if connection.established and not connection.was_reset:
            connection.reset()
        connection.forget()
    network.device.check_alive()


@pytest.fixture
def new_network(board, image):
    """Makes LANs with a device that is started in another way."""
    made = []

    def make(**options):
        made.append(Network(board, image, **options))
        return made[-1]

    yield make
    for network in made:
        network.close()
