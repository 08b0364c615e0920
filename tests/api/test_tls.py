"""The identity for HTTPS: the certificate and its changes, certificates of clients, and what plain HTTP may still do."""

import datetime
import re
import socket
import ssl

import pytest
from contract import check_problem
from support.certificates import Authority, openssl, text
from support.device import Device, eventually
from support.http1 import Client, Closed, request_bytes
from support.sse import Stream
from support.tls import Secure, checked, fetch_certificate, pin, unchecked

TLS = "/api/v1/tls"
CSR, CERTIFICATE, ROTATE, CLIENT_CA = (f"{TLS}/{name}" for name in ("csr", "certificate", "rotate", "client_ca"))
CONFIG = "/api/v1/config"
MEMBERS = {"self_signed", "spki_sha256", "pin", "not_before", "not_after", "client_ca", "certificates"}


@pytest.fixture(scope="module", name="owned")
def fixture_owned(board, image):
    """A device with an owner, spoken to by HTTPS whatever the suite speaks; it takes no tokens by plain HTTP."""
    device = Device(board, image, https=True)
    try:
        device.start()
        device.claim()
        yield device
        device.check_alive()
    finally:
        device.destroy()


@pytest.fixture(scope="module", name="works")
def fixture_works(tmp_path_factory):
    return Authority(tmp_path_factory.mktemp("works"))


@pytest.fixture(scope="module", name="strangers")
def fixture_strangers(tmp_path_factory):
    return Authority(tmp_path_factory.mktemp("strangers"), "Strangers")


@pytest.fixture(autouse=True)
def leave_it_as_it_was(request):
    yield
    if "owned" in request.fixturenames:
        device = request.getfixturevalue("owned")
        for path in (CERTIFICATE, CLIENT_CA):
            assert device.call("DELETE", path).status == 200
        assert device.patch(CONFIG, dict.fromkeys(("hostname", "read_auth", "http"))).status == 200
        device.written()


def tls(device):
    return device.call("GET", TLS).json()


def shown(device):
    """The certificate of a handshake now, as PEM."""
    return ssl.DER_cert_to_PEM_cert(fetch_certificate(device.secure_address))


def shake_hands(device, context, name):
    """Fails where the certificate does not verify."""
    Secure(socket.create_connection(device.secure_address, 10), context, name).close()


def names_now(device):
    """Those of the certificate that is shown. A handshake that is under way when it changes fails."""
    try:
        return names_in(shown(device))
    except ssl.SSLError:
        return set()


def names_in(pem):
    found = re.search(r"Subject Alternative Name: *\n *(.*)", text(pem))
    return set(found[1].split(", "))


def install(device, certificates):
    return device.call("PUT", CERTIFICATE, {"certificates": certificates})


def csr(device):
    answer = device.call("POST", CSR)
    assert answer.status == 200, answer
    return answer.json()["csr"]


# ---- What is there --------------------------------------------------------------------------------------------------


def test_the_document_says_what_a_handshake_shows(owned):
    document = tls(owned)
    assert set(document) == MEMBERS
    assert document["certificates"] == [shown(owned)]
    assert document["pin"] == "sha256//" + document["spki_sha256"] == pin(fetch_certificate(owned.secure_address))
    assert owned.get("/api/v1/device").json()["tls"] == {"pin": document["pin"]}
    assert f"curl -k --pinnedpubkey {document['pin']} https://" in owned.console
    assert document["self_signed"] is True and document["client_ca"] is None


def test_its_own_certificate_is_for_its_names_and_holds_now(owned):
    document = tls(owned)
    host = owned.get("/api/v1/device").json()["hostname"]
    assert names_in(document["certificates"][0]) == {f"DNS:{host}", f"DNS:{host}.local", "DNS:localhost",
                                                     "IP Address:127.0.0.1"}
    begins = datetime.datetime.fromisoformat(document["not_before"].replace("Z", "+00:00"))
    assert begins < datetime.datetime.now(datetime.timezone.utc)
    assert begins > datetime.datetime(2026, 1, 1, tzinfo=datetime.timezone.utc)  # no made-up date
    assert document["not_after"] == "9999-12-31T23:59:59Z"


def test_its_own_certificate_verifies_and_is_no_authority(owned, tmp_path):
    file = tmp_path / "device.pem"
    file.write_text(shown(owned))
    assert openssl("verify", "-x509_strict", "-purpose", "sslserver", "-CAfile", file, file).endswith("OK\n")
    context = checked(shown(owned))
    for name in ("127.0.0.1", "localhost"):
        shake_hands(owned, context, name)
    with pytest.raises(ssl.SSLCertVerificationError):
        shake_hands(owned, context, "example.org")
    assert "CA:FALSE" in text(shown(owned))


def test_the_request_is_for_its_key_and_its_names(owned):
    request = csr(owned)
    assert openssl("req", "-verify", "-noout", given=request) == ""
    assert names_in(request) == names_in(shown(owned))
    key = openssl("req", "-noout", "-pubkey", given=request)
    assert key == openssl("x509", "-noout", "-pubkey", given=shown(owned))


# ---- An installed certificate -----------------------------------------------------------------------------------------


def test_an_authoritys_certificate_is_shown_until_it_is_removed(owned, works):
    before = tls(owned)
    with owned.connect() as open_connection:
        leaf = works.sign(csr(owned))
        answer = install(owned, leaf + works.pem)
        assert answer.status == 200, answer
        now = answer.json()
        assert now["self_signed"] is False and now["pin"] == before["pin"]
        assert [ssl.PEM_cert_to_DER_cert(one) for one in now["certificates"]] == [
            ssl.PEM_cert_to_DER_cert(one) for one in (leaf[leaf.index("-----"):], works.pem)]
        assert open_connection.request("/healthz").status == 200
        context = ssl.create_default_context(cadata=works.pem)
        shake_hands(owned, context, "localhost")
        owned.restart()
        shake_hands(owned, context, "localhost")
    answer = owned.call("DELETE", CERTIFICATE)
    assert answer.status == 200 and answer.json()["self_signed"] is True
    assert answer.json()["pin"] == before["pin"]
    assert names_in(shown(owned)) == names_in(before["certificates"][0])


def test_what_is_no_certificate_for_its_key_changes_nothing(owned, works):
    before = tls(owned)
    other, key = works.client("/CN=other")
    leaf = works.sign(csr(owned))
    wrong = ["", "hello", works.pem, other.read_text(), key.read_text(), leaf + key.read_text(), works.pem + leaf,
             leaf + other.read_text(), leaf.replace("\nMI", "\nNI", 1), leaf[:-40], leaf + leaf,
             "-----BEGIN CERTIFICATE-----\n-----END CERTIFICATE-----\n", 10 * leaf.replace("\n", "")]
    for certificates in wrong:
        answer = install(owned, certificates)
        check_problem(answer, 413 if answer.status == 413 else 422)
        if answer.status == 422:
            assert [error["pointer"] for error in answer.json()["errors"]] == ["/certificates"]
    for body in ({}, {"certificates": None}, {"certificates": [leaf]}, {"certificate": leaf}, []):
        check_problem(owned.call("PUT", CERTIFICATE, body), 422)
    check_problem(owned.call("PUT", CERTIFICATE, b"{"), 400)
    assert tls(owned) == before


@pytest.mark.parametrize("curve", ["secp384r1", "secp521r1"])
def test_an_authority_of_another_curve_may_sign_the_device(owned, tmp_path, curve):
    """Only clients have to be able to check that."""
    authority = Authority(tmp_path, "Other", curve)
    answer = install(owned, authority.sign(csr(owned)))
    if answer.status == 422:
        pytest.fail(str(answer.json()))
    shake_hands(owned, ssl.create_default_context(cadata=authority.pem), "localhost")


# ---- Another key, another name ------------------------------------------------------------------------------------------


def test_a_rotation_makes_another_key_and_open_connections_survive_it(owned):
    before = tls(owned)
    with owned.connect() as open_connection:
        assert open_connection.request("/healthz").status == 200
        answer = owned.call("POST", ROTATE)
        assert answer.status == 200, answer
        now = answer.json()
        assert now["pin"] != before["pin"] and now["self_signed"] is True
        assert open_connection.request("/healthz").status == 200
    owned.trust.anew()
    assert now["certificates"] == [shown(owned)]
    assert owned.get("/api/v1/device").json()["tls"] == {"pin": now["pin"]}
    assert owned.console.count(f"--pinnedpubkey {now['pin']}") == 1
    owned.restart()
    assert tls(owned) == now


def test_another_name_makes_another_certificate_for_the_same_key(owned, works):
    before = tls(owned)
    assert owned.patch(CONFIG, {"hostname": "greenhouse-7"}).status == 200
    eventually(lambda: "DNS:greenhouse-7" in names_now(owned))
    now = tls(owned)
    assert now["pin"] == before["pin"] and "DNS:greenhouse-7.local" in names_in(now["certificates"][0])
    assert install(owned, works.sign(csr(owned))).status == 200
    installed = shown(owned)
    assert owned.patch(CONFIG, {"hostname": None}).status == 200
    eventually(lambda: owned.get("/api/v1/device").json()["hostname"] != "greenhouse-7")
    assert shown(owned) == installed  # what was given to it is not its to change
    assert owned.call("DELETE", CERTIFICATE).status == 200
    assert names_in(shown(owned)) == names_in(before["certificates"][0])


def test_a_name_that_changed_while_it_was_off_is_in_the_certificate(owned):
    assert owned.patch(CONFIG, {"hostname": "attic"}).status == 200
    owned.written()
    owned.restart()
    assert "DNS:attic" in names_in(shown(owned))


def test_a_reset_to_factory_settings_takes_the_key_with_it(another):
    device = another(https=True)
    before = fetch_certificate(device.secure_address)
    starts = device.starts
    device.process.type("factory-reset yes\n")
    device.trust = None
    device.restarted(starts, 60)
    assert pin(fetch_certificate(device.secure_address)) != pin(before)


# ---- Certificates of clients ------------------------------------------------------------------------------------------


def by_certificate(device, certificate, key, version=None):
    """A client that shows it."""
    context = unchecked()
    context.load_cert_chain(certificate, key)
    if version:
        context.minimum_version = context.maximum_version = version

    class Shows:
        @staticmethod
        def connect(address, timeout, _=None):
            return Secure(socket.create_connection(address, timeout), context)

    return Client(*device.secure_address, 10, tls=Shows)


def trust(device, authority):
    answer = device.call("PUT", CLIENT_CA, {"certificate": authority.pem})
    assert answer.status == 200, answer
    return answer.json()


@pytest.mark.parametrize("version", [ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3])
def test_the_unit_of_a_clients_subject_is_its_scope(owned, works, version):
    assert trust(owned, works)["client_ca"]["name"] == "Works"
    assert owned.patch(CONFIG, {"read_auth": "token"}).status == 200
    asks = [("GET", "/api/v1/status", b""), ("POST", "/api/v1/actions/identify", b"{}"), ("GET", "/api/v1/tokens", b"")]
    scopes = ["read", "operate", "admin"]
    for unit in [*scopes, "Admin", "none", ""]:
        certificate, key = works.client(f"/CN=panel{'/OU=' + unit if unit else ''}")
        reach = scopes.index(unit) + 1 if unit in scopes else 0
        with by_certificate(owned, certificate, key, version) as client:
            for needed, (method, path, body) in enumerate(asks):
                headers = [("Content-Type", "application/json")] if body else []
                status = client.request(path, headers, method, body).status
                assert status in (200, 202) if needed < reach else status == 401, (unit, path)


def test_who_shows_no_certificate_needs_a_token_as_ever(owned, works):
    trust(owned, works)
    assert owned.call("GET", "/api/v1/tokens", token=None).status == 401
    assert owned.call("GET", "/api/v1/tokens").status == 200


@pytest.mark.parametrize("version", [ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3])
def test_who_shows_a_wrong_certificate_is_not_let_in(owned, works, strangers, version):
    trust(owned, works)
    wrong = [strangers.client("/CN=panel/OU=admin"),
             works.client("/CN=panel/OU=admin", extensions="extendedKeyUsage=serverAuth")]
    if owned.call("GET", "/api/v1/status").json()["time_synced"]:
        wrong.append(works.client("/CN=panel/OU=admin", days="-1"))
    for certificate, key in wrong:
        with pytest.raises((ssl.SSLError, Closed, ConnectionError)):
            with by_certificate(owned, certificate, key, version) as client:
                client.request("/api/v1/tokens")


def test_without_the_authority_its_clients_are_strangers_on_open_connections_and_streams_too(owned, works):
    trust(owned, works)
    assert owned.patch(CONFIG, {"read_auth": "token"}).status == 200
    certificate, key = works.client("/CN=panel/OU=admin")
    with by_certificate(owned, certificate, key) as client, by_certificate(owned, certificate, key) as listening:
        assert client.request("/api/v1/tokens").status == 200
        stream = Stream(listening, "/api/v1/events")
        assert stream.status == 200
        assert owned.call("DELETE", CLIENT_CA).json()["client_ca"] is None
        assert client.request("/api/v1/tokens").status == 401
        while stream.next():
            pass


def test_the_authority_lasts(owned, works):
    trust(owned, works)
    certificate, key = works.client("/CN=panel/OU=admin")
    owned.restart()
    with by_certificate(owned, certificate, key) as client:
        assert client.request("/api/v1/tokens").status == 200
    assert owned.call("DELETE", CLIENT_CA).status == 200
    owned.restart()
    assert tls(owned)["client_ca"] is None


def test_what_is_no_authority_is_not_trusted(owned, works, strangers, tmp_path):
    trust(owned, works)
    leaf, key = works.client("/CN=panel/OU=admin")
    other = Authority(tmp_path, "P-384", "secp384r1")
    for wrong in ("", "x", leaf.read_text(), key.read_text(), works.pem + strangers.pem, other.pem):
        answer = owned.call("PUT", CLIENT_CA, {"certificate": wrong})
        assert answer.status == 422, wrong
        check_problem(answer, 422)
        assert [error["pointer"] for error in answer.json()["errors"]] == ["/certificate"]
    assert tls(owned)["client_ca"]["name"] == "Works"


# ---- Plain HTTP -----------------------------------------------------------------------------------------------------------


def plain(device):
    return Client(*device.plain_address)


def bearer(device):
    return [("Authorization", f"Bearer {device.token}")]


def test_a_device_with_an_owner_takes_no_tokens_by_plain_http(owned):
    with plain(owned) as client:
        for path in ("/api/v1/tokens", "/api/v1/status", CONFIG):
            check_problem(client.request(path, bearer(owned)), 403)
        assert client.request("/api/v1/status").status == 200
        assert client.request("/api/v1/tokens").status == 401
        answer = client.request(CONFIG, [*bearer(owned), ("Content-Type", "application/json"), ("If-Match", "*")], "PATCH",
                                b'{"name":"x"}')
        check_problem(answer, 403)


def test_nobody_becomes_owner_by_plain_http(another):
    device = another(https=True)
    with plain(device) as client:
        answer = client.request("/api/v1/claim", [("Content-Type", "application/json")], "POST", b'{"code":"AAAA-AAAA"}')
    check_problem(answer, 403)
    assert device.get("/api/v1/status").json()["owner"] == "unclaimed"
    device.claim()


def test_the_setting_lets_tokens_through_plain_http(owned):
    assert owned.patch(CONFIG, {"http": {"insecure_tokens": True}}).status == 200
    with plain(owned) as client:
        assert client.request("/api/v1/tokens", bearer(owned)).status == 200
        assert owned.patch(CONFIG, {"http": {"insecure_tokens": None}}).status == 200
        check_problem(client.request("/api/v1/tokens", bearer(owned)), 403)


def test_insecure_lets_tokens_through_for_one_start(another):
    device = another(https=False, insecure=True)
    device.claim()
    assert device.call("GET", "/api/v1/tokens").status == 200
    assert device.call("GET", CONFIG).json()["http"] == {"mode": "on", "insecure_tokens": False}
    device.restart(insecure=False)
    check_problem(device.call("GET", "/api/v1/tokens"), 403)


def test_redirect_sends_everybody_to_https_but_for_the_health(owned):
    assert owned.patch(CONFIG, {"http": {"mode": "redirect"}}).status == 200
    try:
        with plain(owned) as client:
            for target, place in (("/api/v1", "/api/v1"), ("/api/v1/events?types=log&sensors=", "/api/v1/events?types=log&sensors="),
                                  ("/a%20b%3fc/%C3%A4;x=1", "/a%20b%3fc/%c3%a4;x=1"), ("/nothing", "/nothing")):
                for method, body in (("GET", None), ("POST", b"{}"), ("DELETE", None)):
                    answer = client.request(target, bearer(owned), method, body, host="localhost:8080")
                    assert answer.status == 308 and answer.body == b""
                    assert answer.header("location") == f"https://localhost{place}"
            client.send(b"OPTIONS * HTTP/1.1\r\nHost: [::1]:80\r\n\r\n")
            assert client.read().header("location") == "https://[::1]/"
            assert client.request("/healthz").status == 200
            check_problem(client.request("/api/v1", host="example.org"), 421)  # it is sent nowhere
            client.send(b"GET /api/v1 HTTP/1.0\r\n\r\n")
            check_problem(client.read(), 400)
        assert owned.get("/api/v1").status == 200
    finally:
        assert owned.patch(CONFIG, {"http": None}).status == 200
    with plain(owned) as client:
        assert client.request("/api/v1").status == 200


def is_open(device):
    """Whether anybody answers without TLS."""
    try:
        with plain(device) as client:
            client.send(request_bytes("/healthz"))
            return client.read().status == 200
    except (Closed, ConnectionError):
        return False


def test_off_closes_port_80_and_on_opens_it_again(owned):
    with plain(owned) as client:
        assert client.request("/healthz").status == 200
        assert owned.patch(CONFIG, {"http": {"mode": "off"}}).status == 200
        eventually(lambda: not is_open(owned))
        with pytest.raises((Closed, ConnectionError)):
            client.request("/healthz")
    assert owned.get("/healthz").status == 200
    owned.written()
    owned.restart()
    assert not is_open(owned)
    assert owned.patch(CONFIG, {"http": {"mode": "on"}}).status == 200
    eventually(lambda: is_open(owned))
