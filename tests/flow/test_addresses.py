"""How the device gets its addresses, and that it can be reached on each of them."""

import pytest
from network import DEVICE, TESTER, status
from support import packet
from support.device import eventually
from support.dhcp import DhcpServer
from support.peer import ALL_NODES, Host


def link_local_of(mac):
    """The address that IPv6 makes of a MAC address (RFC 4291 appendix A)."""
    return str(packet.ipaddress.IPv6Address(b"\xfe\x80" + bytes(6) + interface_id(mac)))


def interface_id(mac):
    return bytes([mac[0] ^ 2]) + mac[1:3] + b"\xff\xfe" + mac[3:]


@pytest.fixture
def mac(host):
    return host.resolve(packet.ip(DEVICE))


@pytest.mark.parametrize("size", [0, 1, 56, 1472])
def test_ping(host, size):
    host.ping(DEVICE, bytes(i & 0xFF for i in range(size)))


@pytest.mark.parametrize("size", [0, 1, 56, 1452])
def test_ping_over_ipv6(host, mac, size):
    host.ping(link_local_of(mac), bytes(i & 0xFF for i in range(size)))


def test_a_static_address_is_shown(host):
    network = status(host)["network"]
    assert network["ipv4_mode"] == "static"
    assert network["ipv4"] == DEVICE


def test_http_over_ipv6_link_local(host, mac):
    connection = host.connect(link_local_of(mac))
    assert connection.get("/healthz").json() == {"status": "ok"}
    assert len(connection.get("/api/v1/sensors").json()["sensors"]) > 1
    connection.close()


def test_a_router_gives_it_a_prefix(host, mac):
    prefix = "fd00:1::"
    host.advertise(prefix)
    address = str(packet.ipaddress.IPv6Address(packet.ip(prefix)[:8] + interface_id(mac)))
    eventually(lambda: address in status(host)["network"]["ipv6"], timeout=10)
    host.ping(address)
    connection = host.connect(address)
    assert connection.get("/healthz").json() == {"status": "ok"}
    connection.close()


def test_it_answers_neighbour_solicitations_with_its_own_mac(host, mac):
    address = packet.ip(link_local_of(mac))
    host.neighbours.pop(address, None)
    assert host.resolve(address) == mac


def test_it_does_not_answer_for_others(host):
    count = len(host.arps)
    question = packet.arp(1, host.mac, host.ipv4, bytes(6), packet.ip("10.0.0.77"))
    host.lan.send(packet.ethernet(packet.BROADCAST, host.mac, packet.ETH_ARP, question))
    host.ping(DEVICE)  # what comes behind the question is answered, so the question was seen
    assert not [arp for arp in host.arps[count:] if arp[2] == packet.ip("10.0.0.77")]


def test_dhcp(new_network):
    network = new_network()
    host = Host(network.lan, TESTER)
    server = DhcpServer(host, "10.0.0.50")
    network.lan.wait(lambda: server.REQUEST in server.seen, "DHCP request", timeout=30)
    connection = host.connect("10.0.0.50")
    shown = connection.get("/api/v1/status").json()["network"]
    assert (shown["ipv4_mode"], shown["ipv4"]) == ("dhcp", "10.0.0.50")
    hostname = connection.get("/api/v1/device").json()["hostname"]
    assert server.requested[12].decode() == hostname
    connection.close()


def test_a_lease_that_is_refused_is_asked_for_again(new_network):
    network = new_network()
    host = Host(network.lan, TESTER)
    server = DhcpServer(host, "10.0.0.50")
    server.refusals = 1
    network.lan.wait(lambda: server.seen.count(server.REQUEST) >= 2, "a second DHCP request", timeout=40)
    connection = host.connect("10.0.0.50")
    assert connection.get("/healthz").status == 200
    connection.close()


def test_without_a_dhcp_server_it_takes_a_link_local_address(new_network):
    network = new_network()
    host = Host(network.lan, "169.254.0.1")
    prefix = packet.ip("169.254.0.0")[:2]

    def announced():
        """RFC 3927 section 2.4: an ARP whose sender and target are the address that was claimed."""
        return next((arp[2] for arp in host.arps if arp[2][:2] == prefix and arp[2] == arp[3]), None)

    address = network.lan.wait(announced, "an announcement", timeout=45)
    probes = [arp for arp in host.arps if not any(arp[2]) and arp[3] == address]
    assert len(probes) >= 3, "the address was not probed three times (RFC 3927 section 9)"
    host.neighbours.clear()  # it answers for the address once it has it, a moment after the announcement
    connection = host.connect(str(packet.ipaddress.IPv4Address(address)))
    shown = connection.get("/api/v1/status").json()["network"]
    assert shown["ipv4_mode"] == "link_local"
    assert packet.ip(shown["ipv4"]) == address
    connection.close()

    # And when a server comes at last, its lease is taken.
    host.ipv4 = packet.ip(TESTER)
    DhcpServer(host, "10.0.0.50")
    network.lan.wait(lambda: packet.ip("10.0.0.50") in host.neighbours or _leased(host), "a lease", timeout=45)
    connection = host.connect("10.0.0.50")
    assert connection.get("/api/v1/status").json()["network"]["ipv4_mode"] == "dhcp"
    connection.close()


def _leased(host):
    return host.dhcp.REQUEST in host.dhcp.seen


def test_pings_to_everybody_are_survived(host):
    body = b"\0\1\0\1" + bytes(40)
    host.send_icmpv6(ALL_NODES, 128, body)
    host.send_ip(b"\xff" * 4, packet.ICMP, packet.icmp(8, 0, body))
    host.ping(DEVICE)
