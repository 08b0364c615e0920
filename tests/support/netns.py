"""A LAN inside this machine: a network namespace with a bridge, and a TAP interface for each device.

The process that calls enter() moves into the namespace for good, and its children with it: nothing of what they send
leaves it, and all ports are free there.
"""

import ctypes
import os
import subprocess

CLONE_NEWUSER, CLONE_NEWNET = 0x10000000, 0x40000000
BRIDGE, ADDRESS = "br0", "10.77.0.1"
_libc = ctypes.CDLL(None, use_errno=True)


class Impossible(Exception):
    """This machine does not let us; the message says what it refuses."""


def _unshare(flags):
    if _libc.unshare(flags) != 0:
        raise Impossible(f"no network namespace of our own: {os.strerror(ctypes.get_errno())}")


def _become_root_of_a_namespace():
    user, group = os.geteuid(), os.getegid()
    _unshare(CLONE_NEWUSER | CLONE_NEWNET)
    for name, text in (("setgroups", "deny"), ("uid_map", f"0 {user} 1"), ("gid_map", f"0 {group} 1")):
        with open(f"/proc/self/{name}", "w", encoding="ascii") as file:
            file.write(text)


def ip(*words):
    """The command of Debian's iproute2."""
    try:
        done = subprocess.run(["ip", *words], capture_output=True, text=True, check=False)
    except FileNotFoundError:
        raise Impossible("the command ip is not installed") from None
    if done.returncode != 0:
        raise Impossible(f"ip {' '.join(words)}: {done.stderr.strip()}")
    return done.stdout


def enter():
    """Makes the LAN. Raises Impossible."""
    if os.geteuid() == 0:
        _unshare(CLONE_NEWNET)
    else:
        _become_root_of_a_namespace()
    ip("link", "set", "lo", "up")
    ip("link", "add", BRIDGE, "type", "bridge", "mcast_snooping", "0")
    ip("address", "add", f"{ADDRESS}/24", "dev", BRIDGE)
    ip("link", "set", BRIDGE, "up")
    add_tap("probe")  # better to learn it now than from each test


def add_tap(name):
    ip("tuntap", "add", name, "mode", "tap")
    ip("link", "set", name, "master", BRIDGE)
    ip("link", "set", name, "up")
    return name


def add_address(address):
    """A further station of ours."""
    ip("address", "add", f"{address}/24", "dev", BRIDGE)
    return address
