"""Its key and its certificate, as OpenSSL's programs and Python see them."""

import ssl

import pytest
from support import tls
from support.device import Device


@pytest.mark.parametrize("name, holds", [
    (["-verify_hostname", "localhost"], True),
    (["-verify_ip", "127.0.0.1"], True),
    (["-verify_hostname", "HOST"], True),
    (["-verify_hostname", "HOST.local"], True),
    (["-verify_hostname", "example.com"], False),
    (["-verify_hostname", "x.HOST.local"], False),
    (["-verify_ip", "127.0.0.2"], False),
])
def test_its_certificate_verifies_for_its_names_alone(device, ca, run, name, holds):
    hostname = device.get("/api/v1/device").json()["hostname"]
    name = [word.replace("HOST", hostname) for word in name]
    done = run("openssl", "verify", "-x509_strict", "-purpose", "sslserver", *name, "-CAfile", ca, ca)
    assert (done.code == 0) is holds, done.said
    assert holds or "mismatch" in done.said
    shown = run("openssl", "s_client", "-connect", f"127.0.0.1:{device.https_port}", "-CAfile", ca, "-verify_return_error", *name)
    assert ("Verify return code: 0 (ok)" in shown.out) is holds, shown.said


def test_its_certificate_is_what_the_standards_ask_for(device, ca, run):
    said = run("openssl", "x509", "-in", ca, "-noout", "-text").out
    for part in ("Version: 3 (0x2)", "Signature Algorithm: ecdsa-with-SHA256", "ASN1 OID: prime256v1", "CA:FALSE",
                 "X509v3 Key Usage: critical", "Digital Signature", "TLS Web Server Authentication", "Dec 31 23:59:59 9999 GMT"):
        assert part in said, part
    assert run("openssl", "x509", "-in", ca, "-noout", "-checkend", "0").code == 0
    serial = int(run("openssl", "x509", "-in", ca, "-noout", "-serial").out.partition("=")[2], 16)
    assert 1 << 63 < serial < 1 << 159  # 64 bits of randomness, 20 octets (RFC 5280 section 4.1.2.2)


def test_its_key_is_the_same_on_its_console_in_its_answers_and_on_the_wire(device):
    said = device.get("/api/v1/tls").json()
    certificate = tls.fetch_certificate(device.secure_address)
    assert [ssl.PEM_cert_to_DER_cert(pem) for pem in said["certificates"]] == [certificate]
    pins = {said["pin"], "sha256//" + said["spki_sha256"], device.get("/api/v1/device").json()["tls"]["pin"],
            tls.pin(certificate), tls.pin_shown(device.process.console)}
    assert len(pins) == 1


def test_each_device_makes_a_key_of_its_own(device, another):
    devices = [another() for _ in range(2)]
    certificates = [tls.fetch_certificate(one.secure_address) for one in (device, *devices)]
    assert len({tls.pin(certificate) for certificate in certificates}) == 3
    assert len(set(certificates)) == 3


def test_the_key_and_the_certificate_survive_a_restart_and_a_power_cut(another):
    device = another()
    before = tls.fetch_certificate(device.secure_address)
    device.restart()
    assert tls.fetch_certificate(device.secure_address) == before
    device.kill()
    device.start()
    assert tls.fetch_certificate(device.secure_address) == before


@pytest.mark.needs("seed")
def test_a_device_without_secrets_has_no_https_and_says_so(board, image):
    """A board without a generator, started without a seed: a key that can be guessed would be worse than none."""
    device = Device(board, image, seed=False)
    try:
        device.start()
        assert "there is no HTTPS" in device.console and not tls.pin_shown(device.process.console)
        with pytest.raises(OSError):
            tls.fetch_certificate(device.secure_address)
        assert device.get("/api/v1/device").json()["tls"] is None
    finally:
        device.destroy()
