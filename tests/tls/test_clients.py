"""Clients that others have written: curl, Python's ssl, Node, GnuTLS."""

import json
import ssl
from pathlib import Path

import pytest
from support import http1
from support.http1 import parse, request_bytes
from support.tls import Secure, checked

VERSIONS = ["1.2", "1.3"]
PYTHON = {"1.2": ssl.TLSVersion.TLSv1_2, "1.3": ssl.TLSVersion.TLSv1_3}


# ---- curl --------------------------------------------------------------------------------------------------------

CURL_PEER_FAILED_VERIFICATION, CURL_PINNED_PUBKEY_NOT_MATCHING = 60, 90


def curl(run, device, *arguments, path="/healthz"):
    return run("curl", "-sS", "--max-time", "30", *arguments, device.url.rstrip("/") + path)


@pytest.mark.parametrize("version", VERSIONS)
def test_curl_verifies_it_by_its_certificate(device, ca, run, version):
    done = curl(run, device, "--cacert", ca, f"--tlsv{version}", "--tls-max", version, "-v")
    assert (done.code, json.loads(done.out)) == (0, {"status": "ok"}), done.err
    assert f"SSL connection using TLSv{version}" in done.err
    assert "server accepted http/1.1" in done.err


@pytest.mark.parametrize("version", VERSIONS)
def test_curl_knows_it_by_its_pin(device, run, version):
    pin = device.get("/api/v1/device").json()["tls"]["pin"]
    assert curl(run, device, "-k", "--pinnedpubkey", pin, "--tls-max", version).code == 0
    other = pin[:-2] + ("A" if pin[-2] != "A" else "E") + "="
    assert curl(run, device, "-k", "--pinnedpubkey", other, "--tls-max", version).code == CURL_PINNED_PUBKEY_NOT_MATCHING


def test_the_line_on_its_console_is_one_to_paste(device, run):
    [line] = [line for line in device.console.splitlines() if line.startswith("https: curl ")]
    words = line.removeprefix("https: ").split()
    host, port = device.address
    name = words[-1].split("/")[2]
    done = run(*words, "-sS", "--connect-to", f"{name}:443:{host}:{port}")
    assert (done.code, json.loads(done.out)["api"]) == (0, "v1"), done.err


def test_curl_does_not_trust_it_without_being_told(device, run):
    assert curl(run, device).code == CURL_PEER_FAILED_VERIFICATION


def test_curl_does_not_take_another_devices_certificate(device, another, run):
    other = another()
    other.get("/healthz")
    assert curl(run, device, "--cacert", other.ca_file).code == CURL_PEER_FAILED_VERIFICATION


def test_curl_changes_settings_with_a_token(owned, ca, run):
    tag = owned.call("GET", "/api/v1/config").header("etag")
    headers = (f"Authorization: Bearer {owned.token}", "Content-Type: application/merge-patch+json", f"If-Match: {tag}")
    done = curl(run, owned, "--cacert", ca, "-X", "PATCH", *(word for header in headers for word in ("-H", header)),
                "-d", '{"location":"by curl"}', "-w", "\n%{http_code}", path="/api/v1/config")
    body, status = done.out.rsplit("\n", 1)
    assert (status, json.loads(body)["location"]) == ("200", "by curl")
    assert owned.patch("/api/v1/config", {"location": None}).status == 200


def test_curl_asks_many_times_by_one_connection(device, ca, run):
    url = device.url.rstrip("/") + "/api/v1/sensors"
    done = run("curl", "-sS", "--max-time", "30", "--cacert", ca, "-w", "%{num_connects}\n", *(["-o", "/dev/null", url] * 20))
    assert (done.code, done.out.split()) == (0, ["1"] + ["0"] * 19), done.err


# ---- Python ------------------------------------------------------------------------------------------------------


def ask(device, context, session=None, path="/api/v1/sensors"):
    """One request over one connection. Returns the answer, the session after it, and the connection's ssl.SSLObject."""
    secure = Secure(http1.connect(device.address, 30), context, "127.0.0.1", session)
    try:
        secure.sendall(request_bytes(path, {"Connection": "close"}))
        data = b""
        while piece := secure.recv(65536):
            data += piece
        answer, used = parse(data, ended=True)
        assert used == len(data)
        return answer, secure.tls.session, secure.tls
    finally:
        secure.close()


def context_of(device, version):
    device.get("/healthz")
    context = checked(device.trust.pem)
    context.minimum_version = context.maximum_version = PYTHON[version]
    return context


def counted(device):
    """(handshakes, those of them that resumed) as the device counts them."""
    tls = device.status()["tls"]
    return tls["handshakes"], tls["resumed"]


@pytest.mark.parametrize("version", VERSIONS)
def test_a_python_that_comes_back_resumes(device, version):
    context = context_of(device, version)
    answer, session, tls = ask(device, context)
    assert (answer.status, tls.session_reused, tls.version()) == (200, False, f"TLSv{version}")
    assert session.has_ticket and 0 < session.ticket_lifetime_hint <= 7 * 86400  # RFC 8446 section 4.6.1
    handshakes, resumed = counted(device)
    for _ in range(3):
        answer, session, tls = ask(device, context, session)
        assert (answer.status, tls.session_reused) == (200, True)
    assert counted(device) == (handshakes + 3, resumed + 3)


@pytest.mark.parametrize("version", VERSIONS)
def test_a_ticket_of_before_a_restart_gets_a_whole_handshake(another, version):
    device = another()
    context = context_of(device, version)
    _, session, _ = ask(device, context)
    device.restart(https_port=device.https_port)
    answer, _, tls = ask(device, context, session)
    assert (answer.status, tls.session_reused) == (200, False)


def test_a_ticket_of_one_device_is_nothing_to_another(device, another):
    other = another()
    _, session, _ = ask(device, context_of(device, "1.3"))
    context = context_of(other, "1.3")
    context.load_verify_locations(cadata=device.trust.pem)
    _, foreign, _ = ask(device, context)
    answer, _, tls = ask(other, context, foreign)
    assert (answer.status, tls.session_reused) == (200, False)


@pytest.mark.parametrize("name, good", [("127.0.0.1", True), ("localhost", True), (None, True), ("example.com", False)])
def test_python_looks_at_its_names(device, name, good):
    context = context_of(device, "1.3")
    hostname = device.get("/api/v1/device").json()["hostname"]
    for asked in [name] if name else [hostname, f"{hostname}.local"]:
        try:
            Secure(http1.connect(device.address, 30), context, asked).close()
            assert good
        except ssl.SSLCertVerificationError as error:
            assert not good and error.verify_code == 62, asked  # X509_V_ERR_HOSTNAME_MISMATCH


# ---- Node --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("version", VERSIONS)
def test_node_asks_and_resumes(device, ca, run, version):
    url = device.url + "api/v1/sensors/temp0"
    done = run("node", Path(__file__).with_name("get.mjs"), ca, f"TLSv{version}", url, url, url)
    answers = [json.loads(line) for line in done.out.splitlines()]
    assert [answer.get("status") for answer in answers] == [200] * 3, done.said
    assert {answer["protocol"] for answer in answers} == {f"TLSv{version}"}
    assert [answer["reused"] for answer in answers] == [False, True, True]
    assert json.loads(answers[0]["body"])["id"] == "temp0"


def test_node_does_not_take_another_devices_certificate(device, another, run):
    other = another()
    other.get("/healthz")
    done = run("node", Path(__file__).with_name("get.mjs"), other.ca_file, "TLSv1.3", device.url + "healthz")
    assert json.loads(done.out)["error"] in ("DEPTH_ZERO_SELF_SIGNED_CERT", "SELF_SIGNED_CERT_IN_CHAIN")


# ---- GnuTLS ------------------------------------------------------------------------------------------------------

HEALTH = "GET /healthz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"


def gnutls(run, device, ca, version, *arguments, typed=HEALTH):
    priority = f"NORMAL:-VERS-ALL:+VERS-TLS{version}"
    return run("gnutls-cli", "--x509cafile", ca, "--priority", priority, "--alpn", "http/1.1", "--port", device.https_port,
               *arguments, "127.0.0.1", typed=typed)


@pytest.mark.parametrize("version", VERSIONS)
def test_gnutls_verifies_it_and_asks(device, ca, run, version):
    done = gnutls(run, device, ca, version)
    assert done.code == 0 and '{"status":"ok"}' in done.out, done.said
    assert "Status: The certificate is trusted." in done.out
    assert f"(TLS{version}-X.509)" in done.out and "Application protocol: http/1.1" in done.out


@pytest.mark.parametrize("version", VERSIONS)
def test_gnutls_resumes(device, ca, run, version):
    done = gnutls(run, device, ca, version, "--resume", "--waitresumption")
    assert "*** This is a resumed session" in done.out and '{"status":"ok"}' in done.out, done.said


def test_gnutls_does_not_take_another_devices_certificate(device, another, run):
    other = another()
    other.get("/healthz")
    done = gnutls(run, device, other.ca_file, "1.3")
    assert done.code != 0 and '{"status":"ok"}' not in done.out
