"""`./dev discover` finds the devices, and Prometheus takes what it writes."""

import json
import os
import subprocess
import sys

from lan import PATIENCE
from support import netns
from support.board import ROOT
from support.device import eventually

CONFIG = """
scrape_configs:
  - job_name: jembatan
    file_sd_configs: [{{ files: ["{targets}"] }}]
"""


def run(*options):
    return subprocess.run([sys.executable, ROOT / "tests/support/discover.py", *options], capture_output=True,
                          text=True, check=False)


def discover(*options):
    done = run("--interface", netns.ADDRESS, *options)
    assert done.returncode == 0, done.stderr
    head, *rows = done.stdout.splitlines()
    assert head == "no devices" or head.split() == ["NAME", "ADDRESS", "ID", "BOARD", "VERSION", "CLAIMED"]
    return {row.split()[0]: row.split()[1:] for row in rows}


def row(device):
    shown = device.get("/api/v1/device").json()
    owner = "yes" if device.status()["owner"] == "claimed" else "no"
    return shown["hostname"], [f"{device.address[0]}:80", shown["id"], shown["board"], shown["firmware"]["version"], owner]


def test_all_devices_are_listed(device, new_device):
    second = new_device()
    wanted = dict([row(device), row(second)])
    eventually(lambda: discover(), PATIENCE, **wanted)


def test_prometheus_takes_the_targets(device, tmp_path):
    name, (netloc, number, board, *_) = row(device)
    targets = tmp_path / "targets.json"
    targets.write_text("what was there before")

    def target():
        discover("--file-sd", targets)
        return next((group for group in json.loads(targets.read_text()) if group["targets"] == [netloc]), None)

    assert eventually(target, PATIENCE)["labels"] == {
        "__metrics_path__": "/metrics", "id": number, "board": board, "name": name}
    assert os.listdir(tmp_path) == ["targets.json"] and targets.stat().st_mode & 0o777 == 0o644
    config = tmp_path / "prometheus.yml"
    config.write_text(CONFIG.format(targets=targets))
    checked = subprocess.run(["promtool", "check", "config", config], capture_output=True, text=True, check=False)
    assert checked.returncode == 0, checked.stdout + checked.stderr
    targets.write_text("[{}, 5]")
    broken = subprocess.run(["promtool", "check", "config", config], capture_output=True, text=True, check=False)
    assert broken.returncode != 0, "promtool does not look at the targets"


def test_a_device_that_is_gone_is_not_listed(device, new_device):
    second = new_device()
    name = row(second)[0]
    eventually(lambda: name in discover("--seconds", "2"), PATIENCE)
    second.stop()
    assert name not in discover("--seconds", "2")
    second.start()


def test_what_cannot_be_done_is_said(tmp_path):
    done = run("--seconds", "0.1", "--interface", netns.ADDRESS, "--file-sd", tmp_path / "none" / "targets.json")
    assert done.returncode == 2 and "No such file" in done.stderr
    assert run("--seconds", "0").returncode == 2
    assert run("--seconds", "0.1", "--interface", "192.0.2.1").returncode == 2
