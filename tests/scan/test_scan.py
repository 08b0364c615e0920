"""Programs that look for weaknesses of TLS: testssl.sh and sslscan, as Debian has them."""

import json
import subprocess
import xml.etree.ElementTree

import pytest
from support.device import Device, eventually, pools_used

# What testssl.sh finds above "low", and why it is as it should be. A device on a LAN has no name that an authority could
# vouch for: it is known by its key, which its console, its API and mDNS show (README.md, HTTPS).
ACCEPTED = {
    "cert_chain_of_trust": "the device signs its certificate itself, until its owner installs one",
    "cert_validityPeriod": "no date ends the trust in a key; RFC 5280 section 4.1.2.5 has 99991231235959Z for that",
    "cert_revocation": "there is no authority that could revoke it; POST /api/v1/tls/rotate makes another key",
    "engine_problem": "not about the device: this OpenSSL has no GOST ciphers, which it does not take either",
    "sessionresumption_ticket": "it hangs up before a ticket of TLS 1.3 has come; tests/tls prove that tickets resume",
}
HARMLESS = {"OK", "INFO", "LOW"}


@pytest.fixture(scope="module")
def device(board, image):
    device = Device(board, image, https=True)
    try:
        yield device.start()
    finally:
        device.destroy()


@pytest.fixture(autouse=True)
def fixture_nothing_is_left(device):
    """A scan is hundreds of handshakes, most of them broken off."""
    def used():
        pools = pools_used(device.status())
        return {name: pools[name] for name in ("tcp_pcb", "https_connection", "tls_heap")}

    before = eventually(used, tcp_pcb=1, https_connection=1)
    yield
    device.check_alive()
    eventually(used, timeout=60, **before)


def test_testssl_finds_nothing_above_low(device, tmp_path):
    report = tmp_path / "findings.json"
    done = subprocess.run(
        ["testssl", "--quiet", "--warnings", "off", "--color", "0", "--sneaky", "--jsonfile", report,
         device.url + "api/v1/sensors/temp0/value"],  # a resource that is text, as testssl.sh asks for
        stdin=subprocess.DEVNULL, capture_output=True, text=True, errors="replace", timeout=1100, check=False)
    assert report.exists(), done.stdout + done.stderr
    findings = json.loads(report.read_text(encoding="utf-8"))
    found = {finding["id"]: finding for finding in findings}
    # That it looked at all: what it says of the good.
    assert found["TLS1_2"]["finding"] == "offered" and "offered" in found["TLS1_3"]["finding"], done.stdout
    assert found["heartbleed"]["severity"] == "OK" and len(findings) > 100
    bad = [finding for finding in findings if finding["severity"] not in HARMLESS and finding["id"] not in ACCEPTED]
    assert not bad, json.dumps(bad, indent=2)


def test_sslscan_finds_what_we_offer_and_nothing_else(device):
    host, port = device.address
    done = subprocess.run(["sslscan", "--xml=-", "--show-sigs", f"{host}:{port}"], stdin=subprocess.DEVNULL,
                          capture_output=True, text=True, timeout=600, check=False)
    found = xml.etree.ElementTree.fromstring(done.stdout).find("ssltest")
    assert found is not None, done.stdout + done.stderr
    spoken = {f"{one.get('type')}v{one.get('version')}" for one in found.iter("protocol") if one.get("enabled") == "1"}
    assert spoken == {"tlsv1.2", "tlsv1.3"}
    assert {one.get("cipher") for one in found.iter("cipher")} == {
        "TLS_AES_128_GCM_SHA256", "TLS_CHACHA20_POLY1305_SHA256",
        "ECDHE-ECDSA-CHACHA20-POLY1305", "ECDHE-ECDSA-AES128-GCM-SHA256"}
    assert {one.get("name") for one in found.iter("group")} <= {"x25519", "secp256r1 (NIST P-256)"}
    assert found.find("renegotiation").get("supported") == "0"
    assert found.find("compression") is None or found.find("compression").get("supported") == "0"
    assert {one.get("vulnerable") for one in found.iter("heartbleed")} == {"0"}
