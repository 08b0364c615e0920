"""How answers travel: HEAD, OPTIONS, connections that stay, pipelines, framing, entity tags."""

import socket

import pytest
from contract import CACHEABLE, PATHS, RESOURCES, SENSORS, allow, check_problem
from support.device import eventually
from support.http1 import request_bytes


def stable_fields(response):
    """Header fields that do not change from one answer to the next."""
    return sorted(field for field in response.fields if field[0] not in ("date", "etag", "content-length"))


@pytest.mark.parametrize("path", PATHS)
def test_head_is_get_without_content(device, path):
    head = device.request(path, method="HEAD")
    got = device.get(path)
    assert head.status == got.status == 200
    assert head.body == b""
    assert stable_fields(head) == stable_fields(got)
    assert (head.header("etag") is None) == (got.header("etag") is None)
    assert (head.header("content-length") is None) == (got.header("content-length") is None)


def test_head_of_what_never_changes_is_exactly_gets(device):
    head, got = device.request("/api/v1/device", method="HEAD"), device.get("/api/v1/device")
    without_date = [[field for field in response.fields if field[0] != "date"] for response in (head, got)]
    assert without_date[0] == without_date[1]
    assert int(head.header("content-length")) == len(got.body)


def test_head_of_nothing_is_404_without_content(device):
    response = device.request("/nope", method="HEAD")
    assert (response.status, response.body) == (404, b"")
    assert response.media == "application/problem+json"


@pytest.mark.parametrize("path", RESOURCES)
def test_options_names_the_methods(device, path):
    response = device.request(path, method="OPTIONS")
    assert (response.status, response.body) == (204, b"")
    assert response.header("allow") == allow(path)
    assert response.header("content-length") is None


def test_options_of_the_server(device):
    response = device.request("*", method="OPTIONS")
    assert response.status == 204
    assert {"GET", "HEAD", "OPTIONS"} <= set(response.header("allow").split(", "))


def test_options_of_nothing_is_404(device):
    check_problem(device.request("/nope", method="OPTIONS"), 404)


def test_a_connection_serves_many_requests(device):
    with device.connect() as connection:
        for _ in range(5):
            for path in PATHS:
                response = connection.request(path)
                assert response.status == 200
                assert not response.closes


def test_a_connection_survives_refusals(device):
    with device.connect() as connection:
        for path, method, status in (("/nope", "GET", 404), ("/healthz", "PUT", 405), ("/healthz", "BREW", 501)):
            check_problem(connection.request(path, method=method), status)
        assert connection.request("/healthz", {"Accept": "text/html"}).status == 406
        assert connection.request("/healthz").status == 200


def test_connection_close_is_obeyed(device):
    with device.connect() as connection:
        response = connection.request("/api/v1/device", {"Connection": "close"})
        assert response.status == 200 and response.closes
        connection.read_end()


def test_http_1_0(device):
    with device.connect() as connection:
        response = connection.request("/healthz", host=None, version="HTTP/1.0")
        assert response.status == 200 and response.closes
        connection.read_end()
    with device.connect() as connection:
        for _ in range(2):
            response = connection.request("/healthz", {"Connection": "keep-alive"}, version="HTTP/1.0")
            assert (response.status, response.header("connection")) == (200, "keep-alive")


def test_a_long_answer_to_http_1_0_is_ended_by_the_connection(device):
    with device.connect() as connection:
        response = connection.request("/api/v1/sensors", {"Connection": "keep-alive"}, version="HTTP/1.0")
        assert response.header("transfer-encoding") is None
        assert len(response.json()["sensors"]) == len(SENSORS)
        if response.header("content-length") is None:
            assert response.closes
            connection.read_end()


def test_pipelined_requests_are_answered_in_their_order(device):
    paths = (PATHS + ["/nope", "/healthz"]) * 3
    with device.connect() as connection:
        connection.send(b"".join(request_bytes(path) for path in paths))
        for path in paths:
            response = connection.read()
            if path == "/nope":
                check_problem(response, 404, instance=path)
            elif path == "/healthz":
                assert response.json() == {"status": "ok"}
            elif path == "/api/v1":
                assert response.json()["links"]["self"] == path
            else:
                assert response.status == 200, path
        connection.socket.shutdown(socket.SHUT_WR)
        connection.read_end()


def test_nothing_behind_a_closing_request_is_answered(device):
    with device.connect() as connection:
        connection.send(request_bytes("/healthz", {"Connection": "close"}) + request_bytes("/api/v1/device"))
        assert connection.read().json() == {"status": "ok"}
        connection.read_end()


def test_content_of_a_get_is_read_and_ignored(device):
    with device.connect() as connection:
        assert connection.request("/healthz", body=b"GET /nope HTTP/1.1\r\n\r\n").status == 200
        chunked = request_bytes("/healthz", {"Transfer-Encoding": "chunked"}, method="GET")
        connection.send(chunked + b"3;ext=1\r\nabc\r\n0\r\nTrailer: x\r\n\r\n")
        assert connection.read().status == 200
        assert connection.request("/healthz").status == 200


def test_expect_100_continue(device):
    with device.connect() as connection:
        connection.send(request_bytes("/healthz", {"Expect": "100-continue", "Content-Length": "3"}))
        first = connection.read()
        assert first.status == 100
        connection.send(b"abc")
        assert connection.read().status == 200


@pytest.mark.parametrize("path", ["/api/v1/sensors", "/api/v1/readings", "/api/v1/status"])
def test_an_answer_of_any_length_is_chunked_only_when_it_must_be(device, path):
    """Whether it must is decided by the output buffer of 2816 bytes at most, which the head shares."""
    response = device.get(path)
    assert response.json()
    if response.chunked:
        assert len(response.body) > 1400
    else:
        assert len(response.body) == int(response.header("content-length")) < 2816


def test_a_short_answer_has_a_length(device):
    for path in ("/api/v1", "/api/v1/device", "/api/v1/sensors/temp0", "/healthz"):
        response = device.get(path)
        assert not response.chunked
        assert int(response.header("content-length")) == len(response.body)


@pytest.mark.parametrize("path", CACHEABLE)
def test_what_can_be_cached_has_a_strong_tag(device, path):
    response = device.get(path)
    tag = response.header("etag")
    assert tag and tag[0] == tag[-1] == '"'
    assert response.header("cache-control") == "no-cache"


@pytest.mark.parametrize("path", CACHEABLE)
@pytest.mark.parametrize("shape", ["{}", "W/{}", '"other", {}', '"a,b" , {} ,"c"'])
def test_a_client_that_has_it_gets_304(device, path, shape):
    def unchanged():
        tag = device.get(path).header("etag")
        response = device.get(path, {"If-None-Match": shape.format(tag)})
        if response.status == 200:  # a sample came between the two, and then the tag must be another one
            assert response.header("etag") != tag
            return False
        assert (response.status, response.body) == (304, b"")
        assert response.header("etag") == tag
        assert response.header("cache-control") == "no-cache"
        assert response.header("content-length") is None
        return True

    eventually(unchanged)


@pytest.mark.parametrize("path", CACHEABLE)
def test_a_client_that_has_anything_gets_304(device, path):
    assert device.get(path, {"If-None-Match": "*"}).status == 304


@pytest.mark.parametrize("path", CACHEABLE)
def test_another_tag_matches_nothing(device, path):
    assert device.get(path, {"If-None-Match": '"0000000000000000"'}).status == 200


def test_304_serves_head_too(device):
    tag = device.get("/api/v1/device").header("etag")
    response = device.request("/api/v1/device", {"If-None-Match": tag}, method="HEAD")
    assert (response.status, response.header("etag")) == (304, tag)


def test_a_sensors_tag_changes_with_each_sample(device):
    first = device.get("/api/v1/sensors/temp0")
    second = eventually(lambda: [r for r in [device.get("/api/v1/sensors/temp0")] if r.body != first.body])[0]
    assert second.header("etag") != first.header("etag")


def test_equal_tags_mean_equal_bytes(device):
    seen = {}
    start = device.status()["uptime_ms"]
    while device.status()["uptime_ms"] < start + 1500:
        for path in CACHEABLE:
            response = device.get(path)
            assert seen.setdefault((path, response.header("etag")), response.body) == response.body
    assert len(seen) > len(CACHEABLE)


def test_readings_have_another_tag_as_senml(device):
    tags = {device.get("/api/v1/readings", {"Accept": media}).header("etag")
            for media in ("application/json", "application/senml+json")}
    assert len(tags) == 2


@pytest.mark.parametrize("path", ["/api/v1/status", "/healthz"])
def test_what_is_of_the_moment_has_no_tag(device, path):
    assert device.get(path).header("etag") is None


def test_many_connections_at_once(device):
    connections = [device.connect() for _ in range(device.connections_max - 1)]
    try:
        for connection in connections:
            connection.send(request_bytes("/api/v1/sensors"))
        for connection in connections:
            assert connection.read().status == 200
    finally:
        for connection in connections:
            connection.close()


def test_date_is_there_when_the_clock_is_set(device):
    synced = device.status()["time_synced"]
    response = device.get("/healthz")
    assert (response.header("date") is not None) is synced


def test_queries_are_ignored_where_none_is_known(device):
    assert device.get("/healthz?a=b&c=%zz?/").status == 200
