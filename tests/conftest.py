"""Options and fixtures of all suites that speak to a whole device.

    /usr/bin/python3 -m pytest tests/api --board mps2-an385
    /usr/bin/python3 -m pytest tests/flow --board sim --image build/sim-sanitize/jembatan
"""

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).resolve().parent))

from support import board as boards  # noqa: E402
from support.board import ROOT, Board  # noqa: E402


def pytest_addoption(parser):
    group = parser.getgroup("jembatan")
    group.addoption("--board", default="sim", help="the board under test, a folder of boards/")
    group.addoption("--https", action="store_true", help="speak to it by HTTPS")
    group.addoption("--image", help="its image; default: build/BOARD/jembatan[.elf]")
    group.addoption("--peaks", type=Path, help="a file for what the API's suite has used at most of each pool")
    group.addoption("--image-dir", help="where all boards' images are, as BOARD/jembatan[.elf]; default: build")


@pytest.fixture(scope="session")
def board(pytestconfig):
    return Board(pytestconfig.getoption("--board"))


@pytest.fixture(scope="session")
def image_of(pytestconfig):
    """The image of any board. --image is the one under test."""

    def find(board):
        if pytestconfig.getoption("--image") and board.name == pytestconfig.getoption("--board"):
            return Path(pytestconfig.getoption("--image")).resolve()
        folder = Path(pytestconfig.getoption("--image-dir") or ROOT / "build").resolve()
        return folder / board.name / board.image.name

    return find


@pytest.fixture(scope="session")
def image(board, image_of):
    return image_of(board)


def pytest_configure(config):
    boards.under_test = Board(config.getoption("--board"))
    config.addinivalue_line("markers", "needs(ability): collected only where the board is such: broken_chips, seed, flash, clock, no_clock, outgoing_tls, counted")
    config.addinivalue_line("markers", "smoke: one of the few that the gate asks of a board with a slow emulator")


def pytest_collection_modifyitems(config, items):
    """A test marked needs("...") is collected only where the board can do that; it is never a skip."""
    here = Board(config.getoption("--board"))
    keep, drop = [], []
    for item in items:
        needs = {name for mark in item.iter_markers("needs") for name in mark.args}
        assert needs <= set(here.abilities), f"{item.nodeid}: {needs}"
        (keep if all(here.abilities[name] for name in needs) else drop).append(item)
    if drop:
        config.hook.pytest_deselected(items=drop)
        items[:] = keep
