"""Who may: the claim with the code on the console, tokens and their scopes, and what wrong ones cost."""

import json
import re

import pytest
from contract import PATHS, RESOURCES, STREAMS, check_problem, check_time
from support import owner
from support.device import Device, eventually
from support.sse import Stream

CLAIM = "/api/v1/claim"
TOKENS = "/api/v1/tokens"
SCOPES = ("read", "operate", "admin")
OPEN = [path for path, methods in RESOURCES.items() if methods.get("GET", "admin") is None]


def claim(device, code, **more):
    return device.call("POST", CLAIM, {"code": code, **more}, token=None)


def wrong(code):
    """Another code that looks like one."""
    return ("2" if code[0] != "2" else "3") + code[1:]


def code_of(device):
    return owner.setup_code(device.process.console)


def make(device, name, scope):
    """(id, secret) of a new token."""
    answer = device.call("POST", TOKENS, {"name": name, "scope": scope})
    assert answer.status == 201, answer
    made = answer.json()
    assert set(made) == {"id", "name", "scope", "created", "token"}
    assert (made["name"], made["scope"]) == (name, scope)
    check_time(made["created"])
    assert answer.header("location") == f"{TOKENS}/{made['id']}"
    assert owner.SECRET.fullmatch(made["token"])
    return made["id"], made["token"]


# ---- the claim ---------------------------------------------------------------------------------------------------

def everything_said(device, token=None):
    """Heads and bodies of all that can be read."""
    said = b""
    for path in RESOURCES:
        if path in STREAMS:
            with Stream(device.connect(), path) as stream:
                said += repr([stream.fields, *(stream.next() for _ in range(4))]).encode()
        for method in ("HEAD" if path in STREAMS else "GET", "OPTIONS", "POST"):
            answer = device.call(method, path, b"{}" if method == "POST" else None, token=token)
            said += repr(answer.fields).encode() + answer.body
    return said.lower()


def test_the_device_goes_to_whoever_knows_its_code_and_only_once(another):
    device = another()
    code = code_of(device)
    assert re.fullmatch("[0-9A-HJKMNP-TV-Z]{4}-[0-9A-HJKMNP-TV-Z]{4}", code)
    assert device.status()["owner"] == "unclaimed"
    said = everything_said(device)
    assert code.lower().encode() not in said and code.replace("-", "").lower().encode() not in said

    # Before the claim reading is open, changing is nobody's.
    for path in PATHS:
        assert device.get(path).status == 200, path
    for token in (None, "jbt_" + 32 * "0"):
        refused = device.call("PATCH", "/api/v1/config", {}, token=token, match="*")
        assert "claim" in check_problem(refused, 401)["detail"]
        assert refused.header("www-authenticate").startswith("Bearer ")

    # What does not look like a code is not counted, what does is.
    for text in ("", "1234", code + "0", "ÄÖÜ", 8 * "?"):
        check_problem(claim(device, text), 403)
    for body, pointers in (({}, {"/code"}), ({"code": 1}, {"/code"}), ({"code": code, "name": ""}, {"/name"}),
                           ({"code": code, "name": 33 * "n"}, {"/name"}),
                           ({"code": code, "scope": "admin"}, {"/scope"})):
        problem = check_problem(device.call("POST", CLAIM, body, token=None), 422)
        assert {error["pointer"] for error in problem["errors"]} == pointers
    whole = json.dumps({"code": wrong(code)}).encode()
    for body, media, status in ((whole[:-1], "application/json", 400), (whole + b"x", "application/json", 400),
                                (b"\xff", "application/json", 400), (b"", "application/json", 400),
                                (whole, "text/plain", 415), (whole + 512 * b" ", "application/json", 413)):
        answer = device.call("POST", CLAIM, body, token=None, headers=[("Content-Type", media)])
        check_problem(answer, status)
    for attempt in range(5):
        assert device.status()["owner"] == "unclaimed"
        problem = check_problem(claim(device, wrong(code)), 403)
        assert ("last" in problem["detail"]) is (attempt == 4)
    assert device.status()["owner"] == "locked"
    assert "restart" in check_problem(claim(device, code), 403)["detail"]
    assert "restart" in check_problem(device.call("PATCH", "/api/v1/config", {}), 401)["detail"]
    assert device.get("/api/v1/readings").status == 200

    # A restart gives another code and new tries.
    device.restart()
    assert code_of(device) != code
    check_problem(claim(device, code), 403)
    code = code_of(device)
    answer = claim(device, " " + code.lower().replace("-", " ") + " ", name='Ä "q" \\')
    assert answer.status == 201
    first = answer.json()
    assert set(first) == {"id", "name", "scope", "created", "token"}
    assert (first["name"], first["scope"]) == ('Ä "q" \\', "admin")
    assert device.status()["owner"] == "claimed"
    device.token = first.pop("token")
    assert device.call("GET", TOKENS).json() == {"tokens": [first]}

    # Once. And neither the code nor the token is ever shown again.
    check_problem(claim(device, code), 409)
    check_problem(claim(device, wrong(code)), 409)
    said = everything_said(device, device.token)
    assert code.lower().encode() not in said and device.token.encode() not in said
    assert device.token not in device.console
    device.restart()
    assert code_of(device) is None
    check_problem(claim(device, code), 409)
    assert device.call("GET", TOKENS).json() == {"tokens": [first]}


# ---- scopes ------------------------------------------------------------------------------------------------------

@pytest.fixture(scope="module")
def shared(board, image, https):
    """A device with an owner and one token of each scope, as device.tokens."""
    device = Device(board, image, https)
    try:
        device.start()
        device.claim()
        device.tokens = {scope: make(device, scope, scope)[1] for scope in SCOPES}
        yield device
    finally:
        device.destroy()


def refusal(needed, have, read_auth):
    """The status with which a request is refused; None: it goes on."""
    if needed is None or (needed == "read" and read_auth == "none"):
        return None
    if have is None:
        return 401
    return None if SCOPES.index(have) >= SCOPES.index(needed) else 403


def with_head(methods):
    return [*methods.items()] + ([("HEAD", methods["GET"])] if "GET" in methods else [])


@pytest.mark.parametrize("read_auth", ["none", "token"])
def test_each_scope_opens_what_it_should_and_nothing_else(shared, read_auth):
    assert shared.patch("/api/v1/config", {"read_auth": read_auth}).status == 200
    try:
        for path, methods in RESOURCES.items():
            for method, needed in with_head(methods):
                if method == "GET" and path in STREAMS:
                    continue  # HEAD tells
                for have in (None, *SCOPES):
                    # Asks for nothing that could be done: what goes on ends in another error, or reads.
                    body = b'{"nonsense":1}' if method in ("POST", "PUT", "PATCH") else None
                    answer = shared.call(method, path, body, token=shared.tokens.get(have))
                    expected = refusal(needed, have, read_auth)
                    case = f"{method} {path} with {have}, read_auth {read_auth}: {answer}"
                    if expected is None:
                        assert answer.status in (200, 404, 422, 428), case
                    else:
                        assert answer.status == expected, case
                        challenge = answer.header("www-authenticate")
                        assert challenge.startswith('Bearer realm="jembatan"'), case
                        assert (f'scope="{needed}"' in challenge) is (expected == 403), case
                        assert ('error="insufficient_scope"' in challenge) is (expected == 403), case
    finally:
        assert shared.patch("/api/v1/config", {"read_auth": None}).status == 200


def test_with_read_auth_strangers_see_only_what_the_device_is(shared):
    assert sorted(OPEN) == ["/.well-known/wot", "/api/v1", "/api/v1/device", "/healthz", "/openapi.json"]
    assert shared.patch("/api/v1/config", {"read_auth": "token"}).status == 200
    try:
        for path in PATHS:
            assert shared.get(path).status == (200 if path in OPEN else 401), path
        check_problem(shared.get("/api/v1/nothing"), 404)
    finally:
        assert shared.patch("/api/v1/config", {"read_auth": None}).status == 200


def test_reading_stays_closed_over_a_restart(another):
    device = another()
    device.claim()
    assert device.patch("/api/v1/config", {"read_auth": "token"}).status == 200
    device.written()
    device.restart()
    for path in PATHS:
        assert device.get(path).status == (200 if path in OPEN else 401), path
        eventually(lambda: device.call("GET", path).status == 200)  # noqa: B023 - a value takes a sample first
    assert device.call("GET", "/api/v1/config").json()["read_auth"] == "token"


@pytest.mark.parametrize("path", [TOKENS, "/api/v1/logs"])
def test_head_of_what_is_the_owners_is_get_without_content(shared, path):
    for token in (None, shared.tokens["read"], shared.token):
        head, got = (shared.call(method, path, token=token) for method in ("HEAD", "GET"))
        assert (head.status, head.body) == (got.status, b"")
        for name in ("content-type", "www-authenticate", "cache-control", "vary"):
            assert head.header(name) == got.header(name), name


@pytest.mark.parametrize("credentials, status", [
    ("Basic YTpi", 401), ("Digest username=a", 401), ("Bearer", 400), ("Bearer a b", 400), ("Bearer =", 400),
    ("Bearer \"a\"", 400),
])
def test_credentials_that_are_no_token(shared, credentials, status):
    answer = shared.call("GET", TOKENS, token=None, headers=[("Authorization", credentials)])
    check_problem(answer, status)
    challenge = answer.header("www-authenticate")
    assert challenge.startswith("Bearer ") and ('error="invalid_request"' in challenge) is (status == 400)


def test_the_scheme_is_told_in_any_case(shared):
    answer = shared.call("GET", TOKENS, token=None, headers=[("Authorization", f"bEARER   {shared.token}")])
    assert answer.status == 200


# ---- tokens ------------------------------------------------------------------------------------------------------

def test_a_token_is_shown_once_and_works_until_it_is_revoked(shared):
    made, secret = make(shared, "panel", "operate")
    listed = {known["id"]: known for known in shared.call("GET", TOKENS).json()["tokens"]}
    assert set(listed[made]) == {"id", "name", "scope", "created"}
    assert secret.encode() not in shared.call("GET", TOKENS).body
    assert shared.call("PUT", "/api/v1/actuators/led0", {"state": "on"}, token=secret).status == 200
    assert shared.call("PUT", "/api/v1/actuators/led0", {"state": "off"}, token=secret).status == 200
    gone = shared.call("DELETE", f"{TOKENS}/{made}")
    assert (gone.status, gone.body) == (204, b"")
    refused = shared.call("PUT", "/api/v1/actuators/led0", {"state": "on"}, token=secret)
    check_problem(refused, 401)
    assert 'error="invalid_token"' in refused.header("www-authenticate")
    assert not shared.light("led0")
    check_problem(shared.call("DELETE", f"{TOKENS}/{made}"), 404)
    assert made not in {known["id"] for known in shared.call("GET", TOKENS).json()["tokens"]}


def test_the_last_admin_stays(shared):
    admins = [known["id"] for known in shared.call("GET", TOKENS).json()["tokens"] if known["scope"] == "admin"]
    assert len(admins) == 2
    assert shared.call("DELETE", f"{TOKENS}/{admins[1]}").status == 204
    try:
        problem = check_problem(shared.call("DELETE", f"{TOKENS}/{admins[0]}"), 409)
        assert "admin" in problem["detail"]
    finally:
        shared.tokens["admin"] = make(shared, "admin", "admin")[1]


@pytest.mark.parametrize("body, pointers", [
    ({}, {"/name", "/scope"}),
    ({"name": "", "scope": "root"}, {"/name", "/scope"}),
    ({"name": 33 * "n", "scope": "read"}, {"/name"}),
    ({"name": 11 * "ä" + 11 * "n", "scope": "read"}, {"/name"}),
    ({"name": "two\nlines", "scope": "read"}, {"/name"}),
    ({"name": "x", "scope": ["read"], "token": "jbt_"}, {"/scope", "/token"}),
    (["x"], {"", "/name", "/scope"}),
])
def test_what_is_wrong_with_a_token_is_told(shared, body, pointers):
    before = shared.call("GET", TOKENS).json()
    problem = check_problem(shared.call("POST", TOKENS, body), 422)
    assert {error["pointer"] for error in problem["errors"]} == pointers
    assert shared.call("GET", TOKENS).json() == before


def test_as_many_tokens_as_there_is_room_for_last_whatever_their_names(another):
    device = another()
    device.claim()
    names = [32 * '"', 32 * "\\", 8 * "😀", 16 * "é", 10 * "漢" + '"\\', 16 * '"\\', 31 * "/" + "'", 16 * "߿"]
    assert all(len(name.encode()) == 32 for name in names)
    made = {}
    for index in range(15):
        scope = SCOPES[index % 3]
        token, secret = make(device, names[index % len(names)], scope)
        made[token] = (scope, secret)
    assert len(made) == 15
    before = device.call("GET", TOKENS).json()
    assert len(before["tokens"]) == 16
    check_problem(device.call("POST", TOKENS, {"name": "one more", "scope": "read"}), 409)
    device.restart()
    assert device.status()["owner"] == "claimed"
    assert device.call("GET", TOKENS).json() == before
    for scope, secret in made.values():
        assert device.call("GET", TOKENS, token=secret).status == (200 if scope == "admin" else 403)
    assert device.call("DELETE", f"{TOKENS}/{next(iter(made))}").status == 204
    make(device, "one more", "read")
    check_problem(device.call("POST", TOKENS, {"name": "one more", "scope": "read"}), 409)


def test_wrong_tokens_make_their_address_wait(another):
    """All requests of this test come from one address; that others are not hindered is for the LAN's suite."""
    device = another()
    device.claim()
    for attempt in range(5):
        assert device.call("GET", TOKENS).status == 200  # a right one between them does no harm, and no good
        answer = device.call("GET", TOKENS, token=f"jbt_{attempt:032}")
        check_problem(answer, 401)
        assert 'error="invalid_token"' in answer.header("www-authenticate")
    for token in ("jbt_" + 32 * "z", device.token):
        answer = device.call("GET", TOKENS, token=token)
        check_problem(answer, 429)
        assert 1 <= int(answer.header("retry-after")) <= 10
        assert answer.header("www-authenticate") is None
    # Who waits is not made to wait longer, neither by asking again nor by others who guess from the same address.
    longest = int(device.call("GET", TOKENS).header("retry-after"))
    for attempt in range(20):
        answer = device.call("GET", TOKENS, token=f"jbt_{attempt:032}")
        check_problem(answer, 429)
        assert int(answer.header("retry-after")) <= longest
    eventually(lambda: device.call("GET", TOKENS).status == 200, timeout=longest + 5)
    # Then it has one look, not five.
    check_problem(device.call("GET", TOKENS, token="jbt_" + 32 * "0"), 401)
    check_problem(device.call("GET", TOKENS), 429)
    # Where no token is needed none is looked at.
    assert device.call("GET", "/api/v1/readings").status == 200
    assert device.call("GET", "/api/v1/readings", token="jbt_stale").status == 200
    # It does not outlast a restart, so that an owner beside the device is never kept out.
    device.restart()
    assert device.call("GET", TOKENS).status == 200
