"""How an RP2040 board is run: rp2040js (tests/rp2040) is the board, and QEMU without a machine is the network behind its
Ethernet chip, so that it has the same networks as boards that QEMU runs itself."""

import json
import os
import socket

from support.board import ROOT

MAIN = ROOT / "tests" / "rp2040" / "main.mjs"


NOISE = "noise"  # among launch.Options.arguments: the ring oscillator is a sound one


def command(facts, image, without, serial, arguments, monitor, control, wire, storage, boot):
    """What starts the board. All but names and facts are descriptors that it inherits."""
    config = {
        "image": os.path.abspath(image),
        "serial": serial,
        "noise": NOISE in arguments,
        "chips": {name: chip for name, chip in facts["devices"].items() if name not in without},
        "monitor": {"fd": monitor, "path": control and os.fspath(control)},
        "net": wire,
        "storage": {"fd": storage, **facts["storage"]},
        "boot": {"fd": boot, "address": int(facts["boot_options"]["address"], 0)},
    }
    return ["node", os.fspath(MAIN), json.dumps(config)]


def network(netdev, wire, pcap):
    """What starts the network. netdev: QEMU's arguments for one named net0"""
    words = [
        *("qemu-system-arm", "-M", "none", "-nodefaults", "-display", "none"),
        *netdev,
        *("-netdev", f"socket,id=board,fd={wire}"),
        *("-netdev", "hubport,id=port0,hubid=0,netdev=net0", "-netdev", "hubport,id=port1,hubid=0,netdev=board"),
    ]
    if pcap:
        words += ["-object", f"filter-dump,id=dump,netdev=board,file={os.fspath(pcap)}"]
    return words


def wire():
    """Both ends of the cable."""
    ends = socket.socketpair()
    for end in ends:
        for option in (socket.SO_SNDBUF, socket.SO_RCVBUF):
            end.setsockopt(socket.SOL_SOCKET, option, 1 << 18)
    return ends
