"""What it agrees to, and what it refuses, by OpenSSL as the client."""

import socket
import ssl
import time
from collections import namedtuple

import pytest
from support import http1
from support.http1 import Closed, request_bytes
from support.tls import Secure, unchecked

TLS12, TLS13 = ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3
VERSIONS = {"1.2": TLS12, "1.3": TLS13}


def offering(version=None, suites=None, protocols=("http/1.1",)):
    """A context that offers just that. Its security level lets it offer what nobody should take."""
    context = unchecked()
    if version:
        context.minimum_version = context.maximum_version = version
    context.set_ciphers(f"{suites or 'ALL:COMPLEMENTOFALL'}:@SECLEVEL=0")
    if protocols:
        context.set_alpn_protocols(list(protocols))
    return context


Agreed = namedtuple("Agreed", "version cipher protocol")


def agree(device, context):
    """What a handshake came to, by which a request was answered."""
    secure = Secure(http1.connect(device.address, 30), context)
    try:
        secure.sendall(request_bytes("/healthz"))
        assert secure.recv(15) == b"HTTP/1.1 200 OK"
        return Agreed(secure.tls.version(), secure.tls.cipher()[0], secure.tls.selected_alpn_protocol())
    finally:
        secure.close()


def refusal(device, context):
    """How it refuses, in OpenSSL's words; the alert is among them."""
    with pytest.raises(ssl.SSLError) as error:
        agree(device, context)
    return error.value.reason


def s_client(run, device, *arguments, typed=""):
    return run("openssl", "s_client", "-connect", f"127.0.0.1:{device.https_port}", *arguments, typed=typed)


# ---- Versions and suites -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("version", VERSIONS)
def test_it_speaks(device, version):
    assert agree(device, offering(VERSIONS[version])).version == f"TLSv{version}"


def test_it_prefers_the_newest(device):
    assert agree(device, offering()).version == "TLSv1.3"


@pytest.mark.filterwarnings("ignore:ssl.TLSVersion:DeprecationWarning")  # which is the point
@pytest.mark.parametrize("version", [ssl.TLSVersion.TLSv1, ssl.TLSVersion.TLSv1_1])
def test_it_does_not_speak_what_is_obsolete(device, version):
    assert refusal(device, offering(version)) == "TLSV1_ALERT_PROTOCOL_VERSION"


GOOD = ["ECDHE-ECDSA-CHACHA20-POLY1305", "ECDHE-ECDSA-AES128-GCM-SHA256"]


@pytest.mark.parametrize("suite", GOOD)
def test_it_takes_either_cipher_in_1_2(device, suite):
    assert agree(device, offering(TLS12, suite)).cipher == suite


def every_other_suite():
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.set_ciphers("ALL:COMPLEMENTOFALL:@SECLEVEL=0")
    names = {cipher["name"] for cipher in context.get_ciphers()}
    return sorted(name for name in names if not name.startswith("TLS_") and name not in GOOD)


def test_it_takes_no_other_cipher_in_1_2(device):
    """RSA, CBC, DHE, 3DES, PSK, no authentication, no encryption: whatever this OpenSSL has."""
    suites = every_other_suite()
    assert len(suites) > 50 and "ECDHE-ECDSA-AES128-SHA256" in suites and "AES128-GCM-SHA256" in suites
    assert refusal(device, offering(TLS12, ":".join(suites))) == "SSLV3_ALERT_HANDSHAKE_FAILURE"


def test_it_prefers_what_is_cheaper_without_aes_in_hardware_in_1_2(device):
    assert "CHACHA20" in agree(device, offering(TLS12, ":".join(reversed(GOOD)))).cipher


def test_it_prefers_what_is_cheaper_without_aes_in_hardware_in_1_3(device, run):
    for order in ("TLS_AES_128_GCM_SHA256:TLS_CHACHA20_POLY1305_SHA256", "TLS_CHACHA20_POLY1305_SHA256:TLS_AES_128_GCM_SHA256",
                  "TLS_AES_256_GCM_SHA384:TLS_AES_128_GCM_SHA256:TLS_CHACHA20_POLY1305_SHA256"):
        done = s_client(run, device, "-tls1_3", "-ciphersuites", order)
        assert "Cipher is TLS_CHACHA20_POLY1305_SHA256" in done.out, done.said
    done = s_client(run, device, "-tls1_3", "-ciphersuites", "TLS_AES_128_GCM_SHA256")
    assert "Cipher is TLS_AES_128_GCM_SHA256" in done.out, done.said


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize("group, key", [("X25519:P-256", "X25519, 253 bits"), ("P-256", "ECDH, prime256v1, 256 bits")])
def test_it_takes_either_curve(device, run, version, group, key):
    done = s_client(run, device, f"-tls{version.replace('.', '_')}", "-groups", group)
    assert f"Server Temp Key: {key}" in done.out, done.said


def test_it_asks_for_a_share_that_it_can_use(device, run):
    """RFC 8446 section 4.1.4: the client guessed a curve that it does not have, and names another one that it has."""
    done = s_client(run, device, "-tls1_3", "-groups", "P-521:P-384:P-256")
    assert "Server Temp Key: ECDH, prime256v1, 256 bits" in done.out, done.said


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize("group", ["P-384", "P-521", "X448"])
def test_it_takes_no_other_curve(device, run, version, group):
    done = s_client(run, device, f"-tls{version.replace('.', '_')}", "-groups", group)
    assert "SSL alert number 40" in done.said, done.said  # handshake_failure


# ---- ALPN (RFC 7301) ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("version", VERSIONS)
def test_it_chooses_http_1_1(device, version):
    for offered in (["http/1.1"], ["h2", "http/1.1"]):
        assert agree(device, offering(VERSIONS[version], protocols=offered)).protocol == "http/1.1"


@pytest.mark.parametrize("version", VERSIONS)
def test_it_needs_no_alpn(device, version):
    assert agree(device, offering(VERSIONS[version], protocols=())).protocol is None


@pytest.mark.parametrize("version", VERSIONS)
def test_it_refuses_other_protocols(device, run, version):
    done = s_client(run, device, f"-tls{version.replace('.', '_')}", "-alpn", "h2,spdy/3")
    assert "SSL alert number 120" in done.said, done.said  # no_application_protocol


# ---- After the handshake -----------------------------------------------------------------------------------------


def test_it_does_not_renegotiate(device, run):
    done = s_client(run, device, "-tls1_2", typed="R\n")
    assert "RENEGOTIATING" in done.said and "no renegotiation" in done.said, done.said
    assert "Secure Renegotiation IS supported" in done.out  # RFC 5746: nobody can splice one in


def test_it_does_not_compress(device, run):
    assert "Compression: NONE" in s_client(run, device, "-tls1_2", "-comp").out


def test_its_tickets_allow_no_early_data(device, run, tmp_path):
    """RFC 8446 section 4.2.10: a client that has been given no such ticket sends none."""
    session = tmp_path / "session"
    # It is asked for something, so that the ticket behind the handshake has come when s_client ends.
    done = s_client(run, device, "-tls1_3", "-sess_out", session, "-ign_eof",
                    typed="GET /healthz HTTP/1.1\nHost: localhost\nConnection: close\n\n")
    assert session.exists(), done.said
    told = run("openssl", "sess_id", "-in", session, "-noout", "-text").out
    assert "Max Early Data: 0" in told and "TLS session ticket:" in told
    again = s_client(run, device, "-tls1_3", "-sess_in", session)
    assert "Reused, TLSv1.3" in again.out and "Early data was not sent" in again.out


# ---- How a connection ends -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("version", VERSIONS)
def test_who_has_ended_its_direction_still_gets_its_answers(device, version):
    secure = Secure(http1.connect(device.address, 30), offering(VERSIONS[version]))
    secure.sendall(request_bytes("/api/v1/sensors") * 3)
    secure.shutdown(socket.SHUT_WR)
    data = bytearray()
    while piece := secure.recv(65536):  # and then its close_notify, or recv would raise
        data += piece
    for _ in range(3):
        answer, used = http1.parse(data)
        assert answer.status == 200
        del data[:used]
    assert not data
    secure.close()


@pytest.mark.parametrize("version", VERSIONS)
def test_a_request_that_was_cut_off_is_not_done(device, version):
    """The end of TCP alone may be anybody's doing: what has not come whole has not come."""
    secure = Secure(http1.connect(device.address, 30), offering(VERSIONS[version]))
    secure.sendall(request_bytes("/healthz")[:-2])
    secure.plain.shutdown(socket.SHUT_WR)
    data = bytearray()
    try:
        while piece := secure.recv(65536):
            data += piece
    except ConnectionResetError:
        pass
    assert b"HTTP/1.1 200" not in data
    secure.close()


def test_plain_http_on_the_tls_port_is_answered_by_an_alert_alone(device):
    with socket.create_connection(device.address, 30) as plain:
        plain.sendall(request_bytes("/healthz"))
        answer = bytearray()
        try:
            while piece := plain.recv(100):
                answer += piece
        except ConnectionResetError:
            pass
    assert b"HTTP" not in answer
    assert not answer or answer[0] == 21  # an alert's record


def test_the_others_are_served_while_somebody_says_nothing(device):
    silent = [socket.create_connection(device.address, 30) for _ in range(device.connections_max - 1)]
    try:
        begun = time.monotonic()
        assert device.get("/healthz").status == 200
        with device.connect(30) as client:
            assert client.request("/healthz").status == 200
        assert time.monotonic() - begun < 15
    finally:
        for one in silent:
            one.close()


def test_one_too_many_is_sent_away_and_costs_the_others_nothing(device):
    """Busy ones keep their places; idle ones would have to give way."""
    busy, places = [], device.connections_max
    try:
        device.request("/healthz", {"Connection": "close"})
        for _ in range(places):
            client = device.connect(30)
            client.send(request_bytes("/healthz")[:-2])
            busy.append(client)
        with pytest.raises((OSError, Closed, ssl.SSLError)):
            with device.connect(30) as client:
                client.request("/healthz")
        for client in busy:
            client.send(b"\r\n")
            assert client.read().status == 200
    finally:
        for client in busy:
            client.close()
