"""The history of a sensor: what was measured, in three formats, in pages, over a reset."""

import csv
import io
import math
import re

import pytest
from contract import SENSORS, check_count, check_problem, check_time
from support.device import PACE, eventually

FAST = "mag0_x"  # of the chip that converts fastest
PATH = f"/api/v1/sensors/{FAST}/history"
CSV = {"Accept": "text/csv"}
SENML = {"Accept": "application/senml+json"}
LINK = re.compile(r'<(/api/v1/sensors/\w+/history\?[^<>"\s]+)>; rel="next"')


def history(device, query="", sensor=FAST, headers=()):
    answer = device.get(f"/api/v1/sensors/{sensor}/history{query}", headers)
    assert answer.status == 200, answer
    return answer


def points(device, query="?limit=1000", sensor=FAST):
    return history(device, query, sensor).json()["points"]


def position(point):
    return point["boot"], point["uptime_ms"]


def link(answer):
    """Where the following page is; None when there is none."""
    field = answer.header("link")
    return LINK.fullmatch(field)[1] if field else None


def check_point(point, members):
    assert list(point) == ["time", "boot", "uptime_ms", *members]
    check_time(point["time"])
    check_count(point["boot"])
    check_count(point["uptime_ms"])


@pytest.fixture
def fast(owned):
    """FAST is sampled ten times a second."""
    assert owned.patch(f"/api/v1/sensors/{FAST}", {"interval_ms": 100}).status == 200
    return owned


@pytest.mark.parametrize("sensor", SENSORS)
def test_every_sensor_has_a_history_whose_last_point_is_its_reading(device, sensor):
    reading = eventually(lambda: next((r for r in [device.sensor(sensor)] if r["quality"] == "ok"), None))
    document = history(device, "?limit=1000", sensor).json()
    assert list(document) == ["id", "unit", "step", "points", "next"]
    assert (document["id"], document["unit"], document["step"], document["next"]) == (sensor, reading["unit"], 0, None)
    for point in document["points"]:
        check_point(point, ["value"])
    positions = [position(point) for point in document["points"]]
    assert positions == sorted(set(positions))
    found = {point["uptime_ms"]: point for point in document["points"] if point["boot"] == positions[-1][0]}
    assert found[reading["uptime_ms"]]["value"] == reading["value"]
    assert found[reading["uptime_ms"]]["time"] == reading["time"]


def test_what_a_sensor_measured_is_told_in_order(device):
    for value in (21, 35.5, -10.25):
        device.set("temp0", value)
        eventually(lambda: device.sensor("temp0")["value"] == value)  # noqa: B023
    values = [point["value"] for point in points(device, "?since=-10&limit=1000", "temp0")]
    steps = [value for i, value in enumerate(values) if i == 0 or values[i - 1] != value]
    assert steps[-3:] == [21, 35.5, -10.25]


@pytest.mark.parametrize("step", [0, 60, 120])
def test_the_formats_agree(fast, step):
    eventually(lambda: len(points(fast)) >= 12, timeout=10)
    document = history(fast, f"?step={step}&limit=10").json()
    answer = history(fast, f"?step={step}&limit=10", headers=CSV)
    assert answer.media == "text/csv; charset=utf-8; header=present"
    text = answer.body.decode("ascii")
    assert text.endswith("\r\n") and "\n" not in text.replace("\r\n", "")
    rows = list(csv.DictReader(io.StringIO(text, newline=""), strict=True))
    members = ["min", "avg", "max", "samples"] if step else ["value"]
    shown = document["points"] if not step else document["points"][:-1]  # the last interval goes on
    for point, row in zip(shown, rows):
        check_point(point, members)
        assert list(row) == list(point)
        for name, field in row.items():
            assert field == "" if point[name] is None else field == point[name] or float(field) == point[name]
    assert len(rows) == len(document["points"])

    records = history(fast, f"?step={step}&limit=10", headers=SENML).json()
    mac = fast.get("/api/v1/device").json()["mac"].replace(":", "")
    assert records[0]["bn"] == f"urn:dev:mac:{mac[:6]}fffe{mac[6:]}_{FAST}" and records[0]["bu"] == document["unit"]
    assert all(set(record) <= {"n", "v", "t"} for record in records[1:])
    per_point = 3 if step else 1
    assert len(records) == per_point * sum(point.get("value", 0) is not None for point in document["points"])
    values = [point for point in shown if point.get("value", 0) is not None]
    for i, point in enumerate(values):
        group = records[per_point * i:per_point * (i + 1)]
        assert [record.get("n") for record in group] == ([":min", ":avg", ":max"] if step else [None])
        assert [record["v"] for record in group] == [point[name] for name in members if name != "samples"]
        assert len({record["t"] for record in group}) == 1
        if point["time"] is None:
            assert group[0]["t"] <= 0


def test_a_minute_is_what_its_samples_are(fast):
    eventually(lambda: points(fast, "?step=60") and len(points(fast)) >= 5)
    minute = points(fast, "?step=60")[-1]
    inside = [point["value"] for point in points(fast)
              if point["boot"] == minute["boot"] and point["value"] is not None
              and 0 <= point["uptime_ms"] - minute["uptime_ms"] < 60000][:minute["samples"]]
    assert minute["uptime_ms"] % 60000 == 0
    assert (len(inside), min(inside), max(inside)) == (minute["samples"], minute["min"], minute["max"])
    assert math.isclose(minute["avg"], sum(inside) / len(inside), abs_tol=5.01e-10)


@pytest.mark.parametrize("headers", [(), CSV])
def test_a_walk_through_pages_gives_each_sample_once_while_new_ones_come(fast, headers):
    """The walk is slower than the sampler at first, so that it always meets new samples."""
    eventually(lambda: len(points(fast, "?since=-3")) >= 15)
    seen, target, pages = [], f"{PATH}?limit=3&since=-3", 0
    while target and pages < 400:
        answer = fast.get(target, headers)
        if headers:
            rows = list(csv.DictReader(io.StringIO(answer.body.decode(), newline="")))
            seen += [(int(row["boot"]), int(row["uptime_ms"])) for row in rows]
            assert len(rows) <= 3
        else:
            document = answer.json()
            seen += [position(point) for point in document["points"]]
            assert (document["next"] is None) == (link(answer) is None)
            assert document["next"] is None or link(answer).endswith(f"&cursor={document['next']}")
        target = link(answer)
        pages += 1
        if pages < 5:
            PACE.wait(0.3)
    assert target is None and pages >= 4
    there = [position(point) for point in points(fast, "?limit=1000")]
    assert seen == [one for one in there if seen[0] <= one <= seen[-1]]
    assert "since=-3&limit=3&cursor=" in link(fast.get(f"{PATH}?limit=3&since=-3"))


def test_the_last_page_begins_where_the_walk_ended(fast):
    """A program that keeps its cursor sees what is new, and only that."""
    eventually(lambda: len(points(fast)) >= 3)
    first = fast.get(f"{PATH}?limit=2").json()
    rest = points(fast, f"?limit=1000&cursor={first['next']}")
    everything = points(fast, "?limit=1000")
    assert (first["points"] + rest) == everything[:len(rest) + 2]


def test_times_bound_what_is_shown(fast):
    eventually(lambda: len(points(fast, "?since=-3")) >= 20)
    now = fast.status()["uptime_ms"]
    shown = points(fast, "?since=-2&until=-1&limit=1000")
    assert 5 <= len(shown) <= 11
    assert all(now - 2000 <= point["uptime_ms"] < fast.status()["uptime_ms"] - 1000 for point in shown)
    everything = points(fast)
    if everything[-1]["time"]:
        bounds = f"?limit=1000&since={everything[-9]['time']}&until={everything[-4]['time']}"
        assert points(fast, bounds) == everything[-9:-4]
    else:
        answer = fast.get(f"{PATH}?since=2026-11-22T12:00:00Z")
        assert check_problem(answer, 422)["errors"][0]["pointer"] == "/since"


def test_a_head_is_that_of_the_answer(fast):
    eventually(lambda: len(points(fast)) >= 3)
    answer = fast.request(f"{PATH}?limit=2", method="HEAD")
    assert (answer.status, answer.body, answer.media) == (200, b"", "application/json")
    assert link(answer) == link(fast.get(f"{PATH}?limit=2"))


@pytest.mark.parametrize("query, pointers", [
    ("since=yesterday", ["/since"]), ("since=1", ["/since"]), ("since=-315576001", ["/since"]),
    ("until=2026-02-30T00:00:00Z", ["/until"]), ("since=-5&until=-6", ["/since"]),
    ("step=30", ["/step"]), ("step=86460", ["/step"]), ("step=-60", ["/step"]), ("step=x", ["/step"]),
    ("limit=0", ["/limit"]), ("limit=1001", ["/limit"]), ("limit=", ["/limit"]),
    ("cursor=0", ["/cursor"]), ("cursor=ffffffffffffffffffffffff", ["/cursor"]), ("cursor=%00", ["/cursor"]),
    ("limit=0&step=1&since=x&until=y&cursor=z", ["/cursor", "/limit", "/since", "/step", "/until"]),
])
def test_wrong_parameters_are_named(device, query, pointers):
    problem = check_problem(device.get(f"{PATH}?{query}"), 422, instance=PATH)
    assert sorted(error["pointer"] for error in problem["errors"]) == pointers
    assert all(error["detail"] for error in problem["errors"])


def test_what_cannot_be_given_is_406_and_what_is_not_there_404(device):
    check_problem(device.get(PATH, {"Accept": "text/html"}), 406)
    check_problem(device.get("/api/v1/sensors/nope/history"), 404)
    assert device.get(f"{PATH}?colour=red").status == 200  # unknown parameters are ignored, as everywhere


@pytest.mark.needs("broken_chips")
def test_a_failed_sample_is_null_and_does_not_flood_the_ring(owned):
    owned.nak("temp0")
    try:
        eventually(lambda: points(owned, sensor="temp0")[-1]["value"] is None)
        assert owned.patch("/api/v1/sensors/temp0", {"interval_ms": 3600000}).status == 200
        eventually(lambda: owned.sensor("temp0")["uptime_ms"] > points(owned, sensor="temp0")[-1]["uptime_ms"] + 1500)
    finally:
        owned.heal("temp0")
    eventually(lambda: points(owned, sensor="temp0")[-1]["value"] is not None)
    rows = list(csv.DictReader(io.StringIO(history(owned, "?limit=1000", "temp0", CSV).body.decode(), newline="")))
    assert rows[-2]["value"] == "" and rows[-1]["value"] != ""


def test_it_survives_a_restart_and_times_go_on(another):
    device = another()
    device.claim()
    assert device.patch(f"/api/v1/sensors/{FAST}", {"interval_ms": 100}).status == 200
    before = eventually(lambda: (found := points(device)) and len(found) >= 20 and found, timeout=15)
    starts = device.starts
    assert device.call("POST", "/api/v1/actions/reboot", {}).status == 202
    device.restarted(starts)
    after = eventually(lambda: (found := points(device)) and found[-1]["boot"] == 2 and found)
    assert after[:len(before)] == before  # with their times, where the device knew them
    assert [point["boot"] for point in after] == sorted(point["boot"] for point in after)
    assert {point["boot"] for point in after} == {1, 2}
    minutes = points(device, "?step=60")
    assert [minute["boot"] for minute in minutes] == [1, 2]
    in_first = [point for point in after if point["boot"] == 1 and point["value"] is not None]
    assert minutes[0]["samples"] == len(in_first)
    assert sorted({position(point) for point in after}) == [position(point) for point in after]


def test_a_reset_to_factory_settings_forgets_it(another):
    device = another()
    device.claim()
    eventually(lambda: points(device))
    starts = device.starts
    assert device.call("POST", "/api/v1/actions/factory-reset", {}).status == 202
    device.restarted(starts)
    eventually(lambda: points(device))
    assert {point["boot"] for point in points(device)} == {1}
    assert device.status()["history"]["starts"] == 1


def test_a_power_cut_begins_it_anew(another):
    device = another()
    eventually(lambda: points(device))
    device.kill()
    device.start()
    eventually(lambda: points(device))
    assert {point["boot"] for point in points(device)} == {1}
