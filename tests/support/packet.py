"""Ethernet, ARP, IPv4, IPv6, ICMP, UDP and TCP as bytes: building and strict reading, no state.

Every checksum of what is read is verified; a wrong one is the sender's bug and raises BadPacket.
"""

import ipaddress
import struct
from dataclasses import dataclass

ETH_IPV4, ETH_ARP, ETH_IPV6 = 0x0800, 0x0806, 0x86DD
ICMP, IGMP, TCP, UDP, ICMPV6 = 1, 2, 6, 17, 58
ROUTER_ALERT = b"\x94\4\0\0"  # RFC 2113, on reports of multicast groups
FIN, SYN, RST, PSH, ACK = 0x01, 0x02, 0x04, 0x08, 0x10
BROADCAST = b"\xff" * 6


class BadPacket(AssertionError):
    """The device sent something malformed."""


def ip(text):
    """An address as packed bytes: 4 of them or 16."""
    return ipaddress.ip_address(text).packed


def mac(text):
    return bytes.fromhex(text.replace(":", ""))


def checksum(data):
    """RFC 1071, as a number. 0 over data that holds its own right checksum."""
    if len(data) % 2:
        data = bytes(data) + b"\0"
    # 2^16 is 1 modulo 65535: the whole as one big number leaves the one's complement sum.
    total = int.from_bytes(data, "big")
    rest = total % 0xFFFF
    return 0xFFFF - (rest or (0xFFFF if total else 0))


def pseudo_header(source, target, protocol, length):
    if len(source) == 4:
        return source + target + struct.pack("!BBH", 0, protocol, length)
    return source + target + struct.pack("!IHBB", length, 0, 0, protocol)


def ethernet(target, source, kind, payload):
    return (target + source + struct.pack("!H", kind) + payload).ljust(60, b"\0")


def arp(operation, sender_mac, sender_ip, target_mac, target_ip):
    return struct.pack("!HHBBH", 1, ETH_IPV4, 6, 4, operation) + sender_mac + sender_ip + target_mac + target_ip


def ipv4(source, target, protocol, payload, ident=0, ttl=64):
    head = struct.pack("!BBHHHBBH4s4s", 0x45, 0, 20 + len(payload), ident, 0x4000, ttl, protocol, 0, source, target)
    return head[:10] + struct.pack("!H", checksum(head)) + head[12:] + payload


def ipv6(source, target, protocol, payload, hops=64):
    return struct.pack("!IHBB", 0x60000000, len(payload), protocol, hops) + source + target + payload


def with_checksum(source, target, protocol, data, at):
    """Fills the 16 bits at `at` of an ICMPv6, UDP or TCP packet."""
    value = checksum(pseudo_header(source, target, protocol, len(data)) + data)
    if protocol == UDP and value == 0:
        value = 0xFFFF
    return data[:at] + struct.pack("!H", value) + data[at + 2 :]


def icmp(kind, code, body):
    data = struct.pack("!BBH", kind, code, 0) + body
    return data[:2] + struct.pack("!H", checksum(data)) + data[4:]


def udp(source, target, sport, dport, payload):
    data = struct.pack("!HHHH", sport, dport, 8 + len(payload), 0) + payload
    return with_checksum(source, target, UDP, data, 6)


@dataclass
class Segment:
    """One TCP segment. seq and ack are the wire's 32-bit numbers."""

    sport: int
    dport: int
    seq: int
    ack: int
    flags: int
    window: int
    data: bytes = b""
    mss: int = None

    def build(self, source, target):
        options = struct.pack("!BBH", 2, 4, self.mss) if self.mss else b""
        offset = (20 + len(options)) // 4
        head = struct.pack("!HHIIBBHHH", self.sport, self.dport, self.seq & 0xFFFFFFFF, self.ack & 0xFFFFFFFF,
                           offset << 4, self.flags, self.window, 0, 0)
        return with_checksum(source, target, TCP, head + options + self.data, 16)

    @classmethod
    def read(cls, source, target, data):
        if len(data) < 20 or checksum(pseudo_header(source, target, TCP, len(data)) + data):
            raise BadPacket(f"TCP checksum or length: {data.hex()}")
        sport, dport, seq, ack, offset, flags, window, _, _ = struct.unpack("!HHIIBBHHH", data[:20])
        end = (offset >> 4) * 4
        if not 20 <= end <= len(data):
            raise BadPacket(f"TCP data offset: {data.hex()}")
        return cls(sport, dport, seq, ack, flags, window, data[end:], _mss(data[20:end]))

    def __str__(self):
        names = "".join(name for bit, name in ((SYN, "S"), (FIN, "F"), (RST, "R"), (PSH, "P"), (ACK, "."))
                        if self.flags & bit)
        return f"{self.sport}>{self.dport} [{names}] seq {self.seq} ack {self.ack} win {self.window} " \
               f"len {len(self.data)}"


def _mss(options):
    while options and options[0] != 0:
        if options[0] == 1:
            options = options[1:]
            continue
        if len(options) < 2 or options[1] < 2 or options[1] > len(options):
            raise BadPacket("TCP options")
        if options[0] == 2:
            return struct.unpack("!H", options[2:4])[0]
        options = options[options[1] :]
    return None


@dataclass
class Datagram:
    """What an IP packet carries, whichever version it is."""

    source: bytes
    target: bytes
    protocol: int
    payload: bytes
    hops: int


def read_ip(kind, data):
    if kind == ETH_IPV4:
        head = data[0] % 16 * 4
        if data[0] >> 4 != 4 or not 20 <= head <= len(data) or checksum(data[:head]):
            raise BadPacket(f"IPv4 header: {data[:20].hex()}")
        if head > 20 and (data[9], data[20:head]) != (IGMP, ROUTER_ALERT):  # nothing else has a reason for options
            raise BadPacket(f"IPv4 options: {data[:head].hex()}")
        length, fragment = struct.unpack("!H2xH", data[2:8])
        if fragment & 0x3FFF or not head <= length <= len(data):
            raise BadPacket(f"IPv4 length or fragment: {data[:20].hex()}")
        return Datagram(data[12:16], data[16:20], data[9], data[head:length], data[8])
    length, protocol, hops = struct.unpack("!HBB", data[4:8])
    if len(data) < 40 + length or data[0] >> 4 != 6:
        raise BadPacket(f"IPv6 header: {data[:40].hex()}")
    payload = data[40 : 40 + length]
    if protocol == 0:  # hop-by-hop options, in front of multicast listener reports
        protocol, payload = payload[0], payload[(payload[1] + 1) * 8 :]
    return Datagram(data[8:24], data[24:40], protocol, payload, hops)
