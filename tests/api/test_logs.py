"""The log over the API: for the owner, in order, and without a secret."""

import re

from contract import check_count, check_problem, check_time
from support import owner
from support.device import eventually


def lines(device, after=0):
    answer = device.call("GET", f"/api/v1/logs?after={after}")
    assert answer.status == 200, answer
    return answer.json()


def test_the_lines_are_those_of_the_console(another):
    device = another()
    device.claim()
    device.set("temp0", 22)
    found = lines(device)
    assert [line["number"] for line in found["lines"]] == list(range(1, found["last"] + 1))
    for line in found["lines"]:
        assert set(line) == {"number", "time", "uptime_ms", "level", "component", "message"}
        assert line["level"] in ("error", "warning", "info", "debug")
        check_time(line["time"])
        check_count(line["uptime_ms"])
        assert f"{line['level']} {line['component']}: {line['message']}" in device.console
    assert found["lines"][0]["message"].startswith("jembatan ")


def test_what_was_seen_is_not_shown_again(another):
    device = another()
    device.claim()
    last = lines(device)["last"]
    assert lines(device, last) == {"lines": [], "last": last}
    device.call("POST", "/api/v1/actions/identify", {"duration_ms": 0})
    fresh = eventually(lambda: lines(device, last)["lines"])
    assert fresh[0]["number"] == last + 1 and "identifies itself" in fresh[0]["message"]


def test_strangers_and_those_who_may_less_do_not_read_it(another):
    device = another()
    device.claim()
    reader = device.call("POST", "/api/v1/tokens", {"name": "r", "scope": "operate"}).json()["token"]
    check_problem(device.call("GET", "/api/v1/logs", token=None), 401)
    check_problem(device.call("GET", "/api/v1/logs", token=reader), 403)


def test_a_number_that_is_none_is_told(another):
    device = another()
    device.claim()
    for after in ("x", "-1", "4294967295", ""):
        problem = check_problem(device.call("GET", f"/api/v1/logs?after={after}"), 422)
        assert [error["pointer"] for error in problem["errors"]] == ["/after"]


def test_no_secret_is_ever_in_it(another):
    device = another(log_level="debug")
    code = owner.setup_code(device.process.console)
    wrong = "jbt_" + 32 * "z"
    secrets = [code, code.replace("-", ""), device.claim(), wrong]
    made = device.call("POST", "/api/v1/tokens", {"name": "panel", "scope": "admin"}).json()
    secrets.append(made["token"])
    device.call("GET", "/api/v1/tokens", token=wrong)
    device.call("GET", f"/api/v1/sensors/{made['token']}")  # where it does not belong
    device.call("POST", "/api/v1/claim", {"code": made["token"], "name": wrong})
    device.call("DELETE", f"/api/v1/tokens/{made['id']}")
    text = "\n".join(line["message"] for line in lines(device)["lines"])
    console = re.sub(r"setup code: \S+", "", device.console)  # the one place where it belongs
    for secret in secrets:
        for part in (secret, secret[4:20]):
            assert part not in text and part not in console, part
