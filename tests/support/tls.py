"""TLS for a client of ours: the device's certificate as what is trusted, and a socket that can end its direction alone.

Python's own SSLSocket cannot do the latter: its unwrap() wants the peer's end at once.
"""

import base64
import hashlib
import re
import socket
import ssl

from support import http1

RECORD_BYTES = 16384
PIN = re.compile(r"https: .*(sha256//[A-Za-z0-9+/]{43}=)")


def _strict():
    """A context that knows a connection that was cut from one that was ended, which Python's would overlook."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.options &= ~ssl.OP_IGNORE_UNEXPECTED_EOF
    return context


def unchecked():
    """A context that takes any certificate: to fetch one from a device that nobody else can stand in for."""
    context = _strict()
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    return context


def checked(pem, name=True):
    """A context that takes this certificate alone.
    name      whether the host's name is looked at, too"""
    context = _strict()
    context.check_hostname = name
    context.load_verify_locations(cadata=pem)
    context.verify_flags |= ssl.VERIFY_X509_PARTIAL_CHAIN  # one that an authority signed is trusted by itself, too
    context.set_alpn_protocols(["http/1.1"])
    return context


def fetch_certificate(address, timeout=10.0):
    """The certificate that the device shows, in DER."""
    with socket.create_connection(address, timeout) as plain:
        with unchecked().wrap_socket(plain) as secure:
            return secure.getpeercert(binary_form=True)


def _element(der, at):
    """(where its contents begin, where they end) of the DER element at that place."""
    length = der[at + 1]
    at += 2
    if length & 0x80:
        count = length & 0x7F
        length = int.from_bytes(der[at : at + count], "big")
        at += count
    return at, at + length


def public_key(certificate):
    """Its SubjectPublicKeyInfo (RFC 5280 section 4.1)."""
    at, _ = _element(certificate, 0)
    at, _ = _element(certificate, at)
    if certificate[at] == 0xA0:  # [0] version
        at = _element(certificate, at)[1]
    for _ in ("serialNumber", "signature", "issuer", "validity", "subject"):
        at = _element(certificate, at)[1]
    return certificate[at : _element(certificate, at)[1]]


def pin(certificate):
    """As curl's --pinnedpubkey takes it."""
    return "sha256//" + base64.b64encode(hashlib.sha256(public_key(certificate)).digest()).decode()


def pin_shown(console):
    """The newest one that the device's console shows; None when it shows none."""
    pins = PIN.findall(console.text)
    return pins[-1] if pins else None


class WrongKey(ssl.SSLError):
    """Who answers is not the one that was meant."""


class Trust:
    """One device, known by its key. It shows another certificate for that key when its name changes, and one that an
    authority has signed.
    address() where it is
    pin()     the key, as the device's console shows it; None: any, for one that cannot be anybody else"""

    def __init__(self, address, pin=None, timeout=10.0):
        self._address, self._pin, self._timeout = address, pin, timeout
        self.anew()

    def anew(self):
        """Takes the certificate that it shows now."""
        self.certificate = fetch_certificate(self._address(), self._timeout)
        self.pem = ssl.DER_cert_to_PEM_cert(self.certificate)
        self.context = checked(self.pem, name=False)  # devices are asked by addresses that no certificate names
        if self._pin and pin(self.certificate) != self._pin():
            raise WrongKey(f"its key is {pin(self.certificate)}, but should be {self._pin()}")

    def connect(self, address, timeout, receive_bytes=None):
        """A connection with the handshake done."""
        try:
            return Secure(http1.connect(address, timeout, receive_bytes), self.context)
        except ssl.SSLCertVerificationError:
            self.anew()
            return Secure(http1.connect(address, timeout, receive_bytes), self.context)


class Secure:
    """As much of a socket as our clients use.
    plain     of TCP, ours from now on
    context   ssl.SSLContext"""

    def __init__(self, plain, context, name=None, session=None):
        self.plain = plain
        self._in, self._out = ssl.MemoryBIO(), ssl.MemoryBIO()
        self.tls = context.wrap_bio(self._in, self._out, server_hostname=name, session=session)
        try:
            self._do(self.tls.do_handshake)
        except BaseException:
            self.plain.close()
            raise

    def _flush(self):
        while self._out.pending:
            self.plain.sendall(self._out.read())

    def _do(self, step, *arguments):
        """Does a step of TLS, with as many bytes from the wire as it takes."""
        while True:
            try:
                done = step(*arguments)
                self._flush()
                return done
            except ssl.SSLWantReadError:
                self._flush()
            except ssl.SSLError:
                self._tell()
                raise
            data = self.plain.recv(RECORD_BYTES)
            if data:
                self._in.write(data)
            else:
                self._in.write_eof()

    def _tell(self):
        """The alert that says what was wrong, to a peer that may be gone."""
        try:
            self._flush()
        except OSError:
            pass

    def settimeout(self, seconds):
        self.plain.settimeout(seconds)

    def setsockopt(self, *arguments):
        self.plain.setsockopt(*arguments)

    def getsockname(self):
        return self.plain.getsockname()

    def sendall(self, data):
        for at in range(0, len(data), RECORD_BYTES):
            self._do(self.tls.write, data[at : at + RECORD_BYTES])

    def recv(self, count):
        """b"" at the peer's close_notify; a connection that ends without one was cut."""
        try:
            return self._do(self.tls.read, count)
        except ssl.SSLZeroReturnError:
            return b""
        except ssl.SSLError as error:
            if error.reason != "UNEXPECTED_EOF_WHILE_READING":
                raise
            raise ConnectionResetError("TLS ended without close_notify") from None

    def shutdown(self, how):
        """Ends our direction (close_notify); what the peer still sends is received."""
        assert how == socket.SHUT_WR
        try:
            self.tls.unwrap()
        except ssl.SSLWantReadError:
            pass
        self._flush()

    def close(self):
        """As a client in order does it: close_notify, then the end of TCP."""
        try:
            self.plain.settimeout(1)
            self.shutdown(socket.SHUT_WR)
        except (OSError, ssl.SSLError):
            pass
        self.plain.close()
