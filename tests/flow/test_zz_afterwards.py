"""Last in the suite: whatever was done to it, everything that was taken has been given back."""

from network import DEVICE, status, used
from support.device import eventually
from support.http1 import request_bytes


def test_every_pool_is_full_again(host, baseline):
    # lwIP waits 20 s for the FIN of a peer that has taken everything, and nothing lasts longer.
    eventually(lambda: used(host), timeout=30, **baseline)


def test_the_suite_did_exhaust_the_slots(host, limits):
    pools = {pool["name"]: pool for pool in status(host)["pools"]}
    connections = pools["http_connection"]
    assert connections["size"] == limits["HTTP_CONNECTIONS_MAX"]
    assert connections["peak"] == connections["size"]


def test_it_is_as_quick_as_at_first(host):
    connection = host.connect(DEVICE)
    for _ in range(20):
        connection.send(request_bytes("/healthz", host=DEVICE))
        assert connection.response(timeout=1).status == 200
    connection.close()


def test_it_never_restarted(host):
    assert status(host)["reset_cause"] == "power_on"
