"""`./dev run`: starts a device on this machine and keeps it until Ctrl-C or SIGTERM."""

import argparse
import os
import re
import signal
import sys
import threading
from pathlib import Path

# Run as a script: the package's parent, not this folder, is where imports begin.
sys.path[0] = str(Path(__file__).resolve().parents[1])

from support import launch, owner  # noqa: E402
from support.board import ROOT, Board, UnknownBoard  # noqa: E402
from support.http1 import Client  # noqa: E402
from support.ready import SECURE_PATIENCE_S  # noqa: E402
from support.tls import PIN, Trust, WrongKey, pin_shown  # noqa: E402


NUMBER = re.compile(r"[-+]?([0-9]+(\.[0-9]*)?|\.[0-9]+)(e[-+]?[0-9]{1,2})?", re.ASCII | re.IGNORECASE)
ADDRESS = re.compile(r"IPv4 address (\d+\.\d+\.\d+\.\d+)")


class NoHttps(Exception):
    """The message is for the person who wanted it."""


class Stop(BaseException):
    """Somebody wants us to end."""


def port_number(text):
    if not (text.isascii() and text.isdigit()) or int(text) > 65535:
        raise argparse.ArgumentTypeError(f"'{text}' is not a port (0..65535)")
    return int(text)


def assignment(text):
    sensor, equals, number = text.partition("=")
    if not sensor or not equals or not NUMBER.fullmatch(number):
        raise argparse.ArgumentTypeError(f"'{text}' is not SENSOR=NUMBER, e.g. temp0=21.5")
    return sensor, float(number)


def parse(arguments):
    parser = argparse.ArgumentParser(prog="./dev run", allow_abbrev=False)
    parser.add_argument("board", nargs="?", default="sim", metavar="BOARD")
    parser.add_argument("--http", type=port_number, default=8080, metavar="PORT", help="0: any free port")
    parser.add_argument("--https", type=port_number, default=8443, metavar="PORT", help="0: any free port")
    parser.add_argument("--ca", metavar="FILE", help="write its certificate to FILE (PEM)")
    parser.add_argument("--insecure", action="store_true", help="let it take tokens by plain HTTP")
    parser.add_argument("--state", metavar="DIR", help="what lasts; default build/BOARD/state")
    parser.add_argument("--set", type=assignment, action="append", default=[], metavar="ID=VALUE",
                        help="start value of a sensor, in its unit")
    parser.add_argument("--pcap", metavar="FILE", help="record the device's traffic")
    parser.add_argument("--log-level", choices=launch.LOG_LEVELS)
    parser.add_argument("--net", default="slirp", metavar="slirp|tap[:IF]|unix:LOCAL,REMOTE")
    parser.add_argument("--outbound", action="store_true", help="let it reach other hosts; this one is 10.0.2.2")
    parser.add_argument("--ip", metavar="ADDR/PREFIX[,GW]", help="a static address instead of DHCP")
    parser.add_argument("--without", action="append", default=[], metavar="DEVICE",
                        help="start with this chip missing")
    parser.add_argument("--control", metavar="PATH",
                        help="AF_UNIX socket that changes sensors while it runs (emulator: QMP)")
    parser.add_argument("--claim", metavar="FILE", help="own it: write its admin token to FILE (mode 0600)")
    parser.add_argument("--image", metavar="FILE", help="instead of the one in build/BOARD")
    parser.add_argument("--which-board", action="store_true", help=argparse.SUPPRESS)
    return parser.parse_args(arguments)


def options_of(arguments, board):
    return launch.Options(
        http_port=arguments.http,
        https_port=arguments.https,
        insecure=arguments.insecure,
        outbound=arguments.outbound,
        net=arguments.net,
        ip=arguments.ip,
        state=arguments.state or ROOT / "build" / board.name / "state",
        values=dict(arguments.set),
        without=tuple(arguments.without),
        log_level=arguments.log_level,
        pcap=arguments.pcap,
        control=arguments.control,
    )


def say(text):
    print(f"run: {text}", file=sys.stderr, flush=True)


def start(board, image, options):
    """The process, and the host where it is reached; None when nobody knows."""
    if options.net == "slirp":
        process = launch.start_ready(board, image, options, show=sys.stderr)
        return process, process.host
    process = launch.Process(board, image, options, show=sys.stderr)
    try:
        process.start()
        if options.ip and options.net.startswith("tap"):
            process.wait_ready()
            return process, process.host
        # On such a network this machine may have no way to ask it: what it says of its address has to do. It has
        # one after 12 s at the latest, if only a link-local one.
        line = process.console.wait_for(ADDRESS, 30)
        process.check_alive()
        return process, ADDRESS.search(line)[1] if line else None
    except BaseException:
        process.stop()
        raise


class Reached:
    """Where a device is reached, and by which key it is known: its console says that before it has an address."""

    def __init__(self, process, host):
        self._host = host
        self._ports = process.port or 80, process.https_port or 443
        self._net = process.options.net
        process.console.wait_for(f"{PIN.pattern}|there is no HTTPS", 10)
        self.pin = pin_shown(process.console)

    def __str__(self):
        if not self._host:
            return self._net
        ends = [f"http://{self._host}{self._colon(0, 80)}/"]
        if self.pin:
            ends.append(f"https://{self._host}{self._colon(1, 443)}/")
        return " ".join(ends)

    def _colon(self, which, usual):
        return "" if self._ports[which] == usual else f":{self._ports[which]}"

    def trust(self):
        """Its certificate, by the handshake; checked against the console's word."""
        if not self.pin:
            raise NoHttps("this device has no HTTPS; its console says why")
        if not self._host:
            raise NoHttps("this device has no address yet")
        try:
            return Trust(lambda: (self._host, self._ports[1]), lambda: self.pin, SECURE_PATIENCE_S)
        except WrongKey as error:
            raise NoHttps(f"somebody else answers for the device: {error.args[0]}") from None

    def connect(self, trust):
        return Client(self._host, self._ports[1], SECURE_PATIENCE_S, tls=trust)


def write_certificate(path, trust):
    with open(path, "w", encoding="ascii") as file:
        file.write(trust.pem)


def pass_on_typing(process):
    """What is typed here is typed on the device's console. Our own background is not stopped for it, and what is no
    terminal is left to whoever it belongs to: a script that runs us may read it itself."""
    try:
        if not sys.stdin or not sys.stdin.isatty():
            return
        for line in sys.stdin:
            process.type(line)
    except (OSError, ValueError):  # no terminal, or not ours now
        pass


def serve(board, image, options, arguments):
    process, host = start(board, image, options)
    try:
        where = Reached(process, host)
        if arguments.ca or arguments.claim:
            trust = where.trust()
            if arguments.ca:
                write_certificate(arguments.ca, trust)
            if arguments.claim:
                owner.claim_into(arguments.claim, lambda: where.connect(trust), process.console)
                say(f"the token is in {arguments.claim}")
        threading.Thread(target=pass_on_typing, args=(process,), daemon=True).start()
        say(f"Ctrl-C stops it (or: kill {os.getpid()})")  # first: whoever waits for ready may end us at once
        print(f"ready {where}", flush=True)
        process.child.wait()
        process.check_alive()
    finally:
        process.stop()


def main():
    def stop(number, _):
        raise Stop(number)

    assert threading.current_thread() is threading.main_thread()
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, stop)
    signal.signal(signal.SIGTTIN, signal.SIG_IGN)  # reading from a terminal that is not ours fails instead of stopping us
    try:
        arguments = parse(sys.argv[1:])
        if arguments.which_board:  # ./dev asks, to build it
            print(arguments.board)
            return 0
        board = Board(arguments.board)
        for option in ("claim", "ca"):
            if getattr(arguments, option) and arguments.net.startswith("unix"):
                raise launch.BadOption(f"--{option} needs a network on which this machine can ask the device")
        serve(board, arguments.image or board.image, options_of(arguments, board), arguments)
    except (launch.BadOption, UnknownBoard) as error:
        say(error)
        return 2
    except OSError as error:  # a state folder that cannot be one, a file that may not be written
        say(f"{error.filename or 'this machine'}: {error.strerror}")
        return 2
    except (owner.NotClaimed, NoHttps) as error:
        say(error)
        return 1
    except launch.DeviceDied as error:
        say(error)
        return 2 if "exit code 2;" in str(error) else 1
    except Stop as reason:
        say(f"stopped by {signal.Signals(reason.args[0]).name}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
