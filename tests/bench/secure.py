"""HTTPS over a peer's connection: TLS by Python's ssl, whose records we move ourselves, segment by segment."""

import ssl

from support import http1


def client_context(version, cipher=None):
    """What the client offers. It does not check the certificate: what is counted is the device's work."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    context.minimum_version = context.maximum_version = version
    context.set_alpn_protocols(["http/1.1"])
    if cipher:
        context.set_ciphers(cipher)
    return context


class SecureConnection:
    """One connection to a device's port for HTTPS.
    session   of an earlier connection with the same context, to be resumed"""

    def __init__(self, host, target, context, session=None, port=443):
        self._context, self._session = context, session
        self.tcp = host.open(target, port)
        self._in, self._out = ssl.MemoryBIO(), ssl.MemoryBIO()

    def handshake(self, timeout=60.0):
        """TCP's and TLS's, and what the device sends behind it (tickets)."""
        self.tcp.handshake()
        self.tls = self._context.wrap_bio(self._in, self._out, session=self._session)
        self._until(lambda: self.tls.do_handshake() or True, "the TLS handshake", timeout)
        return self

    def _move(self):
        if self._out.pending:
            self.tcp.send(self._out.read())
        if self.tcp.received:
            self._in.write(bytes(self.tcp.received))
            self.tcp.received.clear()

    def _until(self, step, what, timeout):
        def attempt():
            self._move()
            try:
                return step()
            except ssl.SSLWantReadError:
                return None
            finally:
                self._move()
        return self.tcp.lan.wait(attempt, what, timeout)

    def send(self, request):
        self.tls.write(request)
        self._move()

    def response(self, timeout=30.0):
        received = bytearray()

        def complete():
            found = http1.parse(received)
            while not found:
                received.extend(self.tls.read(65536))
                found = http1.parse(received)
            return found
        return self._until(complete, "an answer", timeout)[0]

    def take_tickets(self):
        """TLS 1.3 sends them behind the handshake."""
        self._move()
        try:
            self.tls.read(1)
        except ssl.SSLWantReadError:
            pass

    def close(self):
        self.tcp.reset()
