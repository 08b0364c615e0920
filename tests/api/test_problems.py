"""Everything that is not an answer is a problem document with the right status (RFC 9110, 9112, 9457)."""

import pytest
from contract import PATHS, RESOURCES, allow, check_problem
from support.http1 import request_bytes


def answer_to(device, data, method="GET"):
    with device.connect() as connection:
        connection.send(data)
        response = connection.read(method)
        if response.closes:
            connection.read_end()
        return response


@pytest.mark.parametrize("path", [
    "/", "/nope", "/healthz/", "/healthz/x", "/Healthz", "//healthz", "/api", "/api/", "/api/v1/", "/api/v2",
    "/api/v1/sensor", "/api/v1/sensors/", "/api/v1/sensors//value", "/api/v1/sensors/nope",
    "/api/v1/sensors/nope/value", "/api/v1/sensors/temp0/", "/api/v1/sensors/temp0/values",
    "/api/v1/sensors/temp", "/api/v1/sensors/temp00", "/api/v1/sensors/TEMP0", "/api/v1/../v1/device",
    "/api/v1/sensors/emc0", "/api/v1/actuators/nope", "/api/v1/actuators/leds",
    "/api/v1/actions/", "/api/v1/actions/dance", "/api/v1/actions/reboot/00000000", "/api/v1/actions/nope/00000000",
])
def test_what_is_not_there_is_404(device, path):
    check_problem(device.get(path), 404, instance=path)


def test_the_problem_names_the_decoded_path(device):
    check_problem(device.get("/n%6Fpe%22%5C?a=b"), 404, instance='/nope"\\')


def test_a_path_with_bytes_that_are_not_utf8_does_not_break_the_json(device):
    problem = check_problem(device.get("/%ff%c3%28"), 404)
    assert problem["instance"].startswith("/")


@pytest.mark.parametrize("path, method", [(path, method) for path, methods in RESOURCES.items()
                                          for method in ("GET", "POST", "PUT", "PATCH", "DELETE")
                                          if method not in methods])
def test_a_method_that_a_resource_does_not_have_is_405(device, path, method):
    response = device.request(path, method=method)
    check_problem(response, 405, instance=path)
    assert response.header("allow") == allow(path)


def test_405_comes_also_when_the_request_has_a_body_and_the_connection_lives_on(device):
    with device.connect() as connection:
        check_problem(connection.request("/healthz", method="POST", body=b'{"a":1}'), 405)
        assert connection.request("/healthz").status == 200


def test_404_goes_before_405(device):
    check_problem(device.request("/nope", method="DELETE"), 404)


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize("accept", ["text/html", "application/json;q=0", "application/cbor, image/*"])
def test_what_cannot_be_given_as_wanted_is_406(device, path, accept):
    check_problem(device.get(path, {"Accept": accept}), 406, instance=path)


@pytest.mark.parametrize("accept", ["application/json", "*/*", "application/*", "text/html, */*;q=0.1",
                                    "Application/JSON", "application/json; charset=utf-8"])
def test_what_is_acceptable_is_given(device, accept):
    assert device.get("/api/v1/device", {"Accept": accept}).status == 200


@pytest.mark.parametrize("request_line, status", [
    ("GET  /healthz HTTP/1.1", 400),
    ("GET /healthz", 400),
    ("GET healthz HTTP/1.1", 400),
    ("GET /a%zz HTTP/1.1", 400),
    ("GET /a%2 HTTP/1.1", 400),
    ("GET /api%2fv1 HTTP/1.1", 400),
    ("GET /a%00 HTTP/1.1", 400),
    ("GET /a b HTTP/1.1", 400),
    ("GET * HTTP/1.1", 400),
    ("G@T /healthz HTTP/1.1", 400),
    ("GET /healthz HTTP/1", 400),
    ("GET /healthz http/1.1", 400),
    ("GET /healthz HTTP/2.0", 505),
    ("GET /healthz HTTP/0.9", 505),
    ("BREW /healthz HTTP/1.1", 501),
    ("CONNECT 127.0.0.1:80 HTTP/1.1", 501),
    ("get /healthz HTTP/1.1", 501),
    ("GET /" + 512 * "a" + " HTTP/1.1", 414),
    ("GET /" + 20000 * "a" + " HTTP/1.1", 414),
])
def test_a_request_line_that_cannot_be_served(device, request_line, status):
    check_problem(answer_to(device, request_line.encode() + b"\r\nHost: localhost\r\n\r\n"), status)


@pytest.mark.parametrize("fields", [
    "",
    "Host: localhost\r\nHost: localhost\r\n",
    "Host: \r\n",
    "Host: a b\r\n",
    "Host : localhost\r\n",
    "Host: localhost\r\nA: b\r\n c\r\n",
    "Host: localhost\r\nA: b\rc\r\n",
    "Host: localhost\r\nA: b\0c\r\n",
    "Host: localhost\r\n: b\r\n",
    "Host: localhost\r\nno colon\r\n",
    "Host: localhost\nA: b\r\n",
    "Host: localhost\r\nContent-Length: x\r\n",
    "Host: localhost\r\nContent-Length: -1\r\n",
    "Host: localhost\r\nContent-Length: 1, 1\r\n",
    "Host: localhost\r\nContent-Length: 3\r\nContent-Length: 4\r\n",
    "Host: localhost\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n",
    "Host: localhost\r\nTransfer-Encoding: chunked, chunked\r\n",
], ids=repr)
def test_a_malformed_head_is_400_and_ends_the_connection(device, fields):
    response = answer_to(device, f"GET /healthz HTTP/1.1\r\n{fields}\r\n".encode())
    check_problem(response, 400)
    assert response.closes


@pytest.mark.parametrize("fields, status", [
    ("Transfer-Encoding: gzip\r\n", 501),
    ("Transfer-Encoding: gzip, chunked\r\n", 501),
    ("Expect: the-unexpected\r\n", 417),
    ("X: " + 9000 * "a" + "\r\n", 431),
    ("Accept: a/b\r\n" * 30, 431),
    ("X: y\r\n" * 1500, 431),
    ("Content-Length: 100000\r\n", 413),
    ("Content-Length: 99999999999999999999\r\n", 413),
])
def test_a_head_that_asks_too_much(device, fields, status):
    data = f"POST /healthz HTTP/1.1\r\nHost: localhost\r\n{fields}\r\n".encode()
    response = answer_to(device, data)
    check_problem(response, status)
    assert response.closes


@pytest.mark.parametrize("body", [b"x\r\n", b"5\r\nabc", b"3\r\nabcde\r\n", b"-1\r\n", b"\r\n", b"100000000\r\nabc"])
def test_broken_chunks_are_refused(device, body):
    head = b"POST /healthz HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n"
    with device.connect() as connection:
        connection.send(head + body + b"\r\n\r\n\r\n\r\n")
        response = connection.read()
        assert response.status in (400, 413)
        check_problem(response, response.status)
        assert response.closes


def test_chunked_content_beyond_the_limit_is_413(device):
    head = b"POST /healthz HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n"
    response = answer_to(device, head + b"400\r\n" + 1024 * b"x" + b"\r\n" + 5 * (b"400\r\n" + 1024 * b"x" + b"\r\n"))
    check_problem(response, 413)
    assert response.closes


@pytest.mark.parametrize("host", ["localhost", "localhost:8080", "127.0.0.1", "127.0.0.1:1234", "10.0.2.15",
                                  "[::1]", "[fe80::1]:80", "LocalHost"])
def test_hosts_that_mean_this_device(device, host):
    assert device.request("/healthz", host=host).status == 200


def test_its_own_names_mean_this_device(device):
    name = device.get("/api/v1/device").json()["hostname"]
    for host in (name, name.upper(), f"{name}.local", f"{name}.local:80"):
        assert device.request("/healthz", host=host).status == 200, host


@pytest.mark.parametrize("host", ["example.com", "localhost.example.com", "evil.local", "jembatan", "127.0.0.1.nip.io",
                                  "xlocalhost"])
def test_another_host_is_421(device, host):
    check_problem(device.request("/healthz", host=host), 421)


def test_absolute_form(device):
    assert device.request("http://localhost/healthz").status == 200
    assert device.request("http://localhost:80/healthz", host="example.com").status == 200
    check_problem(device.request("http://example.com/healthz"), 421)


def test_the_http2_preface_is_answered_in_http1(device):
    response = answer_to(device, b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n")
    check_problem(response, 505)
    assert response.closes


def test_a_client_that_waits_for_100_gets_its_refusal_instead(device):
    head = request_bytes("/healthz", {"Expect": "100-continue", "Content-Length": "5"}, method="POST")
    response = answer_to(device, head)
    check_problem(response, 405)
    assert response.closes


def test_no_client_mistake_counts_as_the_servers(device):
    before = device.status()["requests"]
    check_problem(answer_to(device, b"GET /a%zz HTTP/1.1\r\n\r\n"), 400)
    check_problem(device.get("/nope"), 404)
    after = device.status()["requests"]
    assert after["errors_5xx"] == before["errors_5xx"]
    assert after["errors_4xx"] == before["errors_4xx"] + 2
