"""`./dev run`: one line on stdout when it is ready, clear words when it cannot be, and nothing left behind."""

import os
import re
import signal
import socket
import ssl
import struct
import subprocess
import sys

import pytest
from support.board import ROOT
from support.device import eventually
from support.http1 import Client
from support.ports import free_port
from support.tls import Trust


class Run:
    """One `./dev run` without its build step."""

    def __init__(self, board, image, *arguments):
        script = ROOT / "tests" / "support" / "run.py"
        self.process = subprocess.Popen([sys.executable, script, board.name, "--image", image, "--http", "0", "--https", "0",
                                         *arguments],
                                        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        self.line = None
        self.https_port = None

    def ready(self):
        """Waits for the one line; the port of plain HTTP in it."""
        self.line = self.process.stdout.readline()
        found = re.fullmatch(r"ready http://127\.0\.0\.1:(\d+)/ https://127\.0\.0\.1:(\d+)/\n", self.line)
        assert found, (self.line, self.process.stderr.read() if not self.line else "")
        self.https_port = int(found[2])
        return int(found[1])

    def children(self):
        with open(f"/proc/{self.process.pid}/task/{self.process.pid}/children", encoding="ascii") as file:
            return [int(pid) for pid in file.read().split()]

    def signal(self, number):
        self.process.send_signal(number)

    def end(self):
        """(exit code, rest of stdout, stderr)"""
        out, err = self.process.communicate(timeout=20)
        return self.process.returncode, out, err


@pytest.fixture
def run(board, image, tmp_path):
    runs = []

    def start(*arguments):
        runs.append(Run(board, image, "--state", str(tmp_path / "state"), *arguments))
        return runs[-1]

    yield start
    for one in runs:
        if one.process.poll() is None:
            one.process.terminate()
        one.process.communicate(timeout=20)


def get(port, path):
    with Client("127.0.0.1", port) as client:
        return client.request(path).json()


def alive(pid):
    try:
        with open(f"/proc/{pid}/stat", encoding="ascii") as file:
            return file.read().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_it_is_ready_when_it_answers_and_leaves_nothing_when_it_is_stopped(run, number):
    one = run()
    port = one.ready()
    assert get(port, "/healthz") == {"status": "ok"}
    children = one.children()
    assert children
    one.signal(number)
    code, out, err = one.end()
    assert (code, out) == (0, "")
    assert "Ctrl-C" in err
    assert not [pid for pid in children if alive(pid)]
    for freed in (port, one.https_port):
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(("127.0.0.1", freed))


def test_not_even_a_killed_runner_leaves_its_device(run):
    one = run()
    one.ready()
    children = one.children()
    one.signal(signal.SIGKILL)
    one.process.wait(10)
    eventually(lambda: not [pid for pid in children if alive(pid)])


def test_it_ends_with_the_device_and_tells_how_that_died(run):
    one = run()
    one.ready()
    os.kill(one.children()[0], signal.SIGKILL)
    code, _, err = one.end()
    assert code == 1
    assert "SIGKILL" in err


def test_the_options_reach_the_device(run, tmp_path):
    one = run("--set", "temp0=25.375", "--set", "emc0_remote1=33", "--without", "mag0", "--pcap",
              str(tmp_path / "traffic.pcap"), "--log-level", "debug")
    port = one.ready()
    eventually(lambda: get(port, "/api/v1/sensors/temp0"), quality="ok", value=25.38)
    eventually(lambda: get(port, "/api/v1/sensors/emc0_remote1"), quality="ok", value=33)
    eventually(lambda: get(port, "/api/v1/sensors/mag0_x"), quality="missing", value=None)
    one.signal(signal.SIGTERM)
    assert one.end()[0] == 0
    head = (tmp_path / "traffic.pcap").read_bytes()
    assert len(head) > 24 and struct.unpack("<I", head[:4])[0] in (0xA1B2C3D4, 0xA1B23C4D)


def test_the_state_folder_keeps_who_it_is(run):
    identities = []
    for _ in range(2):
        one = run()
        identities.append(get(one.ready(), "/api/v1/device"))
        one.signal(signal.SIGTERM)
        one.end()
    assert identities[0] == identities[1]


def ask_as(one, token, path="/api/v1/tokens"):
    with Client("127.0.0.1", one.https_port, tls=Trust(lambda: ("127.0.0.1", one.https_port))) as client:
        return client.request(path, [("Authorization", f"Bearer {token}")])


def test_claim_writes_the_admin_token_for_its_owners_eyes_only(run, tmp_path):
    file = tmp_path / "token"
    one = run("--claim", str(file))
    one.ready()
    token = file.read_text(encoding="ascii")
    assert re.fullmatch(r"jbt_[0-9a-z]{32}\n", token)
    assert file.stat().st_mode & 0o777 == 0o600
    listed = ask_as(one, token.strip()).json()["tokens"]
    assert [(one["scope"], one["name"]) for one in listed] == [("admin", "dev run")]


def test_claim_again_keeps_a_token_that_holds_and_another_file_is_refused(run, tmp_path):
    file, other = tmp_path / "token", tmp_path / "other"
    one = run("--claim", str(file))
    one.ready()
    token = file.read_text(encoding="ascii")
    one.signal(signal.SIGTERM)
    one.end()
    file.chmod(0o644)
    one = run("--claim", str(file))
    one.ready()
    assert file.read_text(encoding="ascii") == token and file.stat().st_mode & 0o777 == 0o600
    one.signal(signal.SIGTERM)
    one.end()
    code, out, err = run("--claim", str(other)).end()
    assert code == 1 and "ready" not in out and "has an owner" in err
    assert not other.exists()


def test_claim_into_a_file_that_cannot_be_written_leaves_the_device_unclaimed(run, tmp_path):
    code, out, err = run("--claim", str(tmp_path / "no" / "folder")).end()
    assert code == 1 and "ready" not in out and "No such file" in err
    assert get(run().ready(), "/api/v1/status")["owner"] == "unclaimed"


def test_a_static_address(run):
    port = run("--ip", "10.0.2.15/24,10.0.2.2").ready()
    assert get(port, "/api/v1/status")["network"]["ipv4_mode"] == "static"


@pytest.mark.parametrize("option", ["--http", "--https"])
def test_a_port_in_use_is_said_plainly(run, option):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        code, out, err = run(option, str(port)).end()
    assert (code, out) == (2, "")
    assert f"port {port} of 127.0.0.1 is in use" in err and f"choose another by {option} PORT" in err


def test_one_port_does_not_serve_both(run):
    port = str(free_port())
    code, out, err = run("--http", port, "--https", port).end()
    assert (code, out) == (2, "")
    assert f"--https {port}" in err


def test_ca_writes_what_the_device_is_verified_by(run, tmp_path):
    file = tmp_path / "ca.pem"
    one = run("--ca", str(file))
    one.ready()
    with open(file, encoding="ascii") as pem:
        context = ssl.create_default_context(cadata=pem.read())
    with socket.create_connection(("127.0.0.1", one.https_port), 10) as plain:
        with context.wrap_socket(plain, server_hostname="127.0.0.1") as secure:
            assert ssl.PEM_cert_to_DER_cert(file.read_text()) == secure.getpeercert(binary_form=True)


def test_a_certificate_that_cannot_be_written_is_said_plainly(run, tmp_path):
    code, out, err = run("--ca", str(tmp_path / "no" / "folder")).end()
    assert (code, out) == (2, "")
    assert "No such file" in err and "Traceback" not in err


@pytest.mark.parametrize("insecure", [False, True])
def test_tokens_are_taken_by_plain_http_only_when_it_runs_insecure(run, tmp_path, insecure):
    file = tmp_path / "token"
    one = run("--claim", str(file), *(["--insecure"] if insecure else []))
    port = one.ready()
    token = file.read_text(encoding="ascii").strip()
    assert ask_as(one, token).status == 200
    with Client("127.0.0.1", port) as client:
        answer = client.request("/api/v1/tokens", [("Authorization", f"Bearer {token}")])
    assert answer.status == (200 if insecure else 403)


@pytest.mark.parametrize("arguments, said", [
    (["--set", "temp9=20"], "temp9"),
    (["--set", "temp0"], "temp0"),
    (["--set", "temp0=warm"], "temp0=warm"),
    (["--set", "temp0=nan"], "temp0=nan"),
    (["--without", "temp9"], "temp9"),
    (["--http", "99999"], "99999"),
    (["--http", "http"], "http"),
    (["--https", "99999"], "99999"),
    (["--net", "unix:one,two", "--ca", "ca.pem"], "--ca"),
    (["--net", "unix:one,two", "--claim", "token"], "--claim"),
    (["--log-level", "loud"], "loud"),
    (["--ip", "10.0.0.1"], "10.0.0.1"),
    (["--ip", "10.0.0.300/24"], "10.0.0.300/24"),
    (["--net", "carrier-pigeon"], "carrier-pigeon"),
    (["--net", "unix:one"], "unix:one"),
    (["--frobnicate"], "--frobnicate"),
])
def test_an_option_that_cannot_be_fulfilled_ends_with_2_and_names_it(run, arguments, said):
    code, out, err = run(*arguments).end()
    assert (code, out) == (2, "")
    assert said in err
    assert "Traceback" not in err


def test_an_unknown_board_is_named_and_the_known_ones_listed(image):
    done = subprocess.run([sys.executable, ROOT / "tests/support/run.py", "toaster", "--image", image],
                          capture_output=True, text=True, timeout=20, check=False)
    assert done.returncode == 2
    assert "toaster" in done.stderr and "sim" in done.stderr


def test_several_run_side_by_side(run):
    ports = {run("--set", f"temp0={20 + i}").ready() for i in range(2)}
    assert len(ports) == 2
