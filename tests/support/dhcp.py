"""A DHCP server for the virtual LAN of support.peer, which hands out one lease."""

import struct

from support import packet


class DhcpServer:
    """Hands out one lease (RFC 2131). `seen` are the message types that came: 1 discover, 3 request, 4 decline."""

    DISCOVER, OFFER, REQUEST, DECLINE, ACKNOWLEDGE, REFUSE = 1, 2, 3, 4, 5, 6

    def __init__(self, host, lease, netmask="255.255.255.0", seconds=3600):
        self.host = host
        self.lease = packet.ip(lease)
        self.options = bytes([51, 4]) + struct.pack("!I", seconds) + bytes([1, 4]) + packet.ip(netmask) + \
            bytes([3, 4]) + host.ipv4 + bytes([54, 4]) + host.ipv4
        self.seen = []
        self.requested = {}  # the options of the latest message from the device
        self.refusals = 0  # so many requests are answered by NAK first
        host.dhcp = self

    def take(self, datagram):
        sport, dport = struct.unpack("!HH", datagram.payload[:4])
        message = datagram.payload[8:]
        if (sport, dport) != (68, 67):
            return
        if message[:3] != b"\x01\x01\x06" or message[236:240] != b"\x63\x82\x53\x63":
            raise packet.BadPacket(f"BOOTP message: {message.hex()}")
        self.requested = _dhcp_options(message[240:])
        kind = self.requested[53][0]
        self.seen.append(kind)
        if kind == self.DISCOVER:
            self._answer(message, self.OFFER)
        elif kind == self.REQUEST and self.refusals:
            self.refusals -= 1
            self._answer(message, self.REFUSE)
        elif kind == self.REQUEST and self.requested.get(50, self.lease) == self.lease:
            self._answer(message, self.ACKNOWLEDGE)

    def _answer(self, message, kind):
        client_mac = message[28:34]
        head = b"\x02\x01\x06\x00" + message[4:8] + bytes(2) + message[10:12] + bytes(4) + self.lease + \
            self.host.ipv4 + bytes(4) + message[28:44] + bytes(192)
        body = head + b"\x63\x82\x53\x63" + bytes([53, 1, kind]) + self.options + b"\xff"
        data = packet.udp(self.host.ipv4, b"\xff" * 4, 67, 68, body)
        frame = packet.ipv4(self.host.ipv4, b"\xff" * 4, packet.UDP, data)
        self.host.lan.send(packet.ethernet(client_mac, self.host.mac, packet.ETH_IPV4, frame))


def _dhcp_options(data):
    options = {}
    while data and data[0] != 255:
        if data[0] == 0:
            data = data[1:]
            continue
        options[data[0]] = data[2 : 2 + data[1]]
        data = data[2 + data[1] :]
    return options
