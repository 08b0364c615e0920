"""A DHCP server which hands out one lease: on the virtual LAN of support.peer, or on an interface of this machine."""

import socket
import struct
import threading

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


class SocketDhcpServer:
    """The same on an interface of this machine; it may name a time server (option 42)."""

    ETH_P_IP = 0x0800

    def __init__(self, interface, address, lease, time_server=None):
        self.socket = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(self.ETH_P_IP))
        self.socket.bind((interface, self.ETH_P_IP))
        self.socket.settimeout(0.1)
        self.mac = self.socket.getsockname()[4]
        self.ipv4 = packet.ip(address)
        self.lan = self  # as DhcpServer sees a host
        self.server = DhcpServer(self, lease)
        if time_server:
            self.server.options += bytes([42, 4]) + packet.ip(time_server)
        self.ended = threading.Event()
        self.thread = threading.Thread(target=self._serve, daemon=True)
        self.thread.start()

    @property
    def asked_for(self):
        """The options that the device wants to know (55)."""
        return self.server.requested.get(55, b"")

    def send(self, frame):
        self.socket.send(frame)

    def _serve(self):
        while not self.ended.is_set():
            try:
                frame = self.socket.recv(2048)
            except socket.timeout:
                continue
            head = 14 + 4 * (frame[14] & 15)
            if frame[23] == packet.UDP and frame[head + 2 : head + 4] == b"\0\x43":
                self.server.take(Datagram(frame[head:]))

    def close(self):
        self.ended.set()
        self.thread.join()
        self.socket.close()


class Datagram:
    def __init__(self, payload):
        self.payload = payload
