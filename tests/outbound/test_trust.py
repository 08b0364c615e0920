"""Outside sources by https: whom the device believes, and whom not."""

import ssl

import pytest
from conftest import at_rest
from support.certificates import Authority, openssl
from support.device import eventually
from support.outside import Outside, code_of, ok
from weather import source

pytestmark = pytest.mark.needs("outgoing_tls")
PATH = "/api/v1/sources/weather"
SMALL = '{"current":{"temperature_2m":4.6}}'
P256 = ("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1")
RSA = ("-newkey", "rsa:2048")


class Site:
    """A server with a certificate of an authority's, for the address by which the device knows this machine."""

    def __init__(self, folder, authority, name="IP:10.0.2.2", days="7", kind=P256, highest=None):
        key, certificate = folder / "site.key", folder / "site.pem"
        request = openssl("req", "-new", *kind, "-nodes", "-subj", "/CN=site", "-keyout", key, "-addext", f"subjectAltName={name}")
        certificate.write_text(authority.sign(request, days) + authority.pem)
        tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        tls.load_cert_chain(certificate, key)
        if highest:
            tls.maximum_version = highest
        self.server = Outside(tls=tls)
        self.server.answer("/w", ok(SMALL))


@pytest.fixture
def authority(tmp_path):
    return Authority(tmp_path)


@pytest.fixture
def make_site(tmp_path, authority):
    made = []

    def make(**options):
        folder = tmp_path / str(len(made))
        folder.mkdir()
        made.append(Site(folder, options.pop("authority", authority), **options))
        return made[-1].server

    yield make
    for site in made:
        site.server.close()


@pytest.fixture
def trusting(device, authority):
    """A device that believes the authority, and nobody after the test."""
    assert device.call("PUT", "/api/v1/trust", {"certificates": authority.pem}).status == 200
    yield device
    assert device.call("DELETE", "/api/v1/trust").json() == {"anchors": []}


def put(device, body, status=201):
    assert device.call("PUT", PATH, body).status == status


def fails(device, url, code):
    put(device, source(url))
    now = eventually(lambda: (lambda source: source if source["questions"] else None)(device.call("GET", PATH).json()), 20)
    assert (now["state"], code_of(now), now["status"]) == ("error", code, None)
    assert device.sensor("outdoor_temp")["quality"] == "error"


def works(device, url):
    put(device, source(url))
    eventually(lambda: device.sensor("outdoor_temp"), 20, quality="ok", value=4.6)


@pytest.mark.needs("clock")
@pytest.mark.parametrize("highest", [ssl.TLSVersion.TLSv1_3, ssl.TLSVersion.TLSv1_2])
def test_a_server_of_a_trusted_authority_is_believed(trusting, make_site, highest):
    site = make_site(highest=highest)
    put(trusting, source(site.url("/w"), token="s3cret"))
    eventually(lambda: trusting.sensor("outdoor_temp"), 20, quality="ok", value=4.6)
    request, = site.requests
    assert request.fields["authorization"] == "Bearer s3cret"


@pytest.mark.needs("clock")
def test_nobody_is_believed_to_begin_with(device, make_site):
    site = make_site()
    fails(device, site.url("/w"), "trust")
    assert not site.connections


@pytest.mark.needs("clock")
def test_who_is_believed_is_asked_at_once(device, make_site, authority):
    fails(device, make_site().url("/w"), "trust")
    shown = device.call("PUT", "/api/v1/trust", {"certificates": authority.pem}).json()
    assert [anchor["name"] for anchor in shown["anchors"]] == ["Works"]
    eventually(lambda: device.sensor("outdoor_temp"), 20, quality="ok", value=4.6)
    assert device.call("DELETE", "/api/v1/trust").status == 200


@pytest.mark.needs("clock")
def test_one_of_another_authority_is_not(trusting, make_site, tmp_path):
    folder = tmp_path / "other"
    folder.mkdir()
    site = make_site(authority=Authority(folder, name="Works"))  # of the same name
    fails(trusting, site.url("/w"), "certificate_unknown")
    assert not site.requests


@pytest.mark.needs("clock")
@pytest.mark.parametrize("name", ["IP:10.0.2.3", "DNS:site.example"])
def test_one_for_another_name_is_not(trusting, make_site, name):
    site = make_site(name=name)
    fails(trusting, site.url("/w"), "certificate_name")
    assert not site.requests


@pytest.mark.needs("clock")
def test_one_that_is_over_is_not(trusting, make_site):
    site = make_site(days="-1")
    fails(trusting, site.url("/w"), "certificate_time")
    assert not site.requests


@pytest.mark.needs("clock")
def test_one_of_another_kind_is_named_as_such(trusting, make_site):
    fails(trusting, make_site(kind=RSA).url("/w"), "certificate_kind")


@pytest.mark.needs("clock")
def test_one_that_speaks_no_tls_is_told_apart(trusting, make_outside):
    site = make_outside(greeting=b"HTTP/1.1 400 Bad Request\r\n\r\n")
    fails(trusting, site.url("/w").replace("http:", "https:"), "certificate_kind")


@pytest.mark.needs("clock")
def test_nobody_leads_it_out_of_tls(trusting, make_site, outside):
    site = make_site()
    outside.answer("/w", ok(SMALL))
    site.answer("/away", ok("", f"Location: {outside.url('/w')}", status="302 Found"))
    put(trusting, source(site.url("/away"), token="s3cret"))
    now = eventually(lambda: (lambda source: source if source["questions"] else None)(trusting.call("GET", PATH).json()), 20)
    assert code_of(now) == "redirect_insecure" and not outside.connections


@pytest.mark.needs("clock")
def test_a_server_that_signed_for_itself_may_be_trusted(device, tmp_path, make_outside):
    key, certificate = tmp_path / "self.key", tmp_path / "self.pem"
    openssl("req", "-x509", *P256, "-nodes", "-subj", "/CN=self", "-keyout", key, "-out", certificate,
            "-addext", "subjectAltName=IP:10.0.2.2")
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    tls.load_cert_chain(certificate, key)
    site = make_outside(tls=tls)
    site.answer("/w", ok(SMALL))
    assert device.call("PUT", "/api/v1/trust", {"certificates": certificate.read_text()}).status == 200
    works(device, site.url("/w"))
    assert device.call("DELETE", "/api/v1/trust").status == 200


@pytest.mark.needs("clock")
def test_two_mebibytes_come_by_tls_too(trusting, make_site):
    site = make_site()
    site.answer("/w", ok('{"filler":[' + ",".join(['{"a":[1,2,3],"b":"text"}'] * 87382) + '],"current":{"temperature_2m":4.6}}'))
    put(trusting, source(site.url("/w"), timeout_ms=60000))
    eventually(lambda: trusting.sensor("outdoor_temp"), 60, quality="ok", value=4.6)
    assert trusting.call("GET", PATH).json()["body_bytes"] > 2 * 1024 * 1024


@pytest.mark.needs("no_clock")
def test_before_the_clock_is_set_nobody_can_be_judged(trusting, make_site):
    site = make_site()
    fails(trusting, site.url("/w"), "clock")
    assert not site.connections


def test_what_is_no_certificate_changes_nothing(trusting, authority, tmp_path):
    before = trusting.call("GET", "/api/v1/trust").json()
    openssl("req", "-x509", *RSA, "-nodes", "-subj", "/CN=rsa", "-keyout", tmp_path / "rsa.key", "-out", tmp_path / "rsa.pem")
    for wrong in ("", "x", authority.key.read_text(), authority.pem[:-40], (tmp_path / "rsa.pem").read_text(),
                  authority.pem + authority.key.read_text()):
        refused = trusting.call("PUT", "/api/v1/trust", {"certificates": wrong})
        assert refused.status == 422 and refused.json()["errors"][0]["pointer"] == "/certificates", wrong
    assert trusting.call("PUT", "/api/v1/trust", {"certificate": authority.pem}).status == 422
    assert trusting.call("GET", "/api/v1/trust").json() == before


@pytest.mark.needs("clock")
def test_it_lasts(another, make_site, authority):
    site = make_site()
    device = another(outbound=True)
    device.claim()
    assert device.call("PUT", "/api/v1/trust", {"certificates": authority.pem}).status == 200
    works(device, site.url("/w"))
    device.written()
    device.restart()
    eventually(lambda: device.sensor("outdoor_temp"), 20, quality="ok", value=4.6)
    assert len(device.call("GET", "/api/v1/trust").json()["anchors"]) == 1


def test_zz_all_memory_is_there_again(device, baseline):
    eventually(lambda: at_rest(device) == baseline or None, timeout=60)
