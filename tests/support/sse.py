"""A reader of server-sent events over one socket, as strict as its neighbour http1: what does not follow the grammar of
HTML's section 9.2.5 fails the test, although browsers forgive it."""

import json
import re
import time

from support.http1 import BadAnswer, Closed, Response, request_bytes

HEAD_END = b"\r\n\r\n"


class Event:
    def __init__(self, name, ident, data):
        self.name = name  # None: unnamed
        self.id = ident
        self.data = data

    def json(self):
        return json.loads(self.data)

    def __repr__(self):
        return f"<{self.name} {self.id} {self.data}>"


class Stream:
    """An open stream. Takes over the client's connection."""

    def __init__(self, client, path, headers=()):
        self._client = client
        self._raw = bytearray()  # of the body, framing removed
        self.comments = 0
        self.ended = False       # the last chunk came
        headers = [("Accept", "text/event-stream"), *headers]
        client.send(request_bytes(path, headers))
        deadline = time.monotonic() + client.timeout
        while HEAD_END not in client.buffer:
            self._fill(deadline)
        head, _, rest = bytes(client.buffer).partition(HEAD_END)
        lines = head.decode("ascii").split("\r\n")
        self.status = int(lines[0].split(" ")[1])
        self.fields = {name.lower(): value for name, value in (line.split(": ", 1) for line in lines[1:])}
        if self.status == 200:
            assert self.fields["transfer-encoding"] == "chunked", head
            client.buffer[:] = rest
            self.response = None
            client.judged(Response(200, "OK", list(self.fields.items()), b"", True), head=True)
        else:
            self.response = client.read()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def close(self):
        self._client.close()

    def _fill(self, deadline):
        client = self._client
        if not client._fill(deadline):  # pylint: disable=protected-access
            raise Closed(bytes(client.buffer))

    def _take_chunk(self):
        """Moves one chunk from the connection to the body. False: none is complete."""
        buffer = self._client.buffer
        line = buffer.find(b"\r\n")
        if line < 0:
            return False
        if not re.fullmatch(rb"[0-9a-f]{1,4}", buffer[:line]):
            raise BadAnswer(f"chunk size {bytes(buffer[:line])!r}")
        size = int(buffer[:line], 16)
        if len(buffer) < line + 2 + size + 2:
            return False
        if buffer[line + 2 + size : line + 4 + size] != b"\r\n":
            raise BadAnswer("a chunk does not end in CRLF")
        self._raw += buffer[line + 2 : line + 2 + size]
        del buffer[: line + 4 + size]
        self.ended = size == 0
        return True

    def next(self, timeout=10.0):
        """The next event; None when the stream was ended in order."""
        deadline = time.monotonic() + timeout
        while True:
            end = self._raw.find(b"\n\n")
            if end >= 0:
                block = bytes(self._raw[:end]).decode("utf-8")
                del self._raw[: end + 2]
                if block == ":":
                    self.comments += 1
                    continue
                return self._event(block)
            if self.ended:
                assert not self._raw, self._raw
                return None
            if not self._take_chunk():
                self._fill(deadline)

    @staticmethod
    def _event(block):
        fields = dict(line.split(": ", 1) for line in block.split("\n"))
        assert [*fields] in (["event", "id", "data"], ["id", "data"]), block
        return Event(fields.get("event"), fields["id"], fields["data"])

    def until(self, wanted, timeout=10.0):
        """Reads on to the first event that is wanted. Returns all events that were read."""
        deadline = time.monotonic() + timeout
        events = []
        while not events or not wanted(events[-1]):
            events.append(self.next(deadline - time.monotonic()))
            assert events[-1], "the stream ended"
        return events

    def comment(self, timeout):
        """Waits for the next comment. Returns the events before it."""
        deadline = time.monotonic() + timeout
        before, events = self.comments, []
        while self.comments == before:
            if b"\n\n" in self._raw:
                block, _, rest = bytes(self._raw).partition(b"\n\n")
                self._raw[:] = rest
                if block == b":":
                    self.comments += 1
                else:
                    events.append(self._event(block.decode("utf-8")))
            elif not self._take_chunk():
                self._fill(deadline)
        return events
