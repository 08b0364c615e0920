"""What lasts: over a power cut at any moment, over two who write at once, and over a damaged memory."""

import json
import random
import shutil
import threading
import time

import pytest
from contract import ACTUATORS, CONFIG, check_problem
from support import owner
from support.device import Device, eventually
from support.http1 import Closed

CONFIG_PATH = "/api/v1/config"
TOKENS = "/api/v1/tokens"
OUTPUTS = ACTUATORS[0], ACTUATORS[-1]  # of a chip on the bus, and of the board


def led(actuator):
    return f"/api/v1/actuators/{actuator}"


@pytest.fixture(scope="module")
def prepared(board, image, https):
    """The state of a device with an owner, settings of each kind, and outputs that last: as a power cut left it right
    after all was written."""
    device = Device(board, image, https)
    try:
        device.start()
        device.claim()
        device.other = device.call("POST", TOKENS, {"name": "panel", "scope": "operate"}).json()
        assert device.patch(CONFIG_PATH, {"name": "Boiler", "location": "Cellar"}).status == 200
        assert device.patch("/api/v1/sensors/temp0", {"offset": 2.5, "thresholds": {"max": 30}}).status == 200
        assert device.patch("/api/v1/sensors/mag0_x", {"name": "North"}).status == 200
        for actuator in OUTPUTS:
            assert device.patch(led(actuator), {"boot": "last"}).status == 200
            assert device.call("PUT", led(actuator), {"state": "on"}).status == 200
        device.written()
        device.kill()
        yield device
    finally:
        device.destroy()


@pytest.fixture
def changed(board, image, https, prepared):
    """A device with that state, not started yet."""
    device = Device(board, image, https)
    shutil.copytree(prepared.options.state, device.options.state)
    device.token, device.other = prepared.token, prepared.other
    yield device
    device.destroy()


def check_changed(device):
    config = device.call("GET", CONFIG_PATH).json()
    assert config == {**CONFIG, "name": "Boiler", "location": "Cellar"}
    sensor = device.sensor("temp0")
    assert (sensor["offset"], sensor["thresholds"]["max"]) == (2.5, 30)
    assert device.sensor("mag0_x")["name"] == "North"
    assert {token["name"] for token in device.call("GET", TOKENS).json()["tokens"]} == {"test", "panel"}
    assert device.call("GET", TOKENS, token=device.other["token"]).status == 403  # known, but not an admin
    for actuator in OUTPUTS:
        eventually(lambda: device.get(led(actuator)).json(), state="on", quality="ok")  # noqa: B023
        assert device.light(actuator)
    status = device.status()
    assert status["owner"] == "claimed"
    assert (status["store"]["state"], status["store"]["damaged"]) == ("good", 0)


@pytest.mark.smoke
def test_what_was_written_lasts_over_a_power_cut(changed):
    changed.start()
    check_changed(changed)
    # And the last state of an output, not the first.
    assert changed.call("PUT", led("led0"), {"state": "off"}).status == 200
    changed.written()
    changed.kill()
    changed.start()
    assert changed.get(led("led0")).json()["requested"] == "off"
    assert not changed.light("led0") and changed.light(OUTPUTS[1])


def test_what_is_not_pending_lasts_over_a_power_cut(changed):
    # Also on boards whose memory has a queue: what waits in it is pending.
    changed.start()
    assert changed.patch(CONFIG_PATH, {"name": "Pump", "location": 64 * "x"}).status == 200
    changed.written()
    changed.kill()
    changed.start()
    assert changed.get("/api/v1/device").json()["name"] == "Pump"


def test_a_token_lasts_from_the_moment_it_is_shown(changed):
    changed.start()
    made = changed.call("POST", TOKENS, {"name": "x", "scope": "admin"}).json()
    changed.kill()
    changed.start()
    assert changed.call("GET", TOKENS, token=made["token"]).status == 200
    assert changed.call("DELETE", f"{TOKENS}/{made['id']}").status == 204
    changed.kill()
    changed.start()
    check_problem(changed.call("GET", TOKENS, token=made["token"]), 401)


def version(number):
    """A document of which each part says which one it is."""
    return {"name": f"name {number}", "location": f"place {number} " + 40 * chr(97 + number % 26),
            "cors_origins": [f"http://host{number}"], "allowed_hosts": [f"host{number}", f"host{number}.example"]}


def number_of(config):
    """Which version a document is; fails when it is a mixture."""
    number = int(config["name"].split()[1])
    assert config == {**CONFIG, **version(number)}, "a mixture"
    return number


def test_a_power_cut_in_a_stream_of_changes_leaves_one_that_was_sent(changed):
    """The cuts come around the moments at which the device writes: it waits for a second after a first change."""
    device = changed
    device.start()
    assert device.patch(CONFIG_PATH, version(1)).status == 200
    device.written()
    chance = random.Random(20261123)
    sent = lasting = 1

    def send():
        nonlocal sent
        sent += 1
        answer = device.patch(CONFIG_PATH, version(sent))
        assert answer.status == 200, answer

    for _ in range(3):
        writes = device.status()["store"]["writes"]
        while device.status()["store"]["writes"] == writes:
            send()
        cut = time.monotonic() + chance.uniform(0, 0.4)
        while time.monotonic() < cut:
            send()
        device.kill()
        device.start()
        found = number_of(device.call("GET", CONFIG_PATH).json())
        assert lasting <= found <= sent
        status = device.status()
        assert (status["owner"], status["store"]["state"], status["store"]["damaged"]) == ("claimed", "good", 0)
        lasting = found
    send()
    device.written()
    device.kill()
    device.start()
    assert number_of(device.call("GET", CONFIG_PATH).json()) == sent


def test_of_two_writers_none_loses_a_change(owned):
    rounds, failures = 15, []
    headers = [("Authorization", f"Bearer {owned.token}"), ("Content-Type", "application/json")]

    def write():
        try:
            with owned.connect() as client:
                done = 0
                while done < rounds:
                    read = client.request(CONFIG_PATH)
                    count = int(read.json()["location"] or 0) + 1
                    body = json.dumps({"location": str(count), "name": f"No. {count}"}).encode()
                    answer = client.request(CONFIG_PATH, [*headers, ("If-Match", read.header("etag"))], "PATCH", body)
                    assert answer.status in (200, 412), answer
                    done += answer.status == 200
        except Exception as error:
            failures.append(error)

    writers = [threading.Thread(target=write) for _ in range(2)]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join(30)
    assert not failures, failures
    config = owned.call("GET", CONFIG_PATH).json()
    assert (config["location"], config["name"]) == (str(2 * rounds), f"No. {2 * rounds}")


# ---- a damaged memory ----------------------------------------------------------------------------------------------

def read_memory(device):
    with open(device.storage, "rb") as file:
        return bytearray(file.read())


def write_memory(device, memory):
    with open(device.storage, "r+b") as file:
        file.write(memory)


def check_no_stranger_gets_in(device):
    """Nobody owns it any more, and nobody may take it, but it does its work."""
    status = device.status()
    assert status["owner"] == "damaged"
    assert owner.setup_code(device.process.console) is None
    for code in ("0000-0000", "", 8 * "0"):
        assert device.call("POST", "/api/v1/claim", {"code": code}, token=None).status in (403, 409, 503)
    for token in (None, device.token, "jbt_" + 32 * "0"):
        for method, path, body in (("PATCH", CONFIG_PATH, {"name": "Mine"}), ("POST", TOKENS, {}),
                                   ("PUT", led("led0"), {"state": "on"}), ("POST", "/api/v1/actions/factory-reset", {})):
            problem = check_problem(device.call(method, path, body, token=token, match="*"), 503)
            assert "factory" in problem["detail"]
    assert device.get("/healthz").status == 200
    assert device.get("/api/v1/device").status == 200
    return status


def test_owners_that_cannot_be_read_are_not_nobody(changed):
    memory = read_memory(changed)
    at = memory.find(changed.other["id"].encode())
    assert at > 0
    while at >= 0:  # also in older versions of the document
        memory[at] ^= 1
        at = memory.find(changed.other["id"].encode(), at)
    write_memory(changed, memory)
    changed.start()
    status = check_no_stranger_gets_in(changed)
    assert status["store"]["damaged"] >= 1
    # The rest is as it was.
    assert changed.get("/api/v1/device").json()["name"] == "Boiler"
    assert changed.sensor("temp0")["offset"] == 2.5
    changed.restart()
    check_no_stranger_gets_in(changed)
    assert status["store"]["state"] == "good"


def test_settings_that_cannot_be_read_are_defaults_and_reading_needs_a_token(changed):
    memory = read_memory(changed)
    at = memory.find(b'"Boiler"')
    assert at > 0
    while at >= 0:
        memory[at + 1] ^= 1
        at = memory.find(b'"Boiler"', at)
    write_memory(changed, memory)
    changed.start()
    assert changed.get("/api/v1/device").json()["name"] == "Jembatan"
    check_problem(changed.get("/api/v1/readings"), 401)  # it may have been so before the damage
    status = changed.call("GET", "/api/v1/status").json()
    assert (status["owner"], status["store"]["damaged"]) == ("claimed", 1)
    assert "damaged" in changed.console
    assert changed.call("GET", CONFIG_PATH).json() == {**CONFIG, "read_auth": "token"}
    # Its owner mends it.
    assert changed.patch(CONFIG_PATH, {"name": "Mended", "read_auth": "none"}).status == 200
    changed.written()
    changed.restart()
    assert changed.get("/api/v1/device").json()["name"] == "Mended"
    assert changed.get("/api/v1/readings").status == 200
    assert changed.status()["store"]["damaged"] == 0


def test_a_memory_full_of_garbage(changed):
    memory = random.Random(1).randbytes(len(read_memory(changed)))
    write_memory(changed, memory)
    changed.start()
    if not changed.board.is_simulator:  # without a memory it has no secret of its own, and so none to speak HTTPS with
        assert "there is no HTTPS" in changed.console
        changed.https = False
    status = check_no_stranger_gets_in(changed)
    assert status["store"]["state"] == "unusable"
    assert "nothing lasts" in changed.console
    assert changed.get("/api/v1/device").json()["name"] == "Jembatan"
    changed.stop()
    assert read_memory(changed) == memory  # kept for whoever wants to look


def check_is_no_https(device):
    """Whoever asks for it is turned away before a byte of it is answered."""
    with pytest.raises((OSError, Closed)):
        device.connect()
    device.check_alive()


def test_whatever_rots_it_starts_and_no_stranger_gets_in(changed, https):
    sound = read_memory(changed)
    chance = random.Random(7)
    for flips in (1, 100, 2000):
        memory = bytearray(sound)
        for _ in range(flips):
            memory[chance.randrange(len(memory))] ^= 1 << chance.randrange(8)
        write_memory(changed, memory)
        changed.start()
        changed.https = https
        if https and "there is no HTTPS" in changed.console:  # the seed of its random numbers is lost, too
            check_is_no_https(changed)
            changed.https = False
        answer = changed.call("GET", TOKENS)
        assert owner.setup_code(changed.process.console) is None
        if answer.status == 200:
            assert changed.call("GET", "/api/v1/status").json()["owner"] == "claimed"
            assert len(answer.json()["tokens"]) == 2
        else:
            check_problem(answer, 503)
            refused = 503 if changed.https == https else 403  # nobody is let in by HTTP where HTTPS is the way
            check_problem(changed.call("POST", "/api/v1/claim", {"code": "0000-0000"}, token=None), refused)
        changed.stop()
