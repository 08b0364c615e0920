"""A server of the world outside, on this machine's loopback: each path is answered by a function of the test.

An answer is a list of pieces: bytes are sent as they are, a number is so many seconds of silence between them, WAIT is
silence until the test ends or the device gives up.
"""

import socket
import threading

WAIT = object()


class Request:
    def __init__(self, raw):
        head = raw.decode("latin-1").split("\r\n")
        self.method, self.path, self.version = head[0].split(" ")
        self.fields = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in head[1:] if line)}

    def __repr__(self):
        return f"<{self.method} {self.path} {self.fields}>"


def ok(body, *fields, status="200 OK"):
    """A whole answer with Content-Length."""
    body = body if isinstance(body, bytes) else body.encode()
    head = "".join(f"{line}\r\n" for line in (f"HTTP/1.1 {status}", *fields, f"Content-Length: {len(body)}", ""))
    return head.encode() + body


class Outside:
    """Listens on a free port of 127.0.0.1.
    tls       an ssl context, for https
    greeting  what is said before anything was asked"""

    def __init__(self, tls=None, greeting=None):
        self._listener = socket.create_server(("127.0.0.1", 0), backlog=16)
        self.port = self._listener.getsockname()[1]
        self._tls = tls
        self._greeting = greeting
        self._answers = {}
        self._open = set()
        self._end = threading.Event()
        self.requests = []
        self.connections = 0
        self.sent = 0  # bytes that the kernel took, of all answers
        threading.Thread(target=self._serve, daemon=True).start()

    def answer(self, path, *pieces):
        """pieces, or one function from the request to a list of them."""
        self._answers[path] = pieces

    def url(self, path, host="10.0.2.2"):
        return f"{'https' if self._tls else 'http'}://{host}:{self.port}{path}"

    def asked(self, path):
        return [request for request in self.requests if request.path == path]

    def close(self):
        self._end.set()
        self._listener.close()
        for connection in list(self._open):
            connection.close()

    def _serve(self):
        while not self._end.is_set():
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            self.connections += 1
            threading.Thread(target=self._handle, args=(connection,), daemon=True).start()

    def _handle(self, connection):
        self._open.add(connection)
        try:
            if self._greeting:
                connection.sendall(self._greeting)
            if self._tls:
                connection.settimeout(20)
                connection = self._tls.wrap_socket(connection, server_side=True)
            self._talk(connection)
        except (OSError, ValueError):  # the device is gone, or we are
            pass
        finally:
            self._open.discard(connection)
            connection.close()

    def _talk(self, connection):
        raw = b""
        while b"\r\n\r\n" not in raw:
            piece = connection.recv(4096)
            if not piece:
                return
            raw += piece
        request = Request(raw.partition(b"\r\n\r\n")[0])
        self.requests.append(request)
        pieces = self._answers.get(request.path, (ok("no such thing", status="404 Not Found"),))
        if len(pieces) == 1 and callable(pieces[0]):
            pieces = pieces[0](request)
        for piece in pieces:
            if piece is WAIT:
                connection.recv(1)  # until it gives up
            elif isinstance(piece, (int, float)):
                self._end.wait(piece)
            else:
                connection.sendall(piece)
                self.sent += len(piece)


def chunked(*pieces, fields=()):
    head = "".join(f"{line}\r\n" for line in ("HTTP/1.1 200 OK", *fields, "Transfer-Encoding: chunked", ""))
    return head.encode() + b"".join(b"%x;a=b\r\n%s\r\n" % (len(piece), piece) for piece in pieces) + b"0\r\nX: y\r\n\r\n"


def code_of(source):
    return source["error"] and source["error"]["code"]
