"""./dev flash and ./dev monitor, with a folder for the board's drive, a recorder for openocd and a pseudo-terminal for the
serial line."""
import os
import pty
import subprocess
import sys

import pytest

INFO = "UF2 Bootloader v3.0\r\nModel: Raspberry Pi RP2\r\nBoard-ID: RPI-RP2\r\n"


@pytest.fixture(name="build")
def fixture_build(tmp_path):
    folder = tmp_path / "build"
    folder.mkdir()
    (folder / "jembatan.elf").write_bytes(b"elf")
    (folder / "jembatan.uf2").write_bytes(bytes(range(256)) * 2000)
    return folder


@pytest.fixture(name="flash")
def fixture_flash(root, tmp_path, build):
    """flash(*words, drives=(), board=...): runs it where these folders are mounted."""
    programs = tmp_path / "programs"
    programs.mkdir()

    def run(*words, drives=(), board="w5500-evb-pico"):
        mounts = tmp_path / "mounts"
        folders = [str(drive).replace(" ", "\\040") for drive in drives]
        lines = ["proc /proc proc rw 0 0", *(f"/dev/sdx1 {folder} vfat rw 0 0" for folder in folders)]
        mounts.write_text("".join(f"{line}\n" for line in lines))
        return subprocess.run([sys.executable, root / "tests/support/flash.py", board, "--build", build, "--mounts", mounts,
                               *words], capture_output=True, text=True, env={"PATH": str(programs)})

    run.programs = programs
    return run


def drive_at(folder, info=INFO):
    folder.mkdir(parents=True)
    (folder / "INFO_UF2.TXT").write_text(info)
    return folder


def test_the_image_is_copied_to_the_drive_of_the_board(flash, build, tmp_path):
    other = tmp_path / "photos"
    other.mkdir()
    drive = drive_at(tmp_path / "media" / "my RPI-RP2")
    done = flash(drives=[other, drive])
    assert done.returncode == 0, done.stderr
    assert (drive / "jembatan.uf2").read_bytes() == (build / "jembatan.uf2").read_bytes()
    assert not list(other.iterdir())


def test_a_drive_of_another_board_is_left_alone(flash, tmp_path):
    drive = drive_at(tmp_path / "RPI-RP2", INFO.replace("RPI-RP2", "SAMD21"))
    for words in ([], ["--drive", str(drive)]):
        done = flash(*words, drives=[drive])
        assert done.returncode == 2 and "flash:" in done.stderr
    assert [path.name for path in drive.iterdir()] == ["INFO_UF2.TXT"]


def test_of_several_boards_none_is_chosen_for_somebody(flash, tmp_path):
    drives = [drive_at(tmp_path / name) for name in ("one", "two")]
    done = flash(drives=drives)
    assert done.returncode == 2 and all(str(drive) in done.stderr for drive in drives)
    assert flash("--drive", str(drives[1]), drives=drives).returncode == 0
    assert not (drives[0] / "jembatan.uf2").exists() and (drives[1] / "jembatan.uf2").exists()


@pytest.mark.parametrize("code", [0, 1])
def test_without_a_drive_openocd_is_asked(flash, build, tmp_path, code):
    openocd = flash.programs / "openocd"
    openocd.write_text(f"#!/bin/sh\nprintf '%s\\n' \"$@\" >{tmp_path}/words\nexit {code}\n")
    openocd.chmod(0o755)
    assert flash().returncode == code
    words = (tmp_path / "words").read_text().splitlines()
    assert words[:4] == ["-f", "interface/cmsis-dap.cfg", "-f", "target/rp2040.cfg"]
    assert words[-1] == f"program {{{build}/jembatan.elf}} verify reset exit"


def test_with_neither_it_says_what_to_do(flash):
    done = flash()
    assert done.returncode == 2 and "BOOTSEL" in done.stderr


def test_an_image_that_was_not_built_is_named(flash, build):
    (build / "jembatan.uf2").unlink()
    done = flash()
    assert done.returncode == 2 and "jembatan.uf2" in done.stderr and "./dev build" in done.stderr


@pytest.mark.parametrize("board", ["sim", "no-such-board"])
def test_a_board_that_is_not_flashed_is_an_error(flash, board):
    done = flash(board=board)
    assert done.returncode == 2 and board in done.stderr


# ---- monitor ------------------------------------------------------------------------------------------------------

def read_until(descriptor, end):
    data = b""
    while end not in data:
        more = os.read(descriptor, 100)
        assert more, data
        data += more
    return data


@pytest.fixture(name="line")
def fixture_line():
    """The board's end of a serial line, and the name of ours."""
    board, ours = pty.openpty()
    yield board, os.ttyname(ours)
    os.close(board)
    os.close(ours)


@pytest.fixture(name="monitor")
def fixture_monitor(root):
    started = []

    def start(device):
        started.append(subprocess.Popen([sys.executable, root / "tests/support/monitor.py", "--device", device],
                                        stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, bufsize=0))
        return started[-1]

    yield start
    for process in started:
        process.kill()
        process.communicate()


def test_what_the_board_says_is_shown_and_what_is_typed_reaches_it_as_it_is(line, monitor):
    board, device = line
    process = monitor(device)
    read_until(process.stderr.fileno(), b"Ctrl-]")
    os.write(board, b"setup code: \xc3\xa9\r\n")
    assert read_until(process.stdout.fileno(), b"\n") == b"setup code: \xc3\xa9\r\n"
    process.stdin.write(b"status\n\x03\x04")
    assert read_until(board, b"\x04") == b"status\n\x03\x04"
    process.stdin.write(b"x\x1dy")
    assert process.wait(10) == 0
    assert read_until(board, b"x") == b"x"


def test_a_file_is_no_serial_line(monitor, tmp_path):
    (tmp_path / "file").write_text("")
    for path in (tmp_path / "file", tmp_path / "nothing"):
        process = monitor(path)
        assert process.wait(10) == 2
        assert str(path).encode() in process.stderr.read()
