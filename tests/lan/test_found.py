"""A device is found by whoever looks for it: its services, its name, and what it says of itself."""

import socket
import struct

import pytest
from lan import PATIENCE, TYPE_AAAA, TYPES, Browser, resolve
from support import netns
from support.device import eventually
from support.http1 import Client
from support.tls import Trust


def hostname(device):
    return device.get("/api/v1/device").json()["hostname"]


def host_is_ours(device, name):
    status = device.request("/healthz", [("Host", name)]).status
    assert status in (200, 421)
    return status == 200


def rename(device, name):
    assert device.patch("/api/v1/config", {"hostname": name}).status == 200
    device.written()


def open_port_80(device):
    """By HTTPS: nobody else is there to ask."""
    headers = {"Authorization": f"Bearer {device.token}", "Content-Type": "application/json"}
    with Client(*device.secure_address, tls=Trust(lambda: device.secure_address)) as client:
        tag = client.request("/api/v1/config").header("etag")
        assert client.request("/api/v1/config", {**headers, "If-Match": tag}, "PATCH", b'{"http":null}').status == 200
    eventually(lambda: answers_plainly(device))


def answers_plainly(device):
    try:
        return device.request("/healthz").status == 200
    except ConnectionRefusedError:
        return False


def test_all_its_services_are_found(device, browser):
    name = hostname(device)
    browser.wait_for(name)
    for kind in TYPES:
        info = browser.info(kind, name)
        assert (info.server, info.port) == (f"{name}.local.", 80)
        assert device.address[0] in info.parsed_addresses()


def test_it_says_who_it_is(device, browser):
    shown = device.get("/api/v1/device").json()
    assert browser.txt("_jembatan", hostname(device)) == {
        "id": shown["id"], "mac": shown["mac"], "model": shown["model"], "board": shown["board"],
        "ver": shown["firmware"]["version"], "api": "v1", "tls": "1", "pin": shown["tls"]["pin"].removeprefix("sha256//"),
        "claimed": "1"}


def test_it_says_where_its_thing_description_and_its_metrics_are(device, browser):
    name = hostname(device)
    assert browser.txt("_wot", name) == {"td": "/.well-known/wot", "type": "Thing", "scheme": "http"}
    assert browser.txt("_prometheus-http", name) == {"path": "/metrics"}
    assert browser.info("_http", name).text == b"\0"  # RFC 6763 section 6.1: no item is one empty string
    assert device.get(browser.txt("_prometheus-http", name)["path"]).status == 200


def test_with_port_80_closed_it_is_found_on_443(device, browser):
    name = hostname(device)
    browser.wait_for(name)
    assert device.patch("/api/v1/config", {"http": {"mode": "off"}}).status == 200
    browser.wait_for(name, ("_https", "_jembatan", "_wot"))
    browser.wait_gone(name, ("_http", "_prometheus-http"))
    for kind in ("_https", "_jembatan", "_wot"):
        eventually(lambda: browser.info(kind, name).port == 443, PATIENCE)  # noqa: B023
    assert browser.txt("_wot", name)["scheme"] == "https"
    assert browser.txt("_jembatan", name)["pin"]
    open_port_80(device)
    browser.wait_for(name)
    browser.wait_gone(name, ("_https",))


def test_its_name_means_its_addresses(device):
    name = hostname(device)
    assert resolve(f"{name}.local.") == {device.address[0]}
    eventually(lambda: device.status()["network"]["ipv6"], PATIENCE)
    assert resolve(f"{name}.local.", TYPE_AAAA) == set(device.status()["network"]["ipv6"])


def test_a_new_name_is_announced_and_the_old_one_is_gone(device, browser):
    before = hostname(device)
    browser.wait_for(before)
    rename(device, "greenhouse")
    browser.wait_for("greenhouse")
    browser.wait_gone(before)
    assert hostname(device) == "greenhouse"
    assert resolve("greenhouse.local.") == {device.address[0]}
    assert host_is_ours(device, "greenhouse.local") and not host_is_ours(device, f"{before}.local")
    assert browser.txt("_jembatan", "greenhouse")["id"] == device.get("/api/v1/device").json()["id"]


def test_the_longest_name_still_leaves_room_for_all_that_is_said(device, browser):
    name = "n" * 63
    rename(device, name)
    browser.wait_for(name)
    assert all(browser.info(kind, name).server == f"{name}.local." for kind in TYPES)
    assert set(browser.txt("_jembatan", name)) == {"id", "mac", "model", "board", "ver", "api", "tls", "pin", "claimed"}


def test_a_name_that_another_device_has_gets_a_number(device, new_device, browser):
    second = new_device()
    second.claim()
    rename(device, "twin")
    browser.wait_for("twin")
    tag = second.get("/api/v1/device").header("etag")
    rename(second, "twin")
    eventually(lambda: hostname(second) == "twin-2", PATIENCE)
    browser.wait_for("twin-2")
    assert hostname(device) == "twin"
    assert resolve("twin.local.") == {device.address[0]}
    assert resolve("twin-2.local.") == {second.address[0]}
    assert second.get("/api/v1/device").header("etag") != tag
    assert host_is_ours(second, "twin-2.local") and host_is_ours(second, "twin") and not host_is_ours(second, "twin-3")
    assert second.console.count("somebody else is") == 1
    assert second.get("/api/v1/config") .json()["hostname"] == "twin"
    # Other settings do not take the name back.
    assert second.patch("/api/v1/config", {"location": "north"}).status == 200
    assert hostname(second) == "twin-2"
    # Another name without a namesake is taken as it is.
    rename(second, "single")
    browser.wait_for("single")
    assert hostname(second) == "single"


def test_a_name_at_its_longest_is_cut_for_the_number(device, new_device, browser):
    second = new_device()
    second.claim()
    rename(device, "m" * 63)
    browser.wait_for("m" * 63)
    rename(second, "m" * 63)
    browser.wait_for("m" * 61 + "-2")
    assert hostname(second) == "m" * 61 + "-2"


def test_its_first_owner_is_announced_and_so_is_its_end(new_device, browser):
    device = new_device()
    name = hostname(device)
    browser.wait_for(name)
    assert browser.txt("_jembatan", name)["claimed"] == "0"
    device.claim()
    browser.wait_told("update", "_jembatan", name)
    assert browser.txt("_jembatan", name)["claimed"] == "1"
    starts = device.starts
    assert device.call("POST", "/api/v1/actions/factory-reset").status == 202
    device.restarted(starts)
    browser.wait_told("remove", "_jembatan", name)
    browser.wait_for(name)
    eventually(lambda: browser.txt("_jembatan", name)["claimed"] == "0", PATIENCE)


def test_it_says_goodbye_before_a_restart(device, browser):
    name = hostname(device)
    browser.wait_for(name)
    starts = device.starts
    assert device.call("POST", "/api/v1/actions/reboot").status == 202
    device.restarted(starts)
    for kind in TYPES:
        browser.wait_told("remove", kind, name)
    browser.wait_for(name)


# ---- What others send ------------------------------------------------------------------------------------------


@pytest.fixture
def multicast():
    station = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    station.setsockopt(socket.IPPROTO_IP, socket.IP_MULTICAST_IF, socket.inet_aton(netns.ADDRESS))
    station.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    station.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
    station.bind((netns.ADDRESS, 5353))
    yield lambda data: station.sendto(data, ("224.0.0.251", 5353))
    station.close()


def message(flags=0, questions=0, answers=0, authorities=0, additional=0, body=b""):
    return struct.pack("!HHHHHH", 0, flags, questions, answers, authorities, additional) + body


ENDLESS = b"\0" + struct.pack("!HHIH", 1, 1, 120, 65536 - 11)  # the next record is this one
QUESTION = b"\x05_http\x04_tcp\x05local\0\0\x0c\0\1"
HOSTILE = {
    "nothing": b"",
    "half a header": bytes(7),
    "a record that ends where it began, 65535 times": message(0x8400, answers=65535, body=ENDLESS),
    "in every section": message(0x8400, answers=65535, authorities=65535, additional=65535, body=ENDLESS),
    "as known answers": message(questions=1, answers=65535, body=QUESTION + ENDLESS),
    "65535 questions": message(questions=65535, body=QUESTION),
    "a name that points to itself": message(questions=1, body=b"\xc0\x0c\0\x0c\0\1"),
    "names that point in circles": message(questions=1, body=b"\xc0\x0e\xc0\x0c\0\x0c\0\1"),
    "a label that is cut": message(questions=1, body=b"\x3fshort"),
    "a label of a kind that there is not": message(questions=1, body=b"\x80\0\0\x0c\0\1"),
    "a name that is too long": message(questions=1, body=b"\x3f" + b"x" * 63 + 4 * (b"\x3f" + b"y" * 63) + b"\0\0\x0c\0\1"),
    "a full frame of answers": message(0x8400, answers=130, body=(b"\0" + struct.pack("!HHIH", 1, 1, 120, 0)) * 130),
    "a full frame of probes": message(questions=1, authorities=128,
                                      body=QUESTION + (b"\0" + struct.pack("!HHIH", 33, 1, 120, 0)) * 128),
}


@pytest.mark.parametrize("what", HOSTILE)
def test_hostile_messages_cost_it_nothing(device, multicast, what):
    for _ in range(20):
        multicast(HOSTILE[what])
    assert device.get("/healthz").status == 200
    assert resolve(f"{hostname(device)}.local.") == {device.address[0]}


def test_truncated_questions_that_never_go_on_are_bounded_and_forgotten(device, multicast):
    for _ in range(50):
        multicast(message(0x0200, questions=1, body=QUESTION))

    def pool():
        return next(pool for pool in device.status()["pools"] if pool["name"] == "mdns_question")

    eventually(lambda: pool()["peak"] == pool()["size"] and pool()["used"] == 0, PATIENCE)
    assert resolve(f"{hostname(device)}.local.") == {device.address[0]}


def test_a_liar_who_has_every_name_is_not_followed_without_end(device, multicast):
    """Whoever claims each new name makes the device look for another, but ever more slowly."""
    before = hostname(device)
    rename(device, "wanted")
    seen = set()

    def claim_it():
        name = hostname(device).encode()
        seen.add(name)
        record = bytes([len(name)]) + name + b"\5local\0" + struct.pack("!HHIH", 1, 0x8001, 120, 4) + b"\x0a\x4d\0\xfe"
        multicast(message(0x8400, answers=1, body=record))
        return len(seen) > 9

    eventually(claim_it, 120)
    assert device.get("/healthz").status == 200

    def names_logged():  # the console is slower than the network
        lines = [line for line in device.console.splitlines() if "this device is wanted-" in line]
        return lines if len(lines) >= len(seen) - 1 else None

    names = eventually(names_logged)
    stamps = [float(line.split()[0]) for line in names]
    assert stamps[-1] - stamps[-2] >= 9.9, names
    rename(device, None)
    eventually(lambda: hostname(device) == before, PATIENCE)
    assert resolve(f"{before}.local.") == {device.address[0]}


def test_a_browser_that_comes_later_finds_it_as_well(device):
    late = Browser()
    try:
        late.wait_for(hostname(device))
    finally:
        late.close()
