"""Last in the suite: everything that was taken has been given back."""

from support.device import eventually, pools_used


def test_every_pool_is_back_to_its_baseline(device, baseline):
    eventually(lambda: pools_used(device.status()), timeout=15, **baseline)


def test_the_peaks_show_that_the_suite_used_the_pools(device, baseline):
    pools = device.status()["pools"]
    assert any(pool["peak"] > baseline[pool["name"]] for pool in pools if pool["name"] in baseline)


def test_it_never_restarted(device):
    assert device.status()["reset_cause"] == "power_on"


def test_nothing_went_wrong_on_the_console(device):
    lines = [line for line in device.console.splitlines() if " error " in line.lower()]
    assert not lines, "\n".join(lines)
