"""`./dev monitor`: the console of a board on a serial line. Ctrl-] ends it; all else is the board's."""

import argparse
import glob
import os
import selectors
import sys
import termios
import tty

CANDIDATES = ("/dev/serial/by-id/*", "/dev/ttyACM*", "/dev/ttyUSB*")
END = b"\x1d"  # Ctrl-]


class NoLine(Exception):
    """The message is for the person who wanted it."""


def find(patterns=CANDIDATES):
    """The one serial line there is; several names may lead to the same."""
    lines = {}
    for pattern in patterns:
        for path in sorted(glob.glob(pattern)):
            lines.setdefault(os.path.realpath(path), path)
    if len(lines) > 1:
        raise NoLine(f"several serial lines: {', '.join(lines.values())}; --device DEVICE chooses one")
    return next(iter(lines.values()), None)


def open_line(path, baud):
    line = os.open(path, os.O_RDWR | os.O_NOCTTY | os.O_CLOEXEC)
    try:
        tty.setraw(line)
        settings = termios.tcgetattr(line)
        settings[2] |= termios.CLOCAL | termios.CREAD
        settings[4] = settings[5] = getattr(termios, f"B{baud}")
        termios.tcsetattr(line, termios.TCSANOW, settings)
    except termios.error:
        os.close(line)
        raise NoLine(f"{path} is no serial line") from None
    return line


def write_all(descriptor, data):
    while data:
        data = data[os.write(descriptor, data):]


def from_line(line):
    """What came, or nothing when the line has gone."""
    try:
        return os.read(line, 4096)
    except OSError:
        return b""


def talk(line, keys, screen):
    """Until Ctrl-], the end of what is typed, or the end of the line. returns an exit code"""
    with selectors.DefaultSelector() as either:
        either.register(line, selectors.EVENT_READ)
        either.register(keys, selectors.EVENT_READ)
        while True:
            for key, _ in either.select():
                data = from_line(line) if key.fd == line else os.read(keys, 4096)
                if not data:
                    return 1 if key.fd == line else 0
                if key.fd == line:
                    write_all(screen, data)
                    continue
                typed, end, _ = data.partition(END)
                write_all(line, typed)
                if end:
                    return 0


def watch(line, keys, screen):
    """talk, with each key passed on as it is typed. The board echoes nothing: the terminal goes on doing that."""
    if not os.isatty(keys):
        return talk(line, keys, screen)
    before = termios.tcgetattr(keys)
    try:
        tty.setcbreak(keys)
        settings = termios.tcgetattr(keys)
        settings[3] |= termios.ECHO
        termios.tcsetattr(keys, termios.TCSANOW, settings)
        return talk(line, keys, screen)
    finally:
        termios.tcsetattr(keys, termios.TCSANOW, before)


def say(text):
    print(f"monitor: {text}", file=sys.stderr, flush=True)


def main():
    parser = argparse.ArgumentParser(prog="./dev monitor", allow_abbrev=False)
    parser.add_argument("--device", metavar="DEVICE", help="the serial line; default: the only one there is")
    parser.add_argument("--baud", type=int, default=115200, choices=(9600, 57600, 115200, 230400))
    arguments = parser.parse_args()
    try:
        device = arguments.device or find()
        if not device:
            raise NoLine("no serial line is there; ./dev run BOARD shows the console of an emulated board")
        line = open_line(device, arguments.baud)
    except NoLine as error:
        say(error)
        return 2
    except OSError as error:
        say(f"{error.filename}: {error.strerror}")
        return 2
    say(f"{device}, {arguments.baud} baud; Ctrl-] ends it")
    try:
        code = watch(line, sys.stdin.fileno(), sys.stdout.fileno())
    except KeyboardInterrupt:
        return 0
    finally:
        os.close(line)
    if code:
        say("the line has gone")
    return code


if __name__ == "__main__":
    sys.exit(main())
