"""Frames that nobody should send. Seeded: the same ones each time."""

import random
import struct

import pytest
from network import DEVICE, status
from support import packet
from support.packet import ACK, FIN, PSH, RST, SYN, Segment

FRAMES = 1500


def templates(host, mac):
    """Valid frames of every kind the device understands, to be spoilt."""
    us, it = host.ipv4, packet.ip(DEVICE)
    us6, it6 = packet.ip("fe80::1"), b"\xfe\x80" + bytes(6) + bytes([mac[0] ^ 2]) + mac[1:3] + b"\xff\xfe" + mac[3:]
    segment = Segment(40000, 80, 1000, 2000, ACK | PSH, 1000, b"GET /healthz HTTP/1.1\r\nHost: a\r\n\r\n", 1460)
    dhcp = b"\x02\x01\x06\0" + bytes(232) + b"\x63\x82\x53\x63\x35\x01\x02\xff"

    def icmpv6(kind, body):
        data = struct.pack("!BBH", kind, 0, 0) + body
        return packet.ipv6(us6, it6, packet.ICMPV6, packet.with_checksum(us6, it6, packet.ICMPV6, data, 2), 255)

    link = b"\x01\x01" + host.mac
    bodies = [
        (packet.ETH_ARP, packet.arp(1, host.mac, us, bytes(6), it)),
        (packet.ETH_ARP, packet.arp(2, host.mac, us, mac, it)),
        (packet.ETH_IPV4, packet.ipv4(us, it, packet.ICMP, packet.icmp(8, 0, bytes(32)))),
        (packet.ETH_IPV4, packet.ipv4(us, it, packet.TCP, segment.build(us, it))),
        (packet.ETH_IPV4, packet.ipv4(us, it, packet.UDP, packet.udp(us, it, 67, 68, dhcp))),
        (packet.ETH_IPV4, packet.ipv4(us, it, packet.UDP, packet.udp(us, it, 1, 5353, bytes(40)))),
        (packet.ETH_IPV4, packet.ipv4(us, it, 2, b"\x11\x64\xee\x9b\0\0\0\0")),
        (packet.ETH_IPV6, icmpv6(128, bytes(36))),
        (packet.ETH_IPV6, icmpv6(135, bytes(4) + it6 + link)),
        (packet.ETH_IPV6, icmpv6(136, b"\x60\0\0\0" + us6 + b"\x02\x01" + host.mac)),
        (packet.ETH_IPV6, icmpv6(137, bytes(4) + us6 + it6 + link)),
        (packet.ETH_IPV6, packet.ipv6(us6, it6, packet.TCP, segment.build(us6, it6))),
        (packet.ETH_IPV6, packet.ipv6(us6, it6, 44, b"\x3a\0\0\x01\0\0\0\x07" + bytes(24))),
        (packet.ETH_IPV6, packet.ipv6(us6, it6, 0, b"\x3a\0\x05\x02\0\0\0\0" + bytes(24))),
    ]
    return [packet.ethernet(mac, host.mac, kind, body) for kind, body in bodies]


def spoil(frame, random):
    """Behind the addresses, so that it arrives."""
    data = bytearray(frame)
    for _ in range(random.choice((1, 1, 2, 4, 16))):
        kind = random.randrange(4)
        at = random.randrange(12, len(data))
        if kind == 0:
            data[at] ^= 1 << random.randrange(8)
        elif kind == 1:
            data[at] = random.choice((0, 1, 0x7F, 0x80, 0xFF))
        elif kind == 2 and len(data) > 20:
            del data[random.randrange(14, len(data)) :]
        else:
            data[at:at] = random.randbytes(random.randrange(1, 64))
    return bytes(data[:1514])


def with_right_ipv4_checksum(frame):
    if len(frame) < 34 or frame[12:14] != b"\x08\x00":
        return frame
    head = frame[14:24] + b"\0\0" + frame[26:34]
    return frame[:24] + struct.pack("!H", packet.checksum(head)) + frame[26:]


def still_well(host):
    """Spoilt ARP may have taught it a wrong address of ours: asking it anew teaches the right one."""
    host.lan.drain(0.2)
    host.neighbours.clear()
    host.ping(DEVICE, timeout=10)
    assert status(host)["requests"]["total"] > 0


@pytest.mark.parametrize("seed", [1, 2])
def test_spoilt_frames(network, host, seed):
    source = random.Random(seed)
    frames = templates(host, host.resolve(packet.ip(DEVICE)))
    host.resets_strangers = True
    try:
        for _ in range(FRAMES):
            frame = spoil(source.choice(frames), source)
            host.lan.send(with_right_ipv4_checksum(frame) if source.random() < 0.7 else frame)
            host.lan.step(0)
            if source.random() < 0.01:
                network.device.check_alive()
        still_well(host)
    finally:
        host.resets_strangers = False


def test_noise(network, host):
    source = random.Random(3)
    mac = host.resolve(packet.ip(DEVICE))
    for _ in range(FRAMES):
        kind = source.choice((0x0800, 0x0806, 0x86DD, 0x8100, 0x88CC, 0, 46, 0xFFFF))
        target = source.choice((mac, packet.BROADCAST, b"\x33\x33\0\0\0\1", b"\x01\0\x5e\0\0\xfb"))
        frame = target + host.mac + struct.pack("!H", kind) + source.randbytes(source.randrange(0, 1500))
        host.lan.send(frame)
        host.lan.step(0)
    for size in range(14, 60):
        host.lan.send((mac + host.mac + b"\x08\0" + bytes(60))[:size])
    network.device.check_alive()
    still_well(host)


def test_segments_of_every_kind_with_right_checksums(network, host):
    """To nobody's connection and to a live one: state machines, not checksums."""
    source = random.Random(4)
    host.resets_strangers = True
    live = host.connect(DEVICE)
    us, it = host.ipv4, packet.ip(DEVICE)
    try:
        for _ in range(FRAMES):
            to_live = source.random() < 0.5
            flags = source.choice((0, SYN, ACK, FIN, SYN | ACK, SYN | FIN, FIN | ACK, ACK | PSH, SYN | RST,
                                   source.randrange(256)))
            if to_live:
                flags &= ~RST
            around = live.next_out if source.random() < 0.7 else source.randrange(1 << 32)
            segment = Segment(live.local_port if to_live else source.randrange(1024, 1030), 80,
                              around + source.randrange(-3000, 3000),
                              live.next_in + source.randrange(-3000, 3000), flags, source.randrange(65536),
                              source.randbytes(source.choice((0, 0, 1, 100, 1000))),
                              source.choice((None, 1, 1460)))
            host.send_ip(it, packet.TCP, segment.build(us, it))
            host.lan.step(0)
    finally:
        host.lan.drain()
        live.reset()
        for port in (*range(1024, 1030), live.local_port):  # whatever was opened by chance
            stray = host.open(DEVICE)
            stray.local_port = port
            stray.segment(SYN)
            stray.forget()
            host.lan.drain(0.02)
        host.resets_strangers = False
    network.device.check_alive()
    still_well(host)


def test_a_flood_of_syns_leaves_room_for_those_who_are_served(host):
    served = host.connect(DEVICE)
    flood = [host.open(DEVICE) for _ in range(40)]
    for connection in flood:
        connection.begin()
        host.lan.step(0)
    assert served.get("/healthz").status == 200
    for connection in flood:
        if connection.established:
            connection.reset()
    served.close()
    still_well(host)


def test_fragments_that_never_become_whole(host):
    """RFC 1122 asks for reassembly; its memory is bounded and comes back."""
    it = packet.ip(DEVICE)
    mac = host.resolve(it)
    for ident in range(200):
        body = packet.icmp(8, 0, bytes(64))[:32]
        head = struct.pack("!BBHHHBBH4s4s", 0x45, 0, 52, ident, 0x2000 | (ident % 5) * 4, 64, packet.ICMP, 0,
                           host.ipv4, it)
        head = head[:10] + struct.pack("!H", packet.checksum(head)) + head[12:]
        host.lan.send(packet.ethernet(mac, host.mac, packet.ETH_IPV4, head + body))
        host.lan.step(0)
    still_well(host)
