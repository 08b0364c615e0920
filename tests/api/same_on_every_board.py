"""Answers are the same, byte for byte where time allows, on every board. Not collected with the suite: it needs
the images of all boards, so it is run by its name:

    /usr/bin/python3 -m pytest tests/api/same_on_every_board.py --image-dir build
"""

import json
import re
import socket

import pytest
from contract import PATHS
from support.board import ROOT, Board
from support.device import Device, eventually
from support.http1 import request_bytes

VALUES = {"temp0": 21.5, "emc0_internal": 24, "emc0_remote1": 25, "emc0_remote2": 26, "emc0_remote3": 27,
          "mag0_x": 0.00002, "mag0_y": 0.000005, "mag0_z": 0.000045, "mag0_temperature": 22}

# What is of one device, one moment or one board by its nature. Everything else must be equal to the byte.
OF_ITS_OWN = [
    (rb'"time":(null|"[^"]*")', b'"time":T'),
    (rb'"t":-?[0-9.]+', b'"t":T'),
    (rb'"uptime_ms":\d+', b'"uptime_ms":N'),
    # SenML whose times count from now differs each time: it has no tag until the clock is set.
    (rb'(application/senml\+json\r\n)ETag: "[0-9a-f]{16}"\r\nCache-Control: no-cache\r\n', rb"\1"),
    (rb'ETag: "[0-9a-f]{16}"', b'ETag: "X"'),
    (rb"Date: [^\r]*\r\n", b""),
    (rb'"chip":"(port|fpgaio)"', b'"chip":"P"'),  # LEDs that hang on no chip but the processor
    (rb'"(board|model|mcu)":"[^"]*"', rb'"\1":"B"'),
    (rb'"(id|hostname|mac)":"((?:[0-9a-f]{12})|(?:jembatan-[0-9a-f]{6})|(?:[0-9a-f:]{17}))"', rb'"\1":"M"'),
    (rb'"(pin|spki_sha256)":"(sha256//)?[A-Za-z0-9+/]{43}="', rb'"\1":"\2K"'),
    (rb'"not_before":"[^"]*"', b'"not_before":T'),
    (rb"(-----BEGIN CERTIFICATE-----\\n)[A-Za-z0-9+/=\\]+(-----END)", rb"\1C\2"),
    (rb'urn:dev:mac:[0-9a-f]{16}(_?)"', rb'urn:dev:mac:M\1"'),
]

JSON = {"Content-Type": "application/json"}
REQUESTS = {
    **{f"GET {path}": request_bytes(path) for path in PATHS
       if path not in ("/api/v1/status", "/metrics") and "history" not in path},
    **{f"HEAD {path}": request_bytes(path, method="HEAD") for path in PATHS if "history" not in path},
    "history": request_bytes("/api/v1/sensors/temp0/history?until=-315576000"),
    **{f"OPTIONS {path}": request_bytes(path, method="OPTIONS") for path in PATHS},
    "senml": request_bytes("/api/v1/readings", {"Accept": "application/senml+json"}),
    "404": request_bytes("/nope"),
    "404 sensor": request_bytes("/api/v1/sensors/nope"),
    "405": request_bytes("/healthz", method="POST", body=b"{}"),
    "406": request_bytes("/healthz", {"Accept": "text/html"}),
    "421": request_bytes("/healthz", host="example.com"),
    "401": request_bytes("/api/v1/actuators/led0", JSON, method="PUT", body=b'{"state":"on"}'),
    "401 with a token": request_bytes("/api/v1/tokens", {"Authorization": "Bearer jbt_" + 32 * "0"}),
    "400 for credentials": request_bytes("/api/v1/tokens", {"Authorization": "Bearer"}),
    "415": request_bytes("/api/v1/claim", method="POST", body=b"{}"),
    "422": request_bytes("/api/v1/claim", JSON, method="POST", body=b'{"code":1,"colour":"red"}'),
    "400 for JSON": request_bytes("/api/v1/claim", JSON, method="POST", body=b'{"code":01}'),
    "preflight": request_bytes("/api/v1/config", {"Origin": "https://a.example",
                                                  "Access-Control-Request-Method": "PATCH"}, method="OPTIONS"),
    "501": request_bytes("/healthz", method="BREW"),
    "505": b"GET / HTTP/2.0\r\n\r\n",
    "400": b"GET /%zz HTTP/1.1\r\nHost: a\r\n\r\n",
    "414": b"GET /" + 600 * b"a" + b" HTTP/1.1\r\nHost: a\r\n\r\n",
    "431": b"GET / HTTP/1.1\r\nHost: a\r\nX: " + 9000 * b"a" + b"\r\n\r\n",
    "413": request_bytes("/healthz", {"Content-Length": "99999"}, method="POST"),
    "1.0": request_bytes("/api/v1/device", version="HTTP/1.0"),
}


def boards():
    """Those that have just these sensors."""
    found = (Board(path.parent.name) for path in sorted((ROOT / "boards").glob("*/board.cmake")))
    return [board for board in found if board.is_simulator or set(board.sensors) == set(VALUES)]


@pytest.fixture(scope="module")
def devices(image_of):
    started = []
    try:
        for board in boards():
            started.append(Device(board, image_of(board), values=dict(VALUES)).start())
        assert len(started) >= 4
        for device in started:
            eventually(lambda: device.status()["sensors"]["ok"] == len(VALUES))  # noqa: B023
        yield started
    finally:
        for device in started:
            device.destroy()


def whole_answer(device, data):
    """Every byte until the device closes, so that nothing hides between answers."""
    with device.connect() as connection:
        connection.send(data)
        connection.socket.shutdown(socket.SHUT_WR)
        return connection.read_all()


def neutral(answer):
    for pattern, replacement in OF_ITS_OWN:
        answer = re.sub(pattern, replacement, answer)
    # Times of other lengths make an answer longer, up to where it has to be chunked.
    return re.sub(rb"(Content-Length: \d+|Transfer-Encoding: chunked)\r\n", b"", _joined(answer))


def _joined(answer):
    head, _, body = answer.partition(b"\r\n\r\n")
    if b"Transfer-Encoding: chunked" not in head:
        return answer
    return head + b"\r\n\r\n" + re.sub(rb"(^|\r\n)[0-9a-f]{1,8}\r\n", b"", body).removesuffix(b"\r\n")


@pytest.mark.parametrize("name", REQUESTS)
def test_the_same_answer(devices, name):
    answers = [neutral(whole_answer(device, REQUESTS[name])) for device in devices]
    for answer in answers:
        assert answer.startswith(b"HTTP/1.1 ")
        assert answer == answers[0]


def shape(value):
    """Members in their order, and what kind of value each has; of a pool its name."""
    if isinstance(value, list) and value and isinstance(value[0], tuple):
        pool = dict(value)
        return pool["name"] if "peak" in pool else [(name, shape(member)) for name, member in value]
    if isinstance(value, list):
        return [] if all(isinstance(item, str) for item in value) else [shape(item) for item in value]
    return "null or text" if value is None or isinstance(value, str) else type(value).__name__


def test_the_same_status_document(devices):
    documents = []
    for device in devices:
        body = device.get("/api/v1/status").body
        members = [(name, member) for name, member in json.loads(body, object_pairs_hook=list) if name != "stack"]
        documents.append([(name, shape(member)) for name, member in members])
    assert len(dict(documents[0])["pools"]) > 5
    for document in documents:
        assert document == documents[0]


def test_the_normalisation_hides_only_what_it_says():
    one = b'HTTP/1.1 200 OK\r\nETag: "0123456789abcdef"\r\n\r\n{"id":"temp0","value":21.5,"uptime_ms":7,"time":null}'
    assert neutral(one) == b'HTTP/1.1 200 OK\r\nETag: "X"\r\n\r\n{"id":"temp0","value":21.5,"uptime_ms":N,"time":T}'
    assert neutral(one) != neutral(one.replace(b"21.5", b"21.6"))
    assert neutral(one) != neutral(one.replace(b"temp0", b"temp1"))
