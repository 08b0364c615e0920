"""The heap guard of the simulator ends a program that uses the heap after its first idle, and says so."""
import signal
import subprocess

import pytest


def run(option, call):
    # board_init takes the options from the command line; the probe's one word would be an unknown option there.
    return subprocess.run([option("probe")], env={"HEAP_PROBE": call}, capture_output=True, text=True, timeout=30,
                          check=False)


@pytest.mark.parametrize("call", ["malloc", "calloc", "realloc", "free"])
def test_a_call_after_the_first_idle_aborts(option, call):
    done = run(option, call)
    assert "idled" in done.stdout, done.stderr
    assert done.returncode == -signal.SIGABRT
    assert "still here" not in done.stdout
    assert call in done.stderr


def test_without_such_a_call_it_lives(option):
    done = run(option, "none")
    assert done.returncode == 0 and "still here" in done.stdout, done.stderr
