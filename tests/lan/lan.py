"""What a station on the LAN sees of the devices, by an implementation of mDNS that is not ours (python3-zeroconf)."""

import socket
import threading

from support import netns
from support.device import eventually
from zeroconf import ServiceBrowser, Zeroconf
from zeroconf._dns import DNSQuestion
from zeroconf._protocol.incoming import DNSIncoming
from zeroconf._protocol.outgoing import DNSOutgoing

TYPES = ("_http", "_jembatan", "_wot", "_prometheus-http")
TYPE_A, TYPE_AAAA, CLASS_IN = 1, 28, 1
# A device probes for up to a second once it has its addresses, and lwIP does not answer within a second of its last
# answer: whoever asks again has heard it by then, also from an emulator on a busy machine.
PATIENCE = 30


class Browser:
    """Follows all services of all devices, and notes what it is told of them."""

    def __init__(self):
        self.zeroconf = Zeroconf(interfaces=[netns.ADDRESS])
        self.lock = threading.Lock()
        self.here = set()  # (type, instance name)
        self.events = []  # (what, type, instance name)
        self.browser = ServiceBrowser(self.zeroconf, [f"{kind}._tcp.local." for kind in (*TYPES, "_https")], self)

    def close(self):
        self.browser.cancel()
        self.zeroconf.close()

    def _note(self, what, kind, name):
        key = kind.partition(".")[0], name.partition(".")[0]
        with self.lock:
            self.events.append((what, *key))
            if what == "add":
                self.here.add(key)
            if what == "remove":
                self.here.discard(key)

    def add_service(self, _, kind, name):
        self._note("add", kind, name)

    def update_service(self, _, kind, name):
        self._note("update", kind, name)

    def remove_service(self, _, kind, name):
        self._note("remove", kind, name)

    def names(self, kind):
        with self.lock:
            return {name for known, name in self.here if known == kind}

    def wait_for(self, name, kinds=TYPES, timeout=PATIENCE):
        eventually(lambda: all(name in self.names(kind) for kind in kinds), timeout)

    def wait_gone(self, name, kinds=TYPES, timeout=PATIENCE):
        eventually(lambda: not any(name in self.names(kind) for kind in kinds), timeout)

    def wait_told(self, what, kind, name):
        """Until it was told, at any time, that an instance was added, updated or removed."""
        eventually(lambda: (what, kind, name) in self.events, PATIENCE)

    def info(self, kind, name):
        """All that is known of an instance; its library is content without a TXT record, which every service has."""
        service = f"{kind}._tcp.local."

        def known():
            info = self.zeroconf.get_service_info(service, f"{name}.{service}", 1000)
            return info if info and info.text else None

        return eventually(known, PATIENCE)

    def txt(self, kind, name):
        return {key.decode(): value.decode() for key, value in self.info(kind, name).properties.items()}


def ask(name, kind, timeout=1.0):
    """One question by multicast from a port that is not mDNS's (RFC 6762 section 6.7): the answers of that kind, as
    addresses, and who gave them."""
    out = DNSOutgoing(0, multicast=True)
    out.add_question(DNSQuestion(name, kind, CLASS_IN))
    found = set()
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as station:
        station.setsockopt(socket.IPPROTO_IP, socket.IP_MULTICAST_IF, socket.inet_aton(netns.ADDRESS))
        station.bind((netns.ADDRESS, 0))
        station.settimeout(timeout)
        station.sendto(out.packets()[0], ("224.0.0.251", 5353))
        try:
            data, sender = station.recvfrom(9000)
        except socket.timeout:
            return found
        for record in DNSIncoming(data).answers:
            if record.type == kind and record.name.lower() == name.lower():
                family = socket.AF_INET6 if kind == TYPE_AAAA else socket.AF_INET
                found.add(socket.inet_ntop(family, record.address))
        return found


def resolve(name, kind=TYPE_A):
    return eventually(lambda: ask(name, kind), PATIENCE)
