"""What is measured stays as good as it was, and what is in assembler stays the same as in C."""

import os

import pytest
from bench import bench, report
from bench.rig import DEVICE, Rig
from support import packet


@pytest.mark.needs("counted")
def test_no_figure_is_worse_than_the_kept_one(board, build):
    images = bench.Images(board.name, build)
    whole = "JEMBATAN_FULL" in os.environ
    found = bench.measured(board.name, images, build / "bench", lambda line: None, history=whole)
    wanted = set(report.kept(board.name)) - (set() if whole else {"history_1000_points"})
    assert not report.worse(board.name, found, wanted)


@pytest.mark.needs("counted")
def test_assembler_does_what_c_does(board, build, plugins):
    with Rig(board.name, build / "bench_equal.elf", plugins) as rig:
        rig.host.resolve(packet.ip(DEVICE), 60)
        assert rig.connect().get("/", timeout=60).body == b"equal"


@pytest.fixture
def kept(tmp_path, monkeypatch):
    monkeypatch.setattr(report, "BASELINE", tmp_path / "baseline.json")
    report.keep("a-board", {"sensor_get": (1000, "instructions"), "flash": (50, "bytes")})


def test_a_figure_that_is_worse_by_more_than_a_fiftieth_is_told(kept):
    now = {"sensor_get": (1021, "instructions"), "flash": (51, "bytes")}
    assert report.worse("a-board", now) == [("sensor_get", 1000, 1021)]


def test_a_figure_that_is_missing_is_told(kept):
    assert report.worse("a-board", {"flash": (50, "bytes")}) == [("sensor_get", 1000, None)]


def test_a_new_figure_and_a_better_one_are_not_told(kept):
    assert not report.worse("a-board", {"sensor_get": (900, ""), "flash": (50, ""), "new": (1, "")})
