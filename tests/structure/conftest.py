"""What the tests of the tree get from ctest."""
import pathlib

import pytest

ROOT = pathlib.Path(__file__).resolve().parents[2]


def pytest_addoption(parser):
    parser.addoption("--build-dir", type=pathlib.Path, help="the build this runs in")
    parser.addoption("--product", type=pathlib.Path, help="its product")
    parser.addoption("--probe", type=pathlib.Path, help="the program that breaks the heap rule")
    parser.addoption("--nm", default="nm", help="nm of its toolchain")
    parser.addoption("--cc", default="gcc", help="its C compiler")


@pytest.fixture(name="root")
def fixture_root():
    return ROOT


@pytest.fixture(name="option")
def fixture_option(request):
    """option("build-dir"): a required command line option."""
    def get(name):
        value = request.config.getoption("--" + name)
        assert value, f"--{name} is missing"
        return value
    return get
