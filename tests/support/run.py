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


NUMBER = re.compile(r"[-+]?([0-9]+(\.[0-9]*)?|\.[0-9]+)(e[-+]?[0-9]{1,2})?", re.ASCII | re.IGNORECASE)
ADDRESS = re.compile(r"IPv4 address (\d+\.\d+\.\d+\.\d+)")


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
    parser.add_argument("--state", metavar="DIR", help="what lasts; default build/BOARD/state")
    parser.add_argument("--set", type=assignment, action="append", default=[], metavar="ID=VALUE",
                        help="start value of a sensor, in its unit")
    parser.add_argument("--pcap", metavar="FILE", help="record the device's traffic")
    parser.add_argument("--log-level", choices=launch.LOG_LEVELS)
    parser.add_argument("--net", default="slirp", metavar="slirp|tap[:IF]|unix:LOCAL,REMOTE")
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
    """The process, and what can be said of where it is reached."""
    if options.net == "slirp":
        process = launch.start_ready(board, image, options, show=sys.stderr)
        return process, f"http://127.0.0.1:{process.port}/"
    process = launch.Process(board, image, options, show=sys.stderr)
    try:
        process.start()
        if options.ip and options.net.startswith("tap"):
            process.wait_ready()
            return process, f"http://{options.ip.partition('/')[0]}/"
        # On such a network this machine may have no way to ask it: what it says of its address has to do. It has
        # one after 12 s at the latest, if only a link-local one.
        line = process.console.wait_for(ADDRESS, 30)
        process.check_alive()
        return process, f"http://{ADDRESS.search(line)[1]}/" if line else options.net
    except BaseException:
        process.stop()
        raise


def address_of(where):
    """(host, port) of http://host:port/."""
    match = re.fullmatch(r"http://([^:/]+)(?::(\d+))?/", where)
    return match[1], int(match[2] or 80)


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


def serve(board, image, options, token_file):
    process, where = start(board, image, options)
    try:
        if token_file:
            owner.claim_into(token_file, address_of(where), process.console)
            say(f"the token is in {token_file}")
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
        if arguments.claim and arguments.net.startswith("unix"):
            raise launch.BadOption("--claim needs a network on which this machine can ask the device")
        serve(board, arguments.image or board.image, options_of(arguments, board), arguments.claim)
    except (launch.BadOption, UnknownBoard) as error:
        say(error)
        return 2
    except OSError as error:  # a state folder that cannot be one, a file that may not be written
        say(f"{error.filename or 'this machine'}: {error.strerror}")
        return 2
    except owner.NotClaimed as error:
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
