"""A peer on the device's LAN which does nothing by itself that a test did not ask for.

The LAN is a pair of AF_UNIX datagram sockets, one frame a datagram: the simulator's --net unix:LOCAL,REMOTE, the
emulator's -netdev dgram. Everything happens in step(), which takes one frame; there are no threads and no timers,
so a test decides each segment and its order:

    lan = Lan(folder)                         the device is started with lan.net
    host = Host(lan, "10.0.0.1")              answers ARP, neighbour solicitations and pings; nothing else
    conn = host.connect("10.0.0.2", 80)       the handshake
    conn.send(b"GET / HTTP/1.1...")           one segment (or several, of at most the device's MSS)
    conn.response()                           reads, acknowledging each segment as it comes

    conn.auto_ack = False                     now segments are only recorded: conn.segments
    conn.ack(window=0)                        what is acknowledged, and what window is offered
    conn.segment(flags, seq=..., data=...)    any segment at all; duplicates, holes, lies

A segment that the device repeats is taken once. What is malformed or has a wrong checksum fails the test.
"""

import collections
import os
import random
import select
import socket
import struct
import time

from support import http1, packet
from support.packet import ACK, FIN, PSH, RST, SYN, Segment

ALL_NODES = packet.ip("ff02::1")
ECHO_REQUEST, ECHO_REPLY = (8, 128), (0, 129)  # IPv4, IPv6
NEIGHBOUR_SOLICITATION, NEIGHBOUR_ADVERTISEMENT, ROUTER_ADVERTISEMENT = 135, 136, 134
NS_FLAGS = 0x60000000  # solicited, override


class Silence(AssertionError):
    """What was waited for did not come."""


class Lan:
    """Our end of the wire."""

    def __init__(self, folder):
        self.ours = os.path.join(folder, "lan")
        self.theirs = os.path.join(folder, "device")
        self.socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 1 << 20)
        self.socket.bind(self.ours)
        self.hosts = []
        self.log = collections.deque(maxlen=40)  # what passed last, for the message of a failure

    @property
    def net(self):
        """For the device's --net."""
        return f"unix:{self.theirs},{self.ours}"

    def close(self):
        self.socket.close()
        os.unlink(self.ours)

    def send(self, frame):
        """Waits while the device's queue is full, and takes in what it sends meanwhile. While there is no device
        at the other end the frame is lost, as on a real wire."""
        deadline = time.monotonic() + 10
        while True:
            try:
                self.socket.sendto(frame, socket.MSG_DONTWAIT, self.theirs)
                return
            except (FileNotFoundError, ConnectionRefusedError):
                return
            except BlockingIOError:
                if time.monotonic() > deadline:
                    raise Silence("the device takes no frame any more") from None
                self.step(0.01)

    def step(self, timeout):
        """Takes one frame and shows it to every host. False when none came in time."""
        if not select.select([self.socket], [], [], max(0, timeout))[0]:
            return False
        frame = self.socket.recv(2048)
        for host in self.hosts:
            host.take(frame)
        return True

    def wait(self, condition, what, timeout=5.0):
        """Takes frames until the condition holds; its value is returned."""
        deadline = time.monotonic() + timeout
        while True:
            result = condition()
            if result:
                return result
            left = deadline - time.monotonic()
            if left <= 0:
                raise Silence(f"{what}: not within {timeout} s. Last on the wire:\n" + "\n".join(self.log))
            self.step(left)

    def drain(self, quiet=0.05):
        """Takes frames until none came for `quiet` seconds."""
        while self.step(quiet):
            pass


class Host:
    """One station: a MAC address, an IPv4 address and any number of IPv6 addresses. Several may share a LAN."""

    def __init__(self, lan, ipv4=None, mac="02:00:00:00:00:01", ipv6=()):
        self.lan = lan
        self.mac = packet.mac(mac)
        self.ipv4 = packet.ip(ipv4) if ipv4 else None
        self.ipv6 = [packet.ip(address) for address in ipv6]
        self.neighbours = {}  # packed address -> MAC address
        self.connections = {}  # (device address, device port, our port) -> Connection
        self.datagrams = []  # all IP packets that are not TCP, oldest first
        self.arps = []  # (operation, sender MAC, sender, target), all that were seen
        self.dhcp = None  # a DhcpServer, once there is one
        self.resets_strangers = False  # RST for segments of connections that are not ours, as a real host would
        self._port = random.randrange(20000, 60000)
        lan.hosts.append(self)

    # ---- frames in -----------------------------------------------------------------------------------------

    def take(self, frame):
        target, source, kind = frame[:6], frame[6:12], struct.unpack("!H", frame[12:14])[0]
        if target != self.mac and not target[0] & 1:
            return
        if kind == packet.ETH_ARP:
            self._take_arp(frame[14:42])
        elif kind in (packet.ETH_IPV4, packet.ETH_IPV6):
            datagram = packet.read_ip(kind, frame[14:])
            if datagram.protocol == packet.TCP:
                self._take_segment(datagram)
            else:
                self.datagrams.append(datagram)
                self._take_datagram(datagram, source)

    def _take_arp(self, data):
        operation = struct.unpack("!H", data[6:8])[0]
        sender_mac, sender, target = data[8:14], data[14:18], data[24:28]
        self.arps.append((operation, sender_mac, sender, target))
        if any(sender):
            self.neighbours[sender] = sender_mac
        if operation == 1 and target == self.ipv4 and sender != self.ipv4:
            answer = packet.arp(2, self.mac, self.ipv4, sender_mac, sender)
            self.lan.send(packet.ethernet(sender_mac, self.mac, packet.ETH_ARP, answer))

    def _take_segment(self, datagram):
        segment = Segment.read(datagram.source, datagram.target, datagram.payload)
        connection = self.connections.get((datagram.source, segment.sport, segment.dport))
        self.lan.log.append(f"device {segment}")
        if connection:
            connection.take(segment)
        elif self.resets_strangers and not segment.flags & RST:
            reply = Segment(segment.dport, segment.sport, segment.ack, 0, RST, 0)
            self.send_ip(datagram.source, packet.TCP, reply.build(datagram.target, datagram.source), datagram.target)

    def _take_datagram(self, datagram, source_mac):
        if datagram.protocol == packet.ICMPV6:
            self._take_icmpv6(datagram, source_mac)
        elif datagram.protocol == packet.ICMP:
            if packet.checksum(datagram.payload):
                raise packet.BadPacket("ICMP checksum")
            if datagram.target == self.ipv4 and datagram.payload[0] == ECHO_REQUEST[0]:
                self.send_ip(datagram.source, packet.ICMP, packet.icmp(ECHO_REPLY[0], 0, datagram.payload[4:]))
        elif datagram.protocol == packet.UDP and self.dhcp:
            self.dhcp.take(datagram)

    def _take_icmpv6(self, datagram, source_mac):
        data = datagram.payload
        whole = packet.pseudo_header(datagram.source, datagram.target, packet.ICMPV6, len(data)) + data
        if packet.checksum(whole):
            raise packet.BadPacket("ICMPv6 checksum")
        if data[0] == NEIGHBOUR_SOLICITATION and data[8:24] in self.ipv6 and any(datagram.source):
            self.neighbours[datagram.source] = source_mac
            option = struct.pack("!BB", 2, 1) + self.mac
            self.send_icmpv6(datagram.source, NEIGHBOUR_ADVERTISEMENT,
                             struct.pack("!I", NS_FLAGS) + data[8:24] + option, source=data[8:24], hops=255)
        elif data[0] == NEIGHBOUR_ADVERTISEMENT:
            self.neighbours[data[8:24]] = source_mac

    # ---- frames out ----------------------------------------------------------------------------------------

    def source_for(self, target):
        if len(target) == 4:
            return self.ipv4
        link_local = target[:2] in (b"\xfe\x80", b"\xff\x02")
        return next(a for a in self.ipv6 if (a[:2] == b"\xfe\x80") == link_local)

    def send_ip(self, target, protocol, payload, source=None, hops=64):
        source = source or self.source_for(target)
        if len(target) == 4:
            kind, data = packet.ETH_IPV4, packet.ipv4(source, target, protocol, payload, ttl=hops)
        else:
            kind, data = packet.ETH_IPV6, packet.ipv6(source, target, protocol, payload, hops)
        self.lan.send(packet.ethernet(self._mac_of(target), self.mac, kind, data))

    def send_icmpv6(self, target, kind, body, source=None, hops=64):
        source = source or self.source_for(target)
        data = struct.pack("!BBH", kind, 0, 0) + body
        self.send_ip(target, packet.ICMPV6, packet.with_checksum(source, target, packet.ICMPV6, data, 2), source,
                     hops)

    def _mac_of(self, target):
        if target == b"\xff" * 4:
            return packet.BROADCAST
        if target[0] == 0xFF and len(target) == 16:
            return b"\x33\x33" + target[12:]
        if target not in self.neighbours:
            self.resolve(target)
        return self.neighbours[target]

    def resolve(self, target, timeout=5.0):
        """Asks for the MAC address, again and again: the device may still be booting."""
        deadline = time.monotonic() + timeout
        while target not in self.neighbours:
            if len(target) == 4:
                question = packet.arp(1, self.mac, self.ipv4, bytes(6), target)
                self.lan.send(packet.ethernet(packet.BROADCAST, self.mac, packet.ETH_ARP, question))
            else:
                group = packet.ip("ff02::1:ff00:0")[:13] + target[13:]
                option = struct.pack("!BB", 1, 1) + self.mac
                self.send_icmpv6(group, NEIGHBOUR_SOLICITATION, bytes(4) + target + option,
                                 source=self.source_for(target), hops=255)
            try:
                self.lan.wait(lambda: target in self.neighbours, "address resolution", 0.1)
            except Silence:
                if time.monotonic() > deadline:
                    raise
        return self.neighbours[target]

    def ping(self, target, payload=b"are you there?", timeout=5.0):
        """One echo request; fails unless its exact reply comes."""
        target = packet.ip(target)
        body = struct.pack("!HH", os.getpid() & 0xFFFF, len(self.datagrams) & 0xFFFF) + payload
        if len(target) == 4:
            protocol, reply = packet.ICMP, packet.icmp(ECHO_REPLY[0], 0, body)
            self.send_ip(target, protocol, packet.icmp(ECHO_REQUEST[0], 0, body))
        else:
            protocol = packet.ICMPV6
            reply = packet.with_checksum(target, self.source_for(target), protocol,
                                         struct.pack("!BBH", ECHO_REPLY[1], 0, 0) + body, 2)
            self.send_icmpv6(target, ECHO_REQUEST[1], body)
        self.lan.wait(lambda: any(d.source == target and d.protocol == protocol and d.payload == reply
                                  for d in self.datagrams), "echo reply", timeout)

    def advertise(self, prefix, lifetime_s=1800):
        """A router advertisement for prefix/64, with autonomous configuration (RFC 4861, 4862)."""
        option = struct.pack("!BBBBIII", 3, 4, 64, 0xC0, lifetime_s, lifetime_s, 0) + packet.ip(prefix)
        link = struct.pack("!BB", 1, 1) + self.mac
        body = struct.pack("!BBHII", 64, 0, lifetime_s, 0, 0) + link + option
        self.send_icmpv6(ALL_NODES, ROUTER_ADVERTISEMENT, body, hops=255)

    # ---- TCP -----------------------------------------------------------------------------------------------

    def open(self, target, port=80, **options):
        """A connection that has sent nothing yet."""
        self._port = self._port + 1 if self._port < 65000 else 20000
        return Connection(self, packet.ip(target), port, self._port, **options)

    def connect(self, target, port=80, **options):
        connection = self.open(target, port, **options)
        connection.handshake()
        return connection


class Connection:
    """One TCP connection, seen from our end. Sequence numbers are those of the wire, modulo 2^32.

    next_out    the number of the next byte that we send
    acked       what the device has acknowledged
    next_in     the number of the next byte that we expect
    received    bytes that came in order and were not taken by response() yet
    segments    every segment that came, oldest first
    """

    def __init__(self, host, target, port, local_port, window=65535, mss=1460, auto_ack=True):
        self.host, self.lan = host, host.lan
        self.target, self.port, self.local_port = target, port, local_port
        self.window = window
        self.mss = mss
        self.auto_ack = auto_ack
        self.peer_mss = 536
        self.peer_window = 0
        self.next_out = self.acked = random.randrange(1 << 32)
        self.next_in = 0
        self.received = bytearray()
        self.segments = []
        self.established = self.finished = self.was_reset = False
        host.connections[(target, port, local_port)] = self

    # ---- in ------------------------------------------------------------------------------------------------

    def take(self, segment):
        self.segments.append(segment)
        if segment.flags & RST:
            self.was_reset = True
            return
        if segment.flags & SYN:
            self.established = True
            self.next_in = (segment.seq + 1) & 0xFFFFFFFF
            self.peer_mss = segment.mss or 536
        if segment.flags & ACK:
            if _before(self.acked, segment.ack):
                self.acked = segment.ack
            self.peer_window = segment.window
        self._take_data(segment)

    def _take_data(self, segment):
        fin = bool(segment.flags & FIN)
        if not segment.data and not fin:
            return
        skip = (self.next_in - segment.seq) & 0xFFFFFFFF
        if skip <= len(segment.data) and not self.finished:
            new = segment.data[skip:]
            if not self.auto_ack:
                return  # the test takes it by ack()
            self.received += new
            self.next_in = (self.next_in + len(new) + fin) & 0xFFFFFFFF
            self.finished = fin
        if self.auto_ack:
            self.segment(ACK)

    # ---- out -----------------------------------------------------------------------------------------------

    def segment(self, flags, seq=None, ack=None, data=b"", window=None, mss=None):
        """Any segment. Changes nothing of what we know."""
        segment = Segment(self.local_port, self.port, self.next_out if seq is None else seq & 0xFFFFFFFF,
                          (self.next_in if ack is None else ack & 0xFFFFFFFF) if flags & ACK else 0, flags,
                          self.window if window is None else window, data, mss)
        self.lan.log.append(f"  test {segment}")
        source = self.host.source_for(self.target)
        self.host.send_ip(self.target, packet.TCP, segment.build(source, self.target), source)

    def begin(self):
        """The handshake's first segment alone."""
        self.segment(SYN, mss=self.mss)
        self.next_out = (self.next_out + 1) & 0xFFFFFFFF

    def handshake(self, timeout=5.0):
        self.begin()
        self.lan.wait(lambda: self.established or self.was_reset, "SYN+ACK", timeout)
        assert not self.was_reset, "the device refused the connection"
        assert self.acked == self.next_out, "SYN+ACK of something else"
        self.segment(ACK)

    def send(self, data, sizes=None, push=True):
        """Sends without waiting for anything, in segments of the device's MSS or of the given sizes."""
        data = bytes(data)
        for size in sizes or [self.peer_mss] * -(-len(data) // self.peer_mss):
            piece, data = data[:size], data[size:]
            self.segment(ACK | (PSH if push else 0), data=piece)
            self.next_out = (self.next_out + len(piece)) & 0xFFFFFFFF
        assert not data, "the sizes do not add up"

    def stream(self, data, timeout=10.0):
        """Sends as the device's window opens. Returns how much was sent: all, unless the device reset."""
        sent = 0
        while sent < len(data) and not self.was_reset:
            room = self.peer_window - ((self.next_out - self.acked) & 0xFFFFFFFF)
            piece = data[sent : sent + min(self.peer_mss, max(room, 0))]
            if piece:
                self.send(piece)
                sent += len(piece)
                self.lan.step(0)
            else:
                count = len(self.segments)
                self.lan.wait(lambda: len(self.segments) > count, "window update", timeout)  # noqa: B023
        return sent

    def wait_acked(self, timeout=5.0):
        self.lan.wait(lambda: self.acked == self.next_out or self.was_reset, "acknowledgement", timeout)
        assert not self.was_reset, "connection reset"

    def ack(self, window=None):
        """Takes all data that came in order up to now, and acknowledges it with this window from now on."""
        if window is not None:
            self.window = window
        auto, self.auto_ack = self.auto_ack, False
        for segment in list(self.segments):
            skip = (self.next_in - segment.seq) & 0xFFFFFFFF
            fin = bool(segment.flags & FIN)
            if segment.flags & (RST | SYN) or self.finished or skip > len(segment.data):
                continue
            self.received += segment.data[skip:]
            self.next_in = (self.next_in + len(segment.data) - skip + fin) & 0xFFFFFFFF
            self.finished = fin
        self.auto_ack = auto
        self.segment(ACK)

    def fin(self):
        """Ends our direction; the other one stays open."""
        self.segment(ACK | FIN)
        self.next_out = (self.next_out + 1) & 0xFFFFFFFF

    def reset(self):
        self.segment(RST | ACK)
        self.forget()

    def forget(self):
        self.host.connections.pop((self.target, self.port, self.local_port), None)

    # ---- HTTP ----------------------------------------------------------------------------------------------

    def response(self, method="GET", timeout=5.0):
        """The next answer, which may be followed by others in `received`."""

        def complete():
            return http1.parse(self.received, method, self.finished) or self.was_reset or self.finished

        found = self.lan.wait(complete, "an answer", timeout)
        if not isinstance(found, tuple):
            raise http1.Closed(bytes(self.received), reset=self.was_reset)
        response, used = found
        del self.received[:used]
        return response

    def get(self, path, headers=(), timeout=5.0):
        self.send(http1.request_bytes(path, headers, host=self.host_name))
        return self.response(timeout=timeout)

    @property
    def host_name(self):
        text = packet.ipaddress.ip_address(self.target)
        return f"[{text}]" if text.version == 6 else str(text)

    def wait_end(self, timeout=5.0):
        """Until the device has ended or reset its direction."""
        self.lan.wait(lambda: self.finished or self.was_reset, "the connection's end", timeout)

    def close(self, timeout=5.0):
        """An orderly end from our side, waited for."""
        if not self.was_reset:
            self.auto_ack = True
            self.fin()
            self.wait_end(timeout)
            self.wait_acked(timeout)
        self.forget()


def _before(a, b):
    return 0 < (b - a) & 0xFFFFFFFF < 1 << 31
