"""HTTP/1.1 answers: a parser without I/O and a client over one socket.

Much stricter than http.client, which forgives what a server under test must not do: framing that does not add up,
bytes behind an answer, a head that is not made of CRLF lines.
"""

import json
import re
import socket
import time


class BadAnswer(AssertionError):
    """The device sent something that is not HTTP/1.1."""


class Closed(Exception):
    """The connection ended where an answer was expected. `received` holds what had come."""

    def __init__(self, received, reset=False):
        super().__init__(f"connection {'reset' if reset else 'closed'} after {received!r}")
        self.received = received
        self.reset = reset


class Response:
    def __init__(self, status, reason, fields, body, chunked):
        self.status = status
        self.reason = reason
        self.fields = fields  # [(name in lower case, value)]
        self.body = body
        self.chunked = chunked

    def header(self, name):
        values = [value for key, value in self.fields if key == name.lower()]
        assert len(values) <= 1, f"{name} stands {len(values)} times"
        return values[0] if values else None

    @property
    def media(self):
        return self.header("content-type")

    @property
    def closes(self):
        return self.header("connection") == "close"

    def json(self):
        def no_constant(text):
            raise BadAnswer(f"{text} is not JSON")

        def no_duplicates(pairs):
            members = dict(pairs)
            assert len(members) == len(pairs), f"a member stands twice: {pairs}"
            return members

        return json.loads(self.body.decode("utf-8"), parse_constant=no_constant, object_pairs_hook=no_duplicates)

    def __repr__(self):
        return f"<{self.status} {self.fields} {self.body!r}>"


STATUS_LINE = re.compile(rb"HTTP/1\.1 ([1-5]\d\d) ([\x21-\x7e ]*)")
FIELD_LINE = re.compile(rb"([!#$%&'*+\-.^_`|~0-9A-Za-z]+): ([\x21-\x7e](?:[\x20-\x7e]*[\x21-\x7e])?)")


def _head(buffer):
    end = buffer.find(b"\r\n\r\n")
    if end < 0:
        if len(buffer) > 8192:
            raise BadAnswer(f"no end of the head in {len(buffer)} bytes")
        return None
    lines = bytes(buffer[:end]).split(b"\r\n")
    status = STATUS_LINE.fullmatch(lines[0])
    if not status:
        raise BadAnswer(f"status line {lines[0]!r}")
    fields = []
    for line in lines[1:]:
        field = FIELD_LINE.fullmatch(line)
        if not field:
            raise BadAnswer(f"header line {line!r}")
        fields.append((field[1].decode().lower(), field[2].decode()))
    return int(status[1]), status[2].decode(), fields, end + 4


def _chunks(buffer, at):
    body = bytearray()
    while True:
        end = buffer.find(b"\r\n", at)
        if end < 0:
            return None
        if not re.fullmatch(rb"[0-9a-fA-F]{1,8}", buffer[at:end]):
            raise BadAnswer(f"chunk size {bytes(buffer[at:end])!r}")
        size = int(buffer[at:end], 16)
        at = end + 2
        if len(buffer) < at + size + 2:
            return None
        if buffer[at + size : at + size + 2] != b"\r\n":
            raise BadAnswer("a chunk does not end in CRLF")
        body += buffer[at : at + size]
        at += size + 2
        if size == 0:
            return bytes(body), at


def parse(buffer, method="GET", ended=False):
    """Takes one answer from the front of buffer.
    ended     the peer has closed: an answer that is framed by that is complete
    returns   (Response, bytes used), or None while the answer is incomplete"""
    head = _head(buffer)
    if head is None:
        return None
    status, reason, fields, at = head
    values = dict(fields)
    if len(values) != len(fields):
        raise BadAnswer(f"a header stands twice: {fields}")
    chunked = "transfer-encoding" in values
    if chunked and "content-length" in values:
        raise BadAnswer("both Content-Length and Transfer-Encoding")
    if chunked and values["transfer-encoding"] != "chunked":
        raise BadAnswer(f"Transfer-Encoding: {values['transfer-encoding']}")
    if status < 200 or status in (204, 304) or method == "HEAD":
        return Response(status, reason, fields, b"", chunked), at
    if chunked:
        found = _chunks(buffer, at)
        if found is None:
            return None
        body, at = found
    elif "content-length" in values:
        end = at + int(values["content-length"])
        if len(buffer) < end:
            return None
        body, at = bytes(buffer[at:end]), end
    else:
        if values.get("connection") != "close":
            raise BadAnswer("an answer without framing on a connection that stays open")
        if not ended:
            return None
        body, at = bytes(buffer[at:]), len(buffer)
    return Response(status, reason, fields, body, chunked), at


def request_bytes(path, headers=(), method="GET", body=None, host="localhost", version="HTTP/1.1"):
    headers = list(headers.items()) if isinstance(headers, dict) else list(headers)
    names = {name.lower() for name, _ in headers}
    lines = [f"{method} {path} {version}"]
    if host is not None and "host" not in names:
        lines.append(f"Host: {host}")
    lines += [f"{name}: {value}" for name, value in headers]
    if body is not None and not names & {"content-length", "transfer-encoding"}:
        lines.append(f"Content-Length: {len(body)}")
    return "\r\n".join(lines).encode("latin-1") + b"\r\n\r\n" + (body or b"")


REQUEST_LINE = re.compile(rb"([!-~]+) ([!-~]+) HTTP/1\.[01]\r\n")
LAST_CHUNK = re.compile(rb"(?:\A|\r\n)0+(?:;[^\r\n]*)?\r\n(?:[^\r\n]+\r\n)*\r\n")


class Request:
    """What a server makes of bytes that were sent, as far as they are in order."""

    def __init__(self, method=None, target=None, fields=(), body=None):
        self.method = method  # None: it is malformed
        self.target = target
        self.fields = fields  # [(name in lower case, value)]
        self.body = body      # None: it was chunked, or has not been sent


def take_request(buffer):
    """Takes one request from the front of buffer.
    returns   Request, and whether it is complete"""
    line = REQUEST_LINE.match(buffer)
    end = buffer.find(b"\r\n\r\n")
    if not line or end < 0:
        buffer.clear()
        return Request(), False
    lines = buffer[line.end() : end + 2].decode("latin-1").split("\r\n")[:-1]
    fields = [(name.lower(), value.strip()) for name, _, value in (line.partition(":") for line in lines)]
    values = dict(fields)
    request = Request(line[1].decode(), line[2].decode(), fields)
    del buffer[: end + 4]
    if "transfer-encoding" in values:
        last = LAST_CHUNK.search(buffer)
        del buffer[: last.end() if last else len(buffer)]
        return request, bool(last)
    length = values.get("content-length", "0")
    if not re.fullmatch(r"[0-9]{1,9}", length) or len(buffer) < int(length):
        buffer.clear()
        return request, False
    request.body = bytes(buffer[: int(length)])
    del buffer[: int(length)]
    return request, True


def connect(address, timeout, receive_bytes=None):
    """A socket of TCP."""
    new = socket.socket()
    try:
        new.settimeout(timeout)
        new.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        if receive_bytes:
            new.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_bytes)
        new.connect(address)
        return new
    except BaseException:
        new.close()
        raise


class Client:
    """One connection. Reads never wait longer than `timeout` seconds altogether.
    judge     of all answers to all clients that have no other: an openapi.Document, or None"""

    judge = None

    def __init__(self, host, port, timeout=10.0, tls=None, receive_bytes=None):
        """tls       tls.Trust, for HTTPS
        receive_bytes   how much the system may take before we do"""
        self.timeout = timeout
        self.buffer = bytearray()
        self.ended = False
        self._sent = bytearray()  # not answered yet
        self.socket = (tls.connect if tls else connect)((host, port), timeout, receive_bytes)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def close(self):
        self.socket.close()

    def send(self, data):
        self.socket.sendall(data)
        self._sent += data

    def _fill(self, deadline):
        """Waits for more bytes. False at the end of the connection."""
        left = deadline - time.monotonic()
        if left <= 0:
            raise TimeoutError(f"no complete answer in {self.timeout} s; so far {bytes(self.buffer)!r}")
        self.socket.settimeout(left)
        try:
            data = self.socket.recv(65536)
        except ConnectionResetError:
            raise Closed(bytes(self.buffer), reset=True) from None
        except socket.timeout:
            raise TimeoutError(f"no answer in {self.timeout} s; so far {bytes(self.buffer)!r}") from None
        self.ended = not data
        self.buffer += data
        return bool(data)

    def read(self, method="GET"):
        """The next final answer."""
        deadline = time.monotonic() + self.timeout
        while True:
            found = parse(self.buffer, method, self.ended)
            if found:
                response, used = found
                del self.buffer[:used]
                self.judged(response)
                return response
            if self.ended:
                raise Closed(bytes(self.buffer))
            self._fill(deadline)

    def judged(self, response, head=False):
        """Has an answer judged, to the first request that has none yet. After broken framing nobody can tell which that is.
        head      only its head has come"""
        if not self._sent or response.status < 200:
            return
        request, _ = take_request(self._sent)
        if not self.judge:
            return
        try:
            self.judge.check(request.method, request.target, response, head, (request.fields, request.body))
        except AssertionError:  # it must not be in the way of the tests that follow
            self.close()
            raise

    def read_head(self):
        """The head of an answer, with its last line's end; what comes behind it is left."""
        deadline = time.monotonic() + self.timeout
        while (end := self.buffer.find(b"\r\n\r\n")) < 0:
            if not self._fill(deadline):
                raise Closed(bytes(self.buffer))
        return bytes(self.buffer[: end + 2])

    def read_all(self):
        """Every byte up to the end of the connection."""
        deadline = time.monotonic() + self.timeout
        while not self.ended and self._fill(deadline):
            pass
        data = bytes(self.buffer)
        self.buffer.clear()
        return data

    def read_end(self):
        """Waits for the end of the connection; fails when anything else comes."""
        rest = self.read_all()
        assert not rest, f"bytes behind the last answer: {rest!r}"

    def request(self, path, headers=(), method="GET", body=None, **kwargs):
        self.send(request_bytes(path, headers, method, body, **kwargs))
        return self.read(method)
