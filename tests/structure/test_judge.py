"""The judge of all answers (tests/support/openapi.py) finds what is wrong, by a document of its own."""
import copy
import json
import socket
import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from support.http1 import Client, Response, request_bytes  # noqa: E402
from support.openapi import FORMATS, Document, Mismatch  # noqa: E402
from support.sse import Stream  # noqa: E402

CONTENT = {
    "openapi": "3.1.0",
    "x-jembatan-common-responses": {
        "400": {"$ref": "#/components/responses/Problem"}, "404": {"$ref": "#/components/responses/Problem"},
        "405": {"$ref": "#/components/responses/NoMethod"}, "500": {"$ref": "#/components/responses/Problem"}},
    "components": {
        "headers": {"ETag": {"required": True, "schema": {"type": "string", "pattern": '^"[0-9a-f]{4}"$'}},
                    "Wait": {"schema": {"type": "integer", "minimum": 1}}},
        "responses": {
            "Problem": {"content": {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}}},
            "NoMethod": {"headers": {"Allow": {"required": True, "schema": {"type": "string"}}},
                         "content": {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}}}},
        "schemas": {
            "Problem": {"type": "object", "required": ["status"], "properties": {"status": {"type": "integer"}}},
            "Value": {"type": ["number", "null"]},
            "Thing": {"type": "object", "required": ["id", "value"], "additionalProperties": False,
                      "properties": {"id": {"type": "string"}, "value": {"$ref": "#/components/schemas/Value"},
                                     "time": {"type": "string", "format": "date-time"}}}}},
    "paths": {
        "/things/{id}": {
            "parameters": [{"name": "id", "in": "path", "required": True, "schema": {"pattern": "^[a-z]+$"}}],
            "get": {
                "operationId": "getThing", "x-jembatan-scope": "none",
                "parameters": [{"name": "page", "in": "query", "schema": {"type": "integer", "maximum": 9}}],
                "responses": {
                    "200": {"headers": {"ETag": {"$ref": "#/components/headers/ETag"}},
                            "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Thing"}},
                                        "text/csv": {"schema": {"type": "string"}}}},
                    "304": {"headers": {"ETag": {"$ref": "#/components/headers/ETag"}}},
                    "503": {"headers": {"Retry-After": {"$ref": "#/components/headers/Wait"}},
                            "content": {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}}},
                    "default": {"$ref": "#/components/responses/Problem"}}},
            "put": {
                "operationId": "putThing", "x-jembatan-scope": "none",
                "parameters": [{"name": "If-Match", "in": "header", "required": True, "schema": {"type": "string"}}],
                "requestBody": {"required": True, "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Thing"}}}},
                "responses": {"204": {"description": "Done"}}}},
        "/things/all": {"get": {"operationId": "listThings", "x-jembatan-scope": "none", "responses": {
            "200": {"content": {"text/event-stream": {"schema": {"type": "string"}}}},
            "404": {"$ref": "#/components/responses/Problem"}}}}}}
GOOD = {"id": "a", "value": 1.5}
TAG = {"content-type": "application/json", "etag": '"12ab"'}
PROBLEM = {"content-type": "application/problem+json"}
PUT = {"content-type": "application/json", "if-match": "x"}


def answer(status=200, fields=TAG, body=GOOD):
    data = body if isinstance(body, bytes) else json.dumps(body).encode()
    return Response(status, "", list(fields.items()), data, False)


def problem(status, **more):
    return answer(status, {**PROBLEM, **more}, {"status": status})


def taken(method, target, fields=PUT, body=b'{"id":"a","value":null}'):
    Document(CONTENT).check(method, target, answer(204, {}, b"") if method == "PUT" else answer(), sent=([*fields.items()], body))


@pytest.mark.parametrize("method, target, good", [
    ("GET", "/things/a", answer()),
    ("GET", "/things/a?page=2", answer()),
    ("GET", "http://localhost/things/%61", answer()),
    ("HEAD", "/things/a", answer(body=b"")),
    ("GET", "/things/a", answer(fields={**TAG, "content-type": "text/csv"}, body=b"not,json")),
    ("GET", "/things/a", answer(304, {"etag": '"12ab"'}, b"")),
    ("GET", "/things/a", problem(503)),
    ("GET", "/things/a", problem(503, **{"retry-after": "3"})),
    ("GET", "/things/a", problem(400)),
    ("GET", "/nothing", problem(404)),
    ("GET", "/things/a/b", problem(404)),
    ("GET", "/things/all", problem(404)),
    ("PATCH", "/things/a", problem(405, allow="GET")),
    ("BREW", "/things/a", problem(400)),
    (None, None, problem(400)),
    ("OPTIONS", "/things/a", answer(204, {"allow": "GET"}, b"")),
    ("OPTIONS", "/nothing", problem(404)),
])
def test_what_is_described_passes(method, target, good):
    Document(CONTENT).check(method, target, good)


@pytest.mark.parametrize("method, target, bad, words", [
    ("GET", "/things/a", answer(201), "GET /things/a: 201 is not in the document"),
    ("GET", "/things/a", answer(418), "418"),
    ("GET", "/things/a", answer(body={"id": "a"}), "'value' is a required property"),
    ("GET", "/things/a", answer(body={**GOOD, "more": 1}), "'more' was unexpected"),
    ("GET", "/things/a", answer(body={**GOOD, "value": "1.5"}), "$.value"),
    ("GET", "/things/a", answer(body={**GOOD, "time": "2026-11-23 08:00"}), "$.time"),
    ("GET", "/things/a", answer(body=[GOOD]), "getThing"),
    ("GET", "/things/a", answer(fields={"content-type": "application/json"}), "has no ETag"),
    ("HEAD", "/things/a", answer(fields={"content-type": "application/json"}), "has no ETag"),
    ("GET", "/things/a", answer(fields={**TAG, "etag": "12ab"}), "ETag"),
    ("GET", "/things/a", answer(fields={**TAG, "location": "/"}), "location: / which is not described"),
    ("GET", "/things/a", answer(fields={**TAG, "content-type": "text/html"}), "text/html"),
    ("GET", "/things/a", answer(fields={"etag": '"12ab"'}), "None"),
    ("GET", "/things/a", answer(304, {"etag": '"12ab"'}, b"x"), "has content"),
    ("GET", "/things/a", answer(304, TAG, b""), "has content"),
    ("GET", "/things/a", problem(503, **{"retry-after": "soon"}), "Retry-After"),
    ("GET", "/things/a", problem(503, **{"retry-after": "0"}), "Retry-After"),
    ("GET", "/things/a", problem(404), "not listed"),
    ("GET", "/things/a", problem(405, allow="GET"), "does not have"),
    ("GET", "/nothing", problem(405, allow="GET"), "does not have"),
    ("PATCH", "/things/a", problem(405), "has no Allow"),
    ("GET", "/things/a", problem(500), "never"),
    ("GET", "/nothing", problem(500), "never"),
    ("GET", "/nothing", answer(404, PROBLEM, {}), "'status' is a required property"),
    ("GET", "/nothing", answer(), "not in the document"),
    ("GET", "/things/a/b", answer(), "not in the document"),
    ("GET", "/things/all", answer(fields={"content-type": "application/json"}), "application/json"),
    ("PATCH", "/things/a", answer(), "not in the document"),
    ("PARAMETERS", "/things/a", answer(), "not in the document"),
    ("OPTIONS", "/things/a", answer(204, {}, b""), "has no Allow"),
    ("OPTIONS", "/things/a", answer(204, {"allow": "GET"}, b"x"), "has content"),
    ("OPTIONS", "/things/a", answer(), "not in the document"),
    (None, None, answer(), "not in the document"),
])
def test_what_is_not_described_is_found(method, target, bad, words):
    document = Document(CONTENT)
    with pytest.raises(Mismatch) as found:
        document.check(method, target, bad)
    assert words in str(found.value)
    assert not document.seen


@pytest.mark.parametrize("request_", [
    ("PUT", "/things/a"), ("PUT", "/things/a", PUT, None), ("GET", "/things/a?page=9&x=y", {}, b""),
    ("PUT", "/things/a", {**PUT, "content-type": "Application/JSON; charset=utf-8"}),
])
def test_a_request_that_is_described_may_be_taken(request_):
    taken(*request_)


@pytest.mark.parametrize("words, request_", [
    ("without a body", ("PUT", "/things/a", PUT, b"")),
    ("'value' is a required property", ("PUT", "/things/a", PUT, b'{"id":"a"}')),
    ("without If-Match", ("PUT", "/things/a", {"content-type": "application/json"})),
    ("taken as text/plain", ("PUT", "/things/a", {**PUT, "content-type": "text/plain"})),
    ("page=10", ("GET", "/things/a?page=10", {}, b"")),
    ("page=x", ("GET", "/things/a?page=x", {}, b"")),
    ("id=A", ("GET", "/things/A", {}, b"")),
])
def test_a_request_that_is_not_described_must_not_be_taken(words, request_):
    with pytest.raises(Mismatch, match=words):
        taken(*request_)


def test_a_body_that_may_be_left_out_may_be_left_out():
    content = copy.deepcopy(CONTENT)
    del content["paths"]["/things/{id}"]["put"]["requestBody"]["required"]
    Document(content).check("PUT", "/things/a", answer(204, {}, b""), sent=([*PUT.items()], b""))


def test_what_is_refused_need_not_be_described():
    Document(CONTENT).check("GET", "/things/a?page=x", problem(400), sent=((), b""))


def test_it_knows_what_has_been_seen():
    document = Document(CONTENT)
    document.check("HEAD", "/things/a", answer(body=b""))
    assert not document.seen
    document.check("GET", "/things/a", answer())
    assert document.seen == {("getThing", 200, "application/json")}
    assert document.answers() - document.seen == {
        ("getThing", 200, "text/csv"), ("getThing", 304, None), ("getThing", 503, "application/problem+json"),
        ("putThing", 204, None), ("listThings", 200, "text/event-stream"), ("listThings", 404, "application/problem+json")}


def test_a_reference_in_a_circle_is_found():
    content = copy.deepcopy(CONTENT)
    content["components"]["schemas"]["Value"] = {"items": {"$ref": "#/components/schemas/Value"}}
    with pytest.raises(Mismatch, match="leads to itself"):
        Document(content).check("GET", "/things/a", answer())


def test_what_stands_beside_a_reference_counts():
    schema = {"$ref": "#/components/schemas/Value", "minimum": 2}
    validator = Document(CONTENT).validator(schema)
    assert [validator.is_valid(value) for value in (1, 2, None, "2")] == [False, True, True, False]


def test_references_in_a_choice_count():
    validator = Document(CONTENT).validator({"oneOf": [{"$ref": "#/components/schemas/Value"}, {"const": "x"}]})
    assert [validator.is_valid(value) for value in (1, "x", "y")] == [True, True, False]


@pytest.mark.parametrize("name, good, bad", [
    ("date-time", "2026-11-23T08:00:00.5Z", "2026-11-23T24:00:00Z"), ("ipv4", "192.0.2.7", "192.0.2.256"),
    ("ipv6", "fe80::1", "fe80::1::2"), ("uri-reference", "/a?b=%2F", "/a b"), ("uri-reference", "", "/%2"),
])
def test_a_format_is_checked(name, good, bad):
    assert FORMATS.conforms(good, name) and FORMATS.conforms(7, name)
    assert not FORMATS.conforms(bad, name)


# ---- All that a client receives comes before it ------------------------------------------------------------------

THING = b'HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nETag: "12ab"\r\nContent-Length: %d\r\n\r\n%s'
PUT_HEAD = b"PUT /things/a HTTP/1.1\r\nHost: h\r\nIf-Match: x\r\nContent-Type: application/json\r\n"


def good_thing():
    body = json.dumps(GOOD).encode()
    return THING % (len(body), body)


def bad_thing():
    return THING % (2, b"{}")


@pytest.fixture(name="line")
def fixture_line(monkeypatch):
    """A client with a judge, and the socket at its other end."""
    monkeypatch.setattr(Client, "judge", Document(CONTENT))
    with socket.create_server(("127.0.0.1", 0)) as server:
        with Client(*server.getsockname()) as client:
            peer, _ = server.accept()
            with peer:
                yield client, peer


def test_an_answer_to_a_request_is_judged(line):
    client, peer = line
    peer.sendall(good_thing() + bad_thing())
    client.request("/things/a")
    with pytest.raises(Mismatch):
        client.request("/things/a")


def test_answers_to_a_pipeline_are_judged_in_their_order(line):
    client, peer = line
    client.send(request_bytes("/nothing") + request_bytes("/things/a", body=b"GET / HTTP/1.1\r\n\r\n")
                + request_bytes("/things/a", {"Transfer-Encoding": "chunked"}) + b"3;x=y\r\nabc\r\n0\r\nT: u\r\n\r\n"
                + request_bytes("/things/a", method="HEAD") + request_bytes("/nothing") + request_bytes("/things/a"))
    gone = b'HTTP/1.1 404 Not Found\r\nContent-Type: application/problem+json\r\nContent-Length: 14\r\n\r\n{"status":404}'
    peer.sendall(gone + 2 * good_thing() + good_thing().partition(b"\r\n\r\n")[0] + b"\r\n\r\n" + gone + gone)
    for method in ("GET", "GET", "GET", "HEAD", "GET"):
        client.read(method)
    with pytest.raises(Mismatch, match="not listed"):
        client.read()


@pytest.mark.parametrize("sent", [b"GARBAGE\r\n\r\n", b"GET /things/a HTTP/2.0\r\n\r\n", b"GET /things/a HTTP/1.1\r\nHost"])
def test_what_cannot_be_told_must_be_refused(line, sent):
    client, peer = line
    client.send(sent)
    peer.sendall(good_thing())
    with pytest.raises(Mismatch, match="not in the document"):
        client.read()


def test_a_body_that_comes_after_100_continue_belongs_to_its_head(line):
    client, peer = line
    client.send(PUT_HEAD + b"Content-Length: 2\r\nExpect: 100-continue\r\n\r\n")
    peer.sendall(b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 204 No Content\r\n\r\n")
    assert client.read().status == 100
    client.send(b"{}")
    with pytest.raises(Mismatch, match="taken with b'{}'"):
        client.read()


@pytest.mark.parametrize("length", [b"99", b"-1", b"9" * 30])
def test_a_request_whose_body_never_came_is_known_by_its_head(line, length):
    client, peer = line
    client.send(PUT_HEAD + b"Content-Length: " + length + b"\r\n\r\n{")
    peer.sendall(b"HTTP/1.1 204 No Content\r\n\r\n")
    client.read()
    client.send(PUT_HEAD + b"Content-Length: " + length + b"\r\n\r\n{")
    peer.sendall(b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n")
    with pytest.raises(Mismatch, match="not listed"):
        client.read()


@pytest.mark.parametrize("media, good", [("text/event-stream", True), ("text/plain", False)])
def test_a_stream_is_judged_by_its_head(line, media, good):
    client, peer = line
    peer.sendall(f"HTTP/1.1 200 OK\r\nContent-Type: {media}\r\nTransfer-Encoding: chunked\r\n\r\n".encode())
    if good:
        assert Stream(client, "/things/all").status == 200
        assert Client.judge.seen == {("listThings", 200, "text/event-stream")}
    else:
        with pytest.raises(Mismatch, match="text/plain"):
            Stream(client, "/things/all")


def test_without_a_judge_nothing_is_judged(line, monkeypatch):
    client, peer = line
    monkeypatch.setattr(Client, "judge", None)
    peer.sendall(bad_thing())
    assert client.request("/things/a").json() == {}
