"""The images that are measured: all that a build of a board has made."""

import sys

import pytest
from support.board import ROOT

sys.path.insert(0, str(ROOT / "tests"))  # the package bench


@pytest.fixture(scope="session")
def build(image):
    return image.parent


@pytest.fixture(scope="session")
def plugins(build):
    return build / "bench"
