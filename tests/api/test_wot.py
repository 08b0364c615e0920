"""GET /.well-known/wot: the Thing Description against the W3C's schema, the API it describes, and node-wot."""

import copy
import json
import os
import subprocess
from urllib.parse import urljoin, urlsplit

import jsonschema
import pytest
from contract import ACTUATORS, INDEX_LINKS, RESOURCES, RFC3339, SENSORS, check_problem, check_run

from support.board import ROOT
from support.device import eventually
from support.http1 import request_bytes

PATH = "/.well-known/wot"
MODULES = ROOT / "build" / "js" / "node_modules"
SCHEMA = MODULES / "wot-thing-description-types" / "schema" / "td-json-schema-validation.json"
CLIENT, VALIDATOR = (ROOT / "tests" / "js" / name for name in ("wot_client.mjs", "td_valid.mjs"))
ACTIONS = {"identify", "calibrate", "scan", "reboot", "factory-reset"}
METHODS = {"readproperty": "GET", "writeproperty": "PUT", "invokeaction": "POST", "queryaction": "GET"}
CHANGING = {"writeproperty", "invokeaction"}


def describe(device, host=None, token=None):
    answer = device.call("GET", PATH, token=token, headers=[("Host", host)] if host else [])
    assert (answer.status, answer.media) == (200, "application/td+json")
    return answer.json()


def forms_of(td):
    """(kind of affordance, its name, its form) of each form, with its operations as a set and its target resolved."""
    found = []
    for kind in ("properties", "actions", "events"):
        for name, affordance in td[kind].items():
            for form in affordance["forms"]:
                op = form["op"] if isinstance(form["op"], list) else [form["op"]]
                found.append((kind, name, {**form, "op": set(op), "href": urljoin(td["base"], form["href"])}))
    return found


def security(td, form):
    """The schemes that a form needs: those of the Thing, unless it has its own."""
    return [td["securityDefinitions"][name]["scheme"] for name in form.get("security", td["security"])]


def target(form):
    parts = urlsplit(form["href"])
    return parts.path + (f"?{parts.query}" if parts.query else "")


def all_ok(device):
    eventually(lambda: device.status()["sensors"]["ok"] == len(SENSORS))


# ---- Is it a Thing Description? ---------------------------------------------------------------------------------


def spoiled(td):
    """Descriptions that are wrong in one place each: a validator that takes them checks nothing."""
    def without_forms(copied):
        del copied["properties"]["temp0"]["forms"]

    def with_a_wrong_operation(copied):
        copied["actions"]["identify"]["forms"][0]["op"] = "readproperty"

    def without_security(copied):
        del copied["security"]

    def of_no_type(copied):
        copied["properties"]["temp0"]["type"] = "temperature"

    def with_another_context(copied):
        copied["@context"] = "https://example.com"

    for spoil in (without_forms, with_a_wrong_operation, without_security, of_no_type, with_another_context):
        copied = copy.deepcopy(td)
        spoil(copied)
        yield copied


def by_ajv(tds):
    answer = subprocess.run(["node", VALIDATOR, MODULES, SCHEMA], input=json.dumps(tds), capture_output=True,
                            text=True, timeout=60)
    assert answer.returncode == 0, answer.stderr
    return json.loads(answer.stdout)


def by_python(tds):
    validator = jsonschema.Draft7Validator(json.loads(SCHEMA.read_text()))
    return [[error.message for error in validator.iter_errors(td)] for td in tds]


@pytest.mark.parametrize("validate", [by_ajv, by_python])
def test_it_is_valid_by_the_schema_of_the_w3c(device, validate):
    td = describe(device)
    good, *bad = validate([td, *spoiled(td)])
    assert good == []
    assert len(bad) == 5 and all(bad)


def test_the_operations_of_an_actions_form_are_those_of_actions(device):
    """What the schema does not say of a form: that its operations belong to the kind of affordance."""
    allowed = {"properties": {"readproperty", "writeproperty", "observeproperty", "unobserveproperty"},
               "actions": {"invokeaction", "queryaction"}, "events": {"subscribeevent", "unsubscribeevent"}}
    for kind, name, form in forms_of(describe(device)):
        assert form["op"] <= allowed[kind], name


def test_its_id_is_the_devices_name_in_senml(device):
    td = describe(device)
    all_ok(device)
    pack = device.get("/api/v1/readings", {"Accept": "application/senml+json"}).json()
    assert pack[0]["bn"] == td["id"] + "_"
    mac = device.get("/api/v1/device").json()["id"]
    assert td["id"] == f"urn:dev:mac:{mac[:6]}fffe{mac[6:]}"
    assert td["version"] == {"instance": device.get("/api/v1/device").json()["firmware"]["version"]}


def test_only_a_client_that_takes_it_gets_it(device):
    for accept, status in (("application/td+json", 200), ("*/*", 200), ("application/*", 200),
                           ("application/json", 406), ("text/html", 406)):
        answer = device.get(PATH, {"Accept": accept})
        assert answer.status == status, accept
    check_problem(device.get(PATH, {"Accept": "text/html"}), 406, PATH)


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost:8080", "[::1]", "[fe80::1]:80", "192.0.2.7:65535"])
def test_its_base_is_where_the_client_asked(device, host):
    assert describe(device, host)["base"] == f"http{'s' * device.https}://{host}/"


def test_it_grows_with_no_port(device):
    answer = device.request(PATH, {"Host": "127.0.0.1:" + 1200 * "0" + "80"})
    check_problem(answer, 400, PATH)


# ---- Is it this device? ------------------------------------------------------------------------------------------


def test_each_sensor_and_actuator_is_a_property_and_nothing_else_is(device):
    td = describe(device)
    sensors = {sensor["id"]: sensor for sensor in device.get("/api/v1/sensors").json()["sensors"]}
    actuators = {actuator["id"]: actuator for actuator in device.get("/api/v1/actuators").json()["actuators"]}
    assert list(sensors) == SENSORS and list(actuators) == ACTUATORS
    assert list(td["properties"]) == [*sensors, *actuators, "readings"]
    assert set(td["actions"]) == ACTIONS == set(device.get("/api/v1/actions").json()["actions"])
    assert set(td["events"]) == {"alert"}
    for name, sensor in sensors.items():
        shown = td["properties"][name]
        assert (shown["title"], shown["unit"], shown["type"]) == (sensor["name"], sensor["unit"], "number")
        assert shown["readOnly"] and shown["observable"]
        assert sensor["chip"] in shown["description"]
        assert {op for form in shown["forms"] for op in ([form["op"]] if isinstance(form["op"], str) else form["op"])} \
            == {"readproperty", "observeproperty", "unobserveproperty"}
    for name, actuator in actuators.items():
        shown = td["properties"][name]
        assert (shown["title"], shown["type"]) == (actuator["name"], "object")
        assert not shown.get("readOnly")
        assert [form["op"] for form in shown["forms"]] == ["readproperty", "writeproperty"]
    assert td["actions"]["calibrate"]["input"]["properties"]["sensor"]["enum"] == SENSORS


def test_what_a_property_gives_is_as_its_schema_says(device):
    all_ok(device)
    td = describe(device)
    for name, shown in td["properties"].items():
        form = next(form for form in shown["forms"] if form["op"] == "readproperty")
        validator = jsonschema.Draft7Validator(shown)
        value = eventually(lambda: [a for a in [device.get(form["href"])] if a.status == 200])[0].json()  # noqa: B023
        validator.validate(value)
        assert not validator.is_valid("a text"), name  # the schema does say something


def test_every_form_answers(owned):
    td = describe(owned, owned.authority)
    all_ok(owned)
    bodies = {**{name: {"state": "off"} for name in ACTUATORS}, "identify": {"duration_ms": 0}, "scan": None,
              "calibrate": {"sensor": "temp0", "value": owned.sensor("temp0")["value"]}}
    runs, followed = {}, set()
    for _, name, form in forms_of(td):
        if form.get("subprotocol") == "sse":
            continue
        [op] = form["op"]
        assert form["href"].startswith(owned.url)
        if name in ("reboot", "factory-reset"):
            continue
        path = target(form).replace("{run}", runs.get(name, ""))
        answer = owned.call(METHODS[op], path, bodies[name] if op in CHANGING else None)
        assert answer.status == (202 if op == "invokeaction" else 200), (name, op, answer)
        if op == "invokeaction":
            if bodies[name] is not None:
                jsonschema.Draft7Validator(td["actions"][name]["input"]).validate(bodies[name])
            jsonschema.Draft7Validator(td["actions"][name]["output"]).validate(answer.json())
            runs[name] = answer.json()["id"]
            assert urljoin(td["base"], answer.header("location")).endswith(f"/{name}/{runs[name]}")
        elif op == "queryaction":
            check_run(answer.json())
            assert answer.json()["id"] == runs[name]
        followed.add((name, op))
    assert len(followed) == len(SENSORS) + 2 * len(ACTUATORS) + 1 + 2 * 3


def test_actions_that_restart_answer_too_with_the_headers_that_they_ask_for(another):
    device = another()
    device.claim()
    td = describe(device)
    for name in ("reboot", "factory-reset"):
        invoke, query = td["actions"][name]["forms"]
        headers = [(header["htv:fieldName"], header["htv:fieldValue"]) for header in invoke["htv:headers"]]
        # As a client that has no input sends it. Without what the form asks for it would be 415.
        answer = device.request(invoke["href"], [*headers, ("Authorization", f"Bearer {device.token}")], "POST", b"")
        assert answer.status == 202, answer
        starts, run = device.starts, answer.json()["id"]
        device.restarted(starts)
        if name == "reboot":
            found = device.get(query["href"].replace("{run}", run)).json()
            assert (found["action"], found["state"]) == (name, "done")
    assert device.get("/api/v1/status").json()["owner"] == "unclaimed"


def test_every_link_answers(device):
    for link in describe(device)["links"]:
        answer = device.get(link["href"], {"Accept": link["type"]})
        assert (answer.status, answer.media) == (200, link["type"])


def test_forms_that_change_say_what_the_routes_ask_for(owned):
    td = describe(owned)
    changing = [(name, form) for _, name, form in forms_of(td) if form["op"] & CHANGING]
    assert {name for name, _ in changing} == ACTIONS | set(ACTUATORS)
    for name, form in changing:
        [op] = form["op"]
        path = f"/api/v1/actuators/{ACTUATORS[0]}" if name in ACTUATORS else target(form)
        assert form["scopes"] == [RESOURCES[path][METHODS[op]]], name
        assert security(td, form) == ["bearer"]
        check_problem(owned.call(METHODS[op], target(form), {}, token=None), 401)


def test_reading_says_nosec_until_it_needs_a_token(owned):
    def reading(td):
        return [form for _, _, form in forms_of(td) if not form["op"] & CHANGING]

    td = describe(owned)
    assert all(security(td, form) == ["nosec"] for form in reading(td)) and len(reading(td)) > len(SENSORS)
    assert owned.patch("/api/v1/config", {"read_auth": "token"}).status == 200
    closed = describe(owned)  # without a token: whoever finds the device must learn that it needs one
    assert all(security(closed, form) == ["bearer"] for form in reading(closed))
    assert [form["href"] for form in reading(closed)] == [form["href"] for form in reading(td)]
    for form in reading(closed):
        if form.get("subprotocol") != "sse":
            check_problem(owned.call("GET", target(form).replace("{run}", "0"), token=None), 401)
    assert by_ajv([closed]) == [[]]


def test_what_is_set_shows_up_and_changes_the_tag(owned):
    tags = [owned.get(PATH).header("etag")]

    def changed(path, patch):
        assert owned.patch(path, patch).status == 200
        td, tag = describe(owned), owned.get(PATH).header("etag")
        assert tag not in tags
        tags.append(tag)
        return td

    name = 'He said "ü" \\ \u2603'
    assert changed("/api/v1/config", {"name": name})["title"] == name
    assert changed("/api/v1/sensors/mag0_x", {"name": name})["properties"]["mag0_x"]["title"] == name
    assert changed("/api/v1/actuators/led3", {"name": name})["properties"]["led3"]["title"] == name
    before = describe(owned)["properties"]["temp0"]
    after = changed("/api/v1/sensors/temp0", {"offset": 2.5})["properties"]["temp0"]
    assert (after["minimum"], after["maximum"]) == (before["minimum"] + 2.5, before["maximum"] + 2.5)
    assert owned.get(PATH, {"If-None-Match": tags[-1]}).status == 304
    assert owned.get(PATH, {"If-None-Match": tags[-2]}).status == 200


def test_a_value_at_the_end_of_the_range_is_in_it_whatever_the_offset(owned):
    owned.set("temp0", 127.9375)
    assert owned.patch("/api/v1/sensors/temp0", {"offset": 10}).status == 200
    eventually(lambda: (owned.sensor("temp0")["value"] or 0) > 137)
    jsonschema.Draft7Validator(describe(owned)["properties"]["temp0"]).validate(owned.sensor("temp0")["value"])
    owned.set("temp0", 21.5)


def test_it_knows_nothing_of_a_sample(device):
    first = device.get(PATH)
    at = device.status()["uptime_ms"]
    eventually(lambda: device.sensor("temp0")["uptime_ms"] > at + 1000)
    second = device.get(PATH)
    assert (second.header("etag"), second.body) == (first.header("etag"), first.body)


# ---- A real client -----------------------------------------------------------------------------------------------


def node_environment(device):
    return {**os.environ, "NODE_EXTRA_CA_CERTS": str(device.ca_file)} if device.https else None


def node_wot(device, *words, token=None):
    """What node-wot finds in the description, and the result of each step (tests/js/wot_client.mjs)."""
    options = ["--token", token] if token else []
    answer = subprocess.run(["node", CLIENT, MODULES, device.url.rstrip("/") + PATH, *options, *words],
                            capture_output=True, text=True, timeout=90, env=node_environment(device))
    assert answer.returncode == 0, answer.stderr
    first, *lines = [json.loads(line) for line in answer.stdout.splitlines()]
    assert first["step"] == "td"
    return first["value"], lines


def test_node_wot_reads_what_the_chip_measures(device):
    all_ok(device)
    device.set("temp0", 37.25)
    eventually(lambda: device.sensor("temp0"), quality="ok", value=37.25)
    td, lines = node_wot(device, "read", "temp0", "read", "led0")
    assert td == describe(device, device.authority)
    assert lines[0] == {"step": "read temp0", "value": 37.25}
    assert lines[1]["value"]["state"] in ("off", "on")
    device.set("temp0", 21.5)


def test_node_wot_reads_all_properties(device):
    all_ok(device)
    _, [line] = node_wot(device, "read-all")
    assert list(line["value"]) == [*SENSORS, *ACTUATORS, "readings"]
    assert all(type(line["value"][sensor]) in (int, float) for sensor in SENSORS)
    assert [reading["id"] for reading in line["value"]["readings"]["readings"]] == SENSORS
    assert all(line["value"][actuator]["id"] == actuator for actuator in ACTUATORS)


def test_node_wot_switches_an_actuator_with_a_token(owned):
    _, lines = node_wot(owned, "read", "led1", "write", "led1", '{"state":"on"}', token=owned.token)
    assert lines[0]["value"]["requested"] == "off"
    assert lines[1] == {"step": 'write led1 {"state":"on"}', "value": None}
    eventually(lambda: owned.light("led1"))
    _, [written, read] = node_wot(owned, "write", "led1", '{"state":"off"}', "read", "led1", token=owned.token)
    assert "error" not in written and read["value"]["requested"] == "off"
    eventually(lambda: not owned.light("led1"))


def test_node_wot_cannot_switch_without_one(owned):
    _, [line] = node_wot(owned, "write", "led1", '{"state":"on"}')
    assert "token" in line["error"]
    _, [line] = node_wot(owned, "write", "led1", '{"state":"on"}', token="jbt_" + 32 * "0")
    assert "Unauthorized" in line["error"]
    assert owned.get("/api/v1/actuators/led1").json()["requested"] == "off"


def test_node_wot_invokes_actions_with_an_input_and_without(owned):
    _, lines = node_wot(owned, "invoke", "identify", '{"duration_ms":100}', "invoke", "identify", "invoke",
                        "identify", '{"duration_ms":0}', "invoke", "identify", '{"duration_ms":-1}', token=owned.token)
    *good, bad = lines
    for line in good:
        check_run(line["value"])
        assert line["value"]["action"] == "identify"
        found = owned.get(f"/api/v1/actions/identify/{line['value']['id']}")
        assert found.status == 200 and (found.json()["time"] is None or RFC3339.fullmatch(found.json()["time"]))
    assert len({line["value"]["id"] for line in good}) == 3
    assert "Unprocessable" in bad["error"]


def test_node_wot_reads_with_a_token_when_reading_needs_one(another):
    device = another()
    device.claim()
    assert device.patch("/api/v1/config", {"read_auth": "token"}).status == 200
    reader = device.call("POST", "/api/v1/tokens", {"name": "wot", "scope": "read"}).json()["token"]
    eventually(lambda: device.call("GET", "/api/v1/sensors/temp0").json()["quality"] == "ok")
    _, lines = node_wot(device, "read", "temp0", "write", "led0", '{"state":"on"}', token=reader)
    assert type(lines[0]["value"]) in (int, float)
    assert "Forbidden" in lines[1]["error"]
    _, [line] = node_wot(device, "read", "temp0")
    assert "token" in line["error"]


# ---- Streams -----------------------------------------------------------------------------------------------------


def head_of(device, path, headers):
    """The head of an answer that may have no end, in lower case."""
    with device.connect() as connection:
        connection.send(request_bytes(path, headers))
        return connection.read_head().decode("latin-1").lower()


def test_every_form_that_streams_answers_as_one(device):
    streams = [(name, form) for _, name, form in forms_of(describe(device)) if form.get("subprotocol") == "sse"]
    assert {name for name, _ in streams} == {*SENSORS, "alert"}
    for name, form in streams:
        def ask():  # the device may not know yet that the stream before has ended
            return head_of(device, target(form), {"Accept": "text/event-stream"})  # noqa: B023

        [head] = eventually(lambda: [head for head in [ask()] if " 503 " not in head.partition("\r\n")[0]])  # noqa: B023
        assert head.startswith("http/1.1 200 ") and "\r\ncontent-type: text/event-stream" in head, (name, head)


def test_node_wot_observes_a_sensor(device):
    all_ok(device)
    device.set("temp0", 30.5)
    eventually(lambda: device.sensor("temp0"), quality="ok", value=30.5)
    _, lines = node_wot(device, "observe", "temp0", "2", "observe", "mag0_x", "1")
    assert lines[0] == {"step": "observe temp0 2", "value": [30.5, 30.5]}
    assert len(lines[1]["value"]) == 1 and type(lines[1]["value"][0]) in (int, float)
    device.set("temp0", 21.5)


def test_it_is_linked(device):
    assert device.get("/api/v1").json()["links"]["wot"] == PATH == INDEX_LINKS["wot"]
