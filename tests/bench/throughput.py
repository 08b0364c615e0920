"""Requests a second on this machine: the simulator by HTTP and HTTPS beside lwIP's own server in the same simulator. Only
their ratio means anything, and only roughly: both share the machine with wrk and with whatever else runs."""

import contextlib
import json
import re
import shutil
import statistics
import subprocess
import tempfile

from bench.figures import SENSOR
from support import launch
from support.board import Board
from support.device import Device, eventually
from support.http1 import Client, Closed

CONNECTIONS = (1, 8, 64)
ROUNDS = 3
SECONDS = 2
ADDRESS = "10.0.2.15/24,10.0.2.2"  # what the simulator's own network gives out by DHCP, which these servers do not speak


@contextlib.contextmanager
def lwip_httpd(image):
    """Its URL."""
    folder = tempfile.mkdtemp(prefix="jembatan-")
    process = launch.Process(Board("sim"), image, launch.Options(state=folder, ip=ADDRESS))
    try:
        process.start()
        eventually(lambda: _answers(process.host, process.port), timeout=10)
        yield f"http://{process.host}:{process.port}{SENSOR}"
    finally:
        process.stop()
        shutil.rmtree(folder, ignore_errors=True)


def _answers(host, port):
    try:
        with Client(host, port, timeout=1) as client:
            return client.request(SENSOR).status == 200
    except (OSError, Closed):
        return False


@contextlib.contextmanager
def product(image):
    """Its URLs."""
    device = Device(Board("sim"), image)
    try:
        device.start()
        yield f"http://{device.host}:{device.port}{SENSOR}", f"https://{device.host}:{device.https_port}{SENSOR}"
    finally:
        device.destroy()


def requests_a_second(url, connections):
    said = subprocess.run(["wrk", "-t1", f"-c{connections}", f"-d{SECONDS}s", "-H", "Connection: keep-alive", url],
                          check=True, capture_output=True, text=True).stdout
    assert "Non-2xx" not in said and "Socket errors" not in said, said
    return float(re.search(r"Requests/sec:\s+([\d.]+)", said).group(1))


def measure(images):
    """{name: (value, unit)}: medians, and each one's ratio to lwIP's server with as many connections."""
    found = {}
    with lwip_httpd(images.httpd) as beside, product(images.product) as (plain, secure):
        servers = {"lwip_httpd": beside, "http": plain, "https": secure}
        for connections in CONNECTIONS:
            runs = {name: [] for name in servers}
            for _ in range(ROUNDS):  # in turns: the machine's mood is shared
                for name, url in servers.items():
                    runs[name].append(requests_a_second(url, connections))
            rates = {name: statistics.median(values) for name, values in runs.items()}
            for name, rate in rates.items():
                found[f"{name}_{connections}"] = (round(rate), "requests/s")
                if name != "lwip_httpd":
                    found[f"{name}_{connections}_ratio"] = (round(rate / rates["lwip_httpd"], 3), "of lwip_httpd")
    return found


def main(images, file):
    found = measure(images)
    for name, (value, unit) in found.items():
        print(f"{name:26}{value:>14,}  {unit}")
    if file:
        figures = {name: {"value": value, "unit": unit} for name, (value, unit) in found.items()}
        file.write_text(json.dumps({"board": "sim", "figures": figures, "side_by_side": {}}, indent=2) + "\n")
    return 0
