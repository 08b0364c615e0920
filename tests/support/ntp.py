"""A time server that can be wrong in every way (RFC 5905), and a name server that knows where it is."""

import socket
import struct
import threading
import time

NTP_1970 = 2208988800  # seconds from NTP's first era to 1970


class UdpServer:
    """Answers datagrams in a thread of its own until it is closed."""

    def __init__(self, address, port):
        self.socket = socket.socket(socket.AF_INET6 if ":" in address else socket.AF_INET, socket.SOCK_DGRAM)
        self.socket.bind(socket.getaddrinfo(address, port, type=socket.SOCK_DGRAM)[0][4])
        self.address = address.partition("%")[0]
        self.thread = threading.Thread(target=self._serve, daemon=True)
        self.thread.start()

    def _serve(self):
        while True:
            data, sender = self.socket.recvfrom(2048)
            if not data:  # close() says so
                return
            self.take(data, sender)

    def close(self):
        name = self.socket.getsockname()
        with socket.socket(self.socket.family, socket.SOCK_DGRAM) as stopper:
            stopper.sendto(b"", name)
        self.thread.join()
        self.socket.close()


def stamp(seconds):
    whole = int(seconds // 1)
    return struct.pack("!II", (whole + NTP_1970) & 0xFFFFFFFF, int((seconds - whole) * 2**32))


class NtpServer(UdpServer):
    """Says that it is `ahead` seconds later than on this machine.

    change    gets the right answer as a bytearray and the question; returns what is sent: bytes, or None for nothing
    """

    def __init__(self, address, ahead=0.0, change=None):
        self.ahead = ahead
        self.change = change or (lambda answer, question: bytes(answer))
        self.asked = []  # when, by time.monotonic()
        self.questions = []
        super().__init__(address, 123)

    @property
    def now(self):
        return time.time() + self.ahead

    def answer(self, question):
        now = stamp(self.now)
        head = struct.pack("!BBbb", 4 << 3 | 4, 2, 6, -20) + bytes.fromhex("00000010") * 2 + b"\x7f\x7f\x01\x01"
        return bytearray(head + now + question[40:48] + now + now)

    def take(self, data, sender):
        self.asked.append(time.monotonic())
        self.questions.append(data)
        answer = self.change(self.answer(data), data)
        if answer is not None:
            self.send(answer, sender)

    def send(self, answer, sender):
        self.socket.sendto(answer, sender)


class NtpServerFromAnotherPort(NtpServer):
    def send(self, answer, sender):
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as other:
            other.bind((self.address, 0))
            other.sendto(answer, sender)


class DnsServer(UdpServer):
    """Knows the IPv4 addresses of some names."""

    def __init__(self, address, names):
        self.names = names
        self.asked = []
        super().__init__(address, 53)

    def take(self, data, sender):
        name, at = [], 12
        while data[at]:
            name.append(data[at + 1 : at + 1 + data[at]].decode())
            at += 1 + data[at]
        name = ".".join(name)
        self.asked.append(name)
        question = data[12 : at + 5]
        address = self.names.get(name)
        if address and question[-4:] == b"\0\1\0\1":
            record = b"\xc0\x0c\0\1\0\1" + struct.pack("!IH", 60, 4) + socket.inet_aton(address)
            self.socket.sendto(data[:2] + b"\x81\x80\0\1\0\1\0\0\0\0" + question + record, sender)
        else:
            self.socket.sendto(data[:2] + b"\x81\x83\0\1\0\0\0\0\0\0" + question, sender)
