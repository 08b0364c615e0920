"""`./dev discover`: the devices on the LAN, for people and for Prometheus (file_sd)."""

import argparse
import ipaddress
import json
import os
import sys
import tempfile
import threading

from zeroconf import ServiceBrowser, Zeroconf

DEVICE, METRICS = "_jembatan._tcp.local.", "_prometheus-http._tcp.local."
ANSWER_MS = 1000


class _Seen:
    """The instances that a browser is told of."""

    def __init__(self):
        self.names = {DEVICE: set(), METRICS: set()}
        self.lock = threading.Lock()

    def add_service(self, _, kind, name):
        with self.lock:
            self.names[kind].add(name)

    def update_service(self, _, kind, name):
        self.add_service(_, kind, name)

    def remove_service(self, _, kind, name):
        with self.lock:
            self.names[kind].discard(name)

    def of(self, kind):
        with self.lock:
            return sorted(self.names[kind])


def _best(addresses):
    """IPv4 first; a link-local IPv6 address means nothing without an interface."""
    usable = [address for address in map(ipaddress.ip_address, addresses)
              if address.version == 4 or not address.is_link_local]
    return str(min(usable, key=lambda address: address.version)) if usable else None


def _text(properties, key):
    return (properties.get(key.encode()) or b"").decode(errors="replace")


def _ask(zeroconf, kind, name):
    """What an instance says of itself: None when it does not answer, or there is no way to it."""
    info = zeroconf.get_service_info(kind, name, ANSWER_MS)
    address = _best(info.parsed_addresses()) if info else None
    return (info, address) if address else None


def _device(zeroconf, name):
    answer = _ask(zeroconf, DEVICE, name)
    if not answer:
        return None
    info, address = answer
    label = name.removesuffix("." + DEVICE)
    metrics = _ask(zeroconf, METRICS, f"{label}.{METRICS}")
    return {
        "name": label, "address": address, "port": info.port, "host": info.server.rstrip("."),
        "id": _text(info.properties, "id"), "board": _text(info.properties, "board"),
        "version": _text(info.properties, "ver"), "claimed": _text(info.properties, "claimed") == "1",
        "metrics": _text(metrics[0].properties, "path") if metrics else None,
    }


def discover(seconds, interface=None):
    """The devices that answer within so many seconds, by name."""
    zeroconf = Zeroconf(interfaces=[interface]) if interface else Zeroconf()
    try:
        seen = _Seen()
        browser = ServiceBrowser(zeroconf, [DEVICE, METRICS], seen)
        threading.Event().wait(seconds)  # who answers later is not there
        found = [_device(zeroconf, name) for name in seen.of(DEVICE)]
        browser.cancel()
        return [device for device in found if device]
    finally:
        zeroconf.close()


def netloc(device):
    host = f"[{device['address']}]" if ":" in device["address"] else device["address"]
    return f"{host}:{device['port']}"


def file_sd(devices):
    """Prometheus's file_sd_config: one target a device that has metrics."""
    return [{"targets": [netloc(device)],
             "labels": {"__metrics_path__": device["metrics"], "id": device["id"], "board": device["board"],
                        "name": device["name"]}}
            for device in devices if device["metrics"]]


def write_atomically(path, text):
    """Prometheus reads it whenever it changes: it must never see half of it."""
    folder = os.path.dirname(os.path.abspath(path))
    descriptor, beside = tempfile.mkstemp(dir=folder, prefix=".discover-", suffix=".json")
    try:
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            file.write(text)
            os.fchmod(file.fileno(), 0o644)
        os.replace(beside, path)
    except BaseException:
        os.unlink(beside)
        raise


def table(devices):
    rows = [("NAME", "ADDRESS", "ID", "BOARD", "VERSION", "CLAIMED")]
    rows += [(device["name"], netloc(device), device["id"], device["board"], device["version"],
              "yes" if device["claimed"] else "no") for device in devices]
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    return "\n".join("  ".join(cell.ljust(width) for cell, width in zip(row, widths)).rstrip() for row in rows)


def seconds_of(text):
    seconds = float(text)
    if not 0 < seconds <= 600:
        raise argparse.ArgumentTypeError(f"'{text}' is not between 0 and 600")
    return seconds


def main():
    parser = argparse.ArgumentParser(prog="./dev discover", description=__doc__, allow_abbrev=False)
    parser.add_argument("--seconds", type=seconds_of, default=4.0, metavar="N", help="how long to listen (default 4)")
    parser.add_argument("--interface", metavar="ADDR", help="the address of this machine's interface; default: all")
    parser.add_argument("--file-sd", metavar="FILE", help="write targets for Prometheus's file_sd_configs, too")
    arguments = parser.parse_args()
    try:
        devices = discover(arguments.seconds, arguments.interface)
        if arguments.file_sd:
            write_atomically(arguments.file_sd, json.dumps(file_sd(devices), indent=2) + "\n")
    except OSError as error:
        print(f"discover: {error.filename or arguments.interface or 'this machine'}: {error.strerror}", file=sys.stderr)
        return 2
    print(table(devices) if devices else "no devices", flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
