"""The API's description: that it is what the device does, no more and no less. Each answer of each test is judged by it,
too (support/openapi.py)."""

import copy
import json
import re
import subprocess

import pytest
from support.http1 import Response, request_bytes
from support.openapi import FORMATS, Document, Mismatch

PATH = "/openapi.json"
SCOPES = {"SCOPE_NONE": "none", "SCOPE_READ": "read", "SCOPE_OPERATE": "operate", "SCOPE_ADMIN": "admin"}


@pytest.fixture(name="document", scope="module")
def fixture_document(session_device):
    return Document(session_device.get(PATH).json())


@pytest.fixture(name="root", scope="module")
def fixture_root(pytestconfig):
    return pytestconfig.rootpath.parent


# ---- How it is served --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("headers", [(), [("Accept-Encoding", "identity")], [("Accept-Encoding", "gzip, br")]])
def test_everybody_gets_the_document_that_was_built(device, headers):
    built = (device.image.parent / "generated/openapi.json").read_bytes()
    answer = device.get(PATH, headers)
    assert answer.body == built and answer.media == "application/json" and answer.header("content-encoding") is None


def test_old_clients_get_it_too(device):
    with device.connect() as client:
        client.send(request_bytes(PATH, version="HTTP/1.0"))
        assert client.read().json() == device.get(PATH).json()


def test_it_is_of_this_firmware(device):
    assert device.get(PATH).json()["info"]["version"] == device.get("/api/v1/device").json()["firmware"]["version"]


# ---- That it is the whole API -------------------------------------------------------------------------------------


def test_it_has_the_routes_of_the_table_and_no_others(root, document):
    table = (root / "firmware/api/routes.c").read_text(encoding="utf-8")
    line = r"\{ HTTP_(\w+), \"([^\"]+)\", \w+, (SCOPE_\w+), (\w+) \}"
    routes = {(method.lower(), path): (SCOPES[scope], body != "0")
              for method, path, scope, body in re.findall(line, table)}
    assert len(routes) == table.count("{ HTTP_") > 20
    described = {(method, path): (operation["x-jembatan-scope"], "requestBody" in operation)
                 for path, method, operation in document.operations()}
    assert described == routes


def test_what_needs_a_token_says_so(document):
    for path, method, operation in document.operations():
        wanted = {"none": [], "read": [{}, {"token": []}]}.get(operation["x-jembatan-scope"], [{"token": []}])
        assert operation["security"] == wanted, (method, path)
        statuses = document.statuses(operation)
        assert (401 in statuses) is (operation["x-jembatan-scope"] != "none"), (method, path)
        if operation["x-jembatan-scope"] in ("operate", "admin"):
            assert 403 in statuses, (method, path)


def test_each_operation_can_be_told_from_the_others(document):
    ids = [operation["operationId"] for _, _, operation in document.operations()]
    assert len(ids) == len(set(ids))


def test_each_path_binds_what_it_declares(document):
    for path, method, operation in document.operations():
        parameters = document.parameters(path, method)
        bound = {parameter["name"] for parameter in parameters if parameter["in"] == "path"}
        assert bound == set(re.findall(r"\{(\w+)\}", path)), (method, path)


def references(item):
    if isinstance(item, dict):
        if isinstance(item.get("$ref"), str):
            yield item["$ref"]
        for value in item.values():
            yield from references(value)
    elif isinstance(item, list):
        for value in item:
            yield from references(value)


def test_each_component_is_used_and_each_reference_leads_to_one(document):
    used = set(references(document.content))
    there = {f"#/components/{kind}/{name}" for kind, items in document.content["components"].items()
             if kind != "securitySchemes" for name in items}
    assert used == there


def schemas_with_examples(item):
    if isinstance(item, dict):
        if "examples" in item:
            yield item
        for value in item.values():
            yield from schemas_with_examples(value)
    elif isinstance(item, list):
        for value in item:
            yield from schemas_with_examples(value)


def test_each_example_is_one(document):
    found = list(schemas_with_examples(document.content))
    assert len(found) >= 5
    for schema in found:
        for example in schema["examples"]:
            document.validator(schema).validate(example)


KEYWORDS = {"additionalProperties", "const", "default", "description", "enum", "examples", "format", "items",
            "maxItems", "maxLength", "maximum", "minItems", "minLength", "minimum", "multipleOf", "oneOf", "pattern", "properties",
            "required", "type", "$ref"}


def schemas_in(schema):
    """The schema and those in it."""
    yield schema
    inner = [*schema.get("properties", {}).values(), *schema.get("oneOf", []), schema.get("items"),
             schema.get("additionalProperties")]
    for item in inner:
        if isinstance(item, dict):
            yield from schemas_in(item)


def schemas_of(item):
    """All schemas of the document, with those in them."""
    if isinstance(item, dict):
        for key, value in item.items():
            for schema in [value] if key == "schema" else value.values() if key == "schemas" else []:
                yield from schemas_in(schema)
            yield from schemas_of(value)
    elif isinstance(item, list):
        for value in item:
            yield from schemas_of(value)


def test_its_schemas_say_nothing_that_validators_pass_over(document):
    """A keyword or format that a validator does not know allows everything."""
    schemas = [*schemas_of(document.content)]
    assert len(schemas) > 100
    for schema in schemas:
        assert set(schema) <= KEYWORDS, schema
        assert schema.get("format", "ipv4") in FORMATS.checkers, schema
        assert "properties" not in schema or set(schema.get("required", [])) <= set(schema["properties"]), schema


def test_common_responses_are_errors_that_come_as_problems(document):
    common = document.content["x-jembatan-common-responses"]
    assert len(common) > 10
    assert "content" not in document.at(("x-jembatan-common-responses", "308"))
    for status in set(common) - {"308"}:
        assert 400 <= int(status) < 600
        assert [*document.at(("x-jembatan-common-responses", status))["content"]] == ["application/problem+json"]


def by_spectral(root, folder, content):
    """Its exit code, and what it says."""
    tool = root / "build/js/node_modules/.bin/spectral"
    assert tool.exists(), "./dev test installs it: run that once"
    file = folder / "openapi.json"
    file.write_text(json.dumps(content))
    done = subprocess.run([tool, "lint", file, "--ruleset", root / "tests/js/spectral.yaml", "--fail-severity=hint"],
                          capture_output=True, text=True, check=False, timeout=60)
    return done.returncode, done.stdout + done.stderr


def test_spectral_has_nothing_to_say(root, document, tmp_path):
    code, words = by_spectral(root, tmp_path, document.content)
    assert code == 0, words


def test_spectral_would_say_something(root, document, tmp_path):
    content = copy.deepcopy(document.content)
    operation = content["paths"]["/healthz"]["get"]
    for member in ("x-jembatan-scope", "operationId", "summary", "tags"):
        del operation[member]
    del operation["responses"]["default"]
    content["paths"]["/metrics"]["get"]["x-jembatan-scope"] = "everybody"
    del content["components"]["schemas"]["Sensor"]["additionalProperties"]
    del content["components"]["parameters"]["SensorId"]["description"]
    del content["paths"]["/api/v1/status"]["get"]["responses"]["200"]
    code, words = by_spectral(root, tmp_path, content)
    assert code == 1
    for rule in ("jembatan-scope", "jembatan-default", "jembatan-closed-objects", "jembatan-parameters-described",
                 "jembatan-summary", "operation-operationId", "operation-tags", "operation-success-response"):
        assert rule in words, words
    assert words.count("  jembatan-scope ") == 2, words


# ---- That the judge judges ------------------------------------------------------------------------------------------


def answer_of(**changes):
    """A good answer of a sensor, with changes."""
    body = {"id": "temp0", "name": "T", "kind": "temperature", "unit": "Cel", "value": 21.5, "quality": "ok",
            "time": "2026-11-23T08:00:00.000Z", "uptime_ms": 1, "interval_ms": 1000, "offset": 0.0,
            "thresholds": {"min": None, "max": None, "hysteresis": 0.0}, "alert": "none", "chip": "tmp105"}
    body.update(changes.pop("body", {}))
    fields = {"content-type": "application/json", "etag": '"0123456789abcdef"', **changes.pop("fields", {})}
    for name in changes.pop("without", ()):
        body.pop(name, None)
        fields.pop(name, None)
    return Response(changes.get("status", 200), "", list(fields.items()), json.dumps(body).encode(), False)


def test_a_good_answer_passes(document):
    fresh = Document(document.content)
    fresh.check("GET", "/api/v1/sensors/temp0?x=1", answer_of())
    assert fresh.seen == {("getSensor", 200, "application/json")}


@pytest.mark.parametrize("change", [
    {"status": 418}, {"status": 201}, {"without": ["chip"]}, {"body": {"more": 1}}, {"body": {"value": "21.5"}},
    {"body": {"time": "2026-11-23 08:00"}}, {"body": {"quality": "good"}}, {"without": ["etag"]},
    {"fields": {"etag": '"short"'}}, {"fields": {"content-type": "text/html"}}, {"without": ["content-type"]},
    {"body": {"thresholds": {"min": None, "max": None}}},
])
def test_each_deviation_is_found(document, change):
    with pytest.raises(Mismatch):
        Document(document.content).check("GET", "/api/v1/sensors/temp0", answer_of(**change))


def test_a_route_that_is_not_described_is_found(document):
    content = copy.deepcopy(document.content)
    del content["paths"]["/api/v1/sensors/{id}"]
    with pytest.raises(Mismatch):
        Document(content).check("GET", "/api/v1/sensors/temp0", answer_of())
