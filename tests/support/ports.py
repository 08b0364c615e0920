"""TCP ports of this machine's loopback."""

import contextlib
import socket


def port_is_free(port):
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
        return True


def free_ports(count, but=()):
    """So many, all different, none of those in but."""
    with contextlib.ExitStack() as held:
        found = []
        while len(found) < count:
            probe = held.enter_context(socket.socket())
            probe.bind(("127.0.0.1", 0))
            port = probe.getsockname()[1]
            if port not in but:
                found.append(port)
        return found


def free_port():
    return free_ports(1)[0]
