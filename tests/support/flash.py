"""`./dev flash`: puts an image on a board, by the drive that its boot ROM shows, else by a debug probe and openocd."""

import argparse
import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

# Run as a script: the package's parent, not this folder, is where imports begin.
sys.path[0] = str(Path(__file__).resolve().parents[1])

from support.board import ROOT, Board, UnknownBoard  # noqa: E402


class CannotFlash(Exception):
    """The message is for the person who wanted it."""


def facts_of(board):
    path = ROOT / "boards" / board.name / "flash.json"
    if not path.is_file():
        raise CannotFlash(f"nothing is known about flashing {board.name}; its README.md says how it gets its image")
    return json.loads(path.read_text())


def mounted(mounts):
    """Where file systems are mounted. mounts: a file like /proc/self/mounts, which writes blanks in octal"""
    for line in Path(mounts).read_text().splitlines():
        folder = line.split(" ")[1]
        yield Path(re.sub(r"\\([0-7]{3})", lambda code: chr(int(code[1], 8)), folder))


def is_drive(folder, facts):
    """By the file that says which board it is: labels may be anybody's."""
    try:
        said = (folder / facts["info"]).read_text(errors="replace")
    except OSError:
        return False
    return f"Board-ID: {facts['board_id']}" in said.splitlines()


def find_drive(facts, mounts):
    found = [folder for folder in mounted(mounts) if is_drive(folder, facts)]
    if len(found) > 1:
        raise CannotFlash(f"several boards wait: {', '.join(map(str, found))}; --drive FOLDER chooses one")
    return found[0] if found else None


def copy(image, folder):
    """To the last byte: the board restarts when it has got all of it."""
    with open(image, "rb") as source, open(folder / image.name, "wb") as target:
        shutil.copyfileobj(source, target)
        target.flush()
        os.fsync(target.fileno())


def by_probe(facts, elf):
    """returns openocd's exit code"""
    words = ["openocd"]
    for file in facts["files"]:
        words += ["-f", file]
    for command in facts["commands"]:
        words += ["-c", command]
    return subprocess.run([*words, "-c", f"program {{{elf}}} verify reset exit"]).returncode


def flash(board, folder, drive, mounts):
    facts = facts_of(board)
    elf, image = folder / "jembatan.elf", folder / facts["drive"]["image"]
    for path in (elf, image):
        if not path.is_file():
            raise CannotFlash(f"{path} is not there; ./dev build {board.name} makes it")
    if drive and not is_drive(drive, facts["drive"]):
        raise CannotFlash(f"{drive} is no drive of a {facts['drive']['board_id']} (no {facts['drive']['info']} that says so)")
    drive = drive or find_drive(facts["drive"], mounts)
    if drive:
        say(f"copying {image.name} to {drive}")
        copy(image, drive)
        return 0
    if shutil.which("openocd"):
        say("no drive is mounted: by openocd and a debug probe")
        return by_probe(facts["openocd"], elf)
    raise CannotFlash(f"no board was found: {facts['how']}")


def say(text):
    print(f"flash: {text}", file=sys.stderr, flush=True)


def main():
    parser = argparse.ArgumentParser(prog="./dev flash", allow_abbrev=False)
    parser.add_argument("board", metavar="BOARD")
    parser.add_argument("--drive", type=Path, metavar="FOLDER", help="where the board's drive is mounted, if there are several")
    parser.add_argument("--build", type=Path, metavar="FOLDER", help="where the image is, instead of build/BOARD")
    parser.add_argument("--mounts", default="/proc/self/mounts", help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    try:
        board = Board(arguments.board)
        return flash(board, arguments.build or ROOT / "build" / board.name, arguments.drive, arguments.mounts)
    except (CannotFlash, UnknownBoard) as error:
        say(error)
        return 2
    except OSError as error:
        say(f"{error.filename or 'the drive'}: {error.strerror}")
        return 1


if __name__ == "__main__":
    sys.exit(main())
