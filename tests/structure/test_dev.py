"""The one command: what it says, what it installs, and that it installs nothing twice."""
import os
import re
import subprocess

import pytest


@pytest.fixture(name="machine")
def fixture_machine(root, tmp_path):
    """machine(missing, *words): ./dev on a machine whose package tools are ours and write down their calls."""
    wanted = [line.split()[0] for line in (root / "cmake/packages.txt").read_text().splitlines()
              if line and not line.startswith("#")]

    def run(missing, *words):
        calls = tmp_path / "calls"
        calls.write_text("")
        installed = "\n".join(f"{name} installed" for name in wanted if name not in missing)
        tools = {"dpkg-query": f"cat <<'EOF'\n{installed}\nEOF\n", "sudo": 'exec "$@"\n',
                 "apt-get": f'echo "$*" >>{calls}\n'}
        for name, script in tools.items():
            (tmp_path / name).write_text("#!/bin/sh\n" + script)
            (tmp_path / name).chmod(0o755)
        done = subprocess.run([root / "dev", *words], env={**os.environ, "PATH": f"{tmp_path}:{os.environ['PATH']}"},
                              capture_output=True, text=True, check=False)
        return done, calls.read_text().splitlines()
    return run


def test_nothing_missing_means_apt_is_not_called(machine):
    done, calls = machine([], "deps")
    assert done.returncode == 0, done.stderr
    assert calls == [] and "installing" not in done.stderr


def test_what_is_missing_is_said_and_installed_in_one_go(machine):
    done, calls = machine(["gcovr", "ninja-build"], "deps")
    assert done.returncode == 0, done.stderr
    assert "installing by apt: ninja-build gcovr" in done.stderr
    assert len(calls) == 2 and calls[0].endswith("update")
    assert re.search(r"install --no-install-recommends ninja-build gcovr$", calls[1])


def test_a_command_from_elsewhere_serves_as_well_as_its_package(machine, tmp_path):
    (tmp_path / "npm").write_text("#!/bin/sh\n")
    (tmp_path / "npm").chmod(0o755)
    done, calls = machine(["npm"], "deps")
    assert done.returncode == 0 and calls == [], done.stderr


def test_every_package_has_its_reason(root):
    for line in (root / "cmake/packages.txt").read_text().splitlines():
        assert not line or line.startswith("# ") or re.fullmatch(r"[a-z0-9.+-]+( \[\w+\])? +# \S.*", line), line


def test_help_names_every_command(root):
    listed = subprocess.run([root / "dev", "help"], capture_output=True, text=True, check=True).stdout
    commands = re.search(r"^(\w+(?: \| \w+)+)\) \"cmd_", (root / "dev").read_text(), re.M).group(1).split(" | ")
    assert len(commands) >= 6
    for command in commands:
        assert re.search(rf"^  {command}\b", listed, re.M), command


@pytest.mark.parametrize(("words", "board"), [
    ([], "sim"), (["mps2-an385"], "mps2-an385"), (["--http", "0", "mps2-an385"], "mps2-an385"),
    (["--set", "temp0=1", "--without", "sim", "mps2-an385", "--http", "0"], "mps2-an385")])
def test_the_board_to_run_may_stand_anywhere(root, words, board):
    done = subprocess.run(["/usr/bin/python3", root / "tests/support/run.py", "--which-board", *words],
                          capture_output=True, text=True, check=True)
    assert done.stdout == board + "\n"


@pytest.mark.parametrize("words", [["--help"], ["mps2-an385", "-h"], ["--http", "0", "--help"]])
def test_help_on_running_builds_nothing(machine, words):
    done, _ = machine([], "run", *words)
    assert done.returncode == 0 and "--claim FILE" in done.stdout and "building" not in done.stderr


@pytest.mark.parametrize("words", [["--http", "70000"], ["--set", "temp0"], ["--set", "temp0=1_0"], ["--set", "temp0=nan"],
                                   ["--nonsense"], ["sim", "mps2-an385"]])
def test_a_wrong_option_is_said_before_anything_is_built(machine, words):
    done, _ = machine([], "run", *words)
    assert done.returncode == 2 and "building" not in done.stderr and done.stderr


@pytest.mark.parametrize("words", [["nonsense"], ["build"], ["size"], ["flash"], ["monitor", "nonsense"], ["test", "--nonsense"],
                                   ["fuzz", "0"], ["fuzz", "-1"], ["fuzz", "fuzz_http", "soon"], ["fuzz", "fuzz_http", "1", "2"]])
def test_what_it_does_not_understand_is_an_error(machine, words):
    done, _ = machine([], *words)
    assert done.returncode == 2 and "dev:" in done.stderr


def test_an_unknown_board_is_named(machine):
    done, _ = machine([], "build", "no-such-board")
    assert done.returncode == 2 and "no-such-board" in done.stderr


@pytest.mark.parametrize("target", ["fuzz_nothing", "fuzz_", "fuzz_http.c", "", "-v"])
def test_an_unknown_fuzz_target_is_named_beside_those_there_are(machine, root, target):
    done, calls = machine(["gcovr"], "fuzz", target, "1")
    assert done.returncode == 2 and f"no fuzz target '{target}'" in done.stderr
    there_are = done.stderr.split("there are: ")[1].split()
    assert there_are == sorted(source.stem for source in (root / "tests/fuzz").glob("fuzz_*.c"))
    assert calls == [], "nothing is installed for a mistake"


def test_every_fuzz_target_has_seeds_and_the_dictionary_it_names(root):
    sources = sorted((root / "tests/fuzz").glob("fuzz_*.c"))
    assert sources
    for source in sources:
        assert any((root / "tests/fuzz/corpus" / source.stem).iterdir()), source
        for name in re.findall(r"^ \* Dictionary: (.*)$", source.read_text(), re.M):
            assert (root / "tests/fuzz" / name).is_file(), f"{source}: {name}"
