"""Last in the suite: everything that was taken has been given back."""

import pathlib

import pytest
from support import board
from support.device import eventually, pools_used
from support.http1 import Client

# (operation, status, Content-Type) of the API's description that no test of this suite can bring about.
NEVER_SEEN = {
    ("identify", 503, "application/problem+json"): "its run is over at once, so that there is always room; calibrate shows the answer",
}
if not board.under_test.has_outgoing_tls:
    NEVER_SEEN |= {(operation, status, f"application/{media}"): "it asks nobody by https"
                   for operation, status, media in (("getTrust", 200, "json"), ("putTrust", 200, "json"),
                                                    ("deleteTrust", 200, "json"), ("putTrust", 422, "problem+json"))}


def test_every_pool_is_back_to_its_baseline(device, baseline):
    eventually(lambda: pools_used(device.status()), timeout=15, **baseline)


def test_the_peaks_show_that_the_suite_used_the_pools(device, baseline):
    pools = device.status()["pools"]
    assert any(pool["peak"] > baseline[pool["name"]] for pool in pools if pool["name"] in baseline)


def test_it_never_restarted(device):
    assert device.status()["reset_cause"] == "power_on"


def test_every_answer_that_is_described_has_been_seen(request):
    modules = {item.path for item in request.session.items}
    if modules < set(pathlib.Path(__file__).parent.glob("test_*.py")):
        pytest.skip("only the whole suite has seen everything")
    assert Client.judge.answers() - Client.judge.seen == set(NEVER_SEEN)


def test_nothing_went_wrong_on_the_console(device):
    lines = [line for line in device.console.splitlines() if " error " in line.lower()]
    assert not lines, "\n".join(lines)
