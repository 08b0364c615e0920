"""The API's description as a judge: every answer that a suite receives must be one that it allows.

Conventions of the document, beyond OpenAPI 3.1: `x-jembatan-scope` of an operation is none, read, operate or admin;
`x-jembatan-common-responses` (status -> response) are errors that any request can get. `default` stands there for readers
that do not know these, and allows nothing here.
"""
import functools
import ipaddress
import re

import jsonschema

METHODS = ("get", "put", "post", "delete", "patch")
FORMATS = jsonschema.FormatChecker(formats=())


@FORMATS.checks("date-time")
def _date_time(value):
    return not isinstance(value, str) or re.fullmatch(
        r"\d{4}-(0\d|1[0-2])-([0-2]\d|3[01])T([01]\d|2[0-3]):[0-5]\d:[0-5]\d(\.\d+)?(Z|[+-]\d\d:\d\d)", value) is not None


@FORMATS.checks("ipv4", raises=ValueError)
def _ipv4(value):
    return not isinstance(value, str) or bool(ipaddress.IPv4Address(value))


@FORMATS.checks("ipv6", raises=ValueError)
def _ipv6(value):
    return not isinstance(value, str) or bool(ipaddress.IPv6Address(value))


@FORMATS.checks("uri-reference")
def _uri_reference(value):
    return not isinstance(value, str) or re.fullmatch(r"[A-Za-z0-9._~:/?#\[\]@!$&'()*+,;=%-]*", value) is not None


class Mismatch(AssertionError):
    """An answer that the document does not allow."""


def require(condition, *words):
    if not condition:
        raise Mismatch(" ".join(str(word) for word in words)[:2000])


class Document:
    def __init__(self, content):
        self.content = content
        self.seen = set()  # (operationId, status) of all answers
        self._paths = [(re.compile(re.sub(r"\{\w+\}", "[^/]+", re.escape(path).replace(r"\{", "{").replace(r"\}", "}"))),
                        path) for path in content["paths"]]
        # A literal path goes before one that only binds it.
        self._paths.sort(key=lambda pair: pair[1].count("{"))
        self._validator = functools.lru_cache(None)(self._make_validator)

    def resolve(self, item):
        """What a reference points to, or the item itself."""
        while "$ref" in item:
            found = self.content
            for part in item["$ref"].removeprefix("#/").split("/"):
                found = found[part.replace("~1", "/").replace("~0", "~")]
            item = found
        return item

    def operations(self):
        """(path, method, operation) of all."""
        return [(path, method, item[method]) for path, item in self.content["paths"].items()
                for method in METHODS if method in item]

    def find(self, target):
        """The path item of a request's target, or None."""
        path = re.sub(r"^https?://[^/]*", "", target).partition("?")[0]
        return next((self.content["paths"][name] for pattern, name in self._paths if pattern.fullmatch(path)), None)

    def statuses(self, operation):
        return {int(status) for status in operation["responses"] if status != "default"}

    def _make_validator(self, pointer):
        """Of the schema that a pointer (a tuple of keys) leads to in the document."""
        schema = self.content
        for key in pointer:
            schema = self.resolve(schema)[key]
        return self.validator(schema)

    def validator(self, schema):
        # References into #/components are found because these stand beside the schema.
        return jsonschema.Draft202012Validator({**schema, "components": self.content["components"]},
                                               format_checker=FORMATS)

    def _check_schema(self, pointer, value, case):
        for error in self._validator(pointer).iter_errors(value):
            raise Mismatch(f"{case}: {error.json_path}: {error.message}"[:2000])

    def _check_headers(self, pointer, response, answer, case):
        for name, header in response.get("headers", {}).items():
            header, value = self.resolve(header), answer.header(name)
            require(value is not None or not header.get("required"), case, "has no", name)
            if value is None:
                continue
            if header["schema"].get("type") == "integer":
                require(re.fullmatch(r"\d+", value), case, f"{name}: {value}")
                value = int(value)
            self._check_schema((*pointer, "headers", name, "schema"), value, f"{case} {name}")

    def _check_response(self, pointer, answer, head, case):
        response = self.content
        for key in pointer:
            response = self.resolve(response)[key]
        response = self.resolve(response)
        self._check_headers(pointer, response, answer, case)
        content = response.get("content", {})
        if not content:
            require(not answer.body and answer.media is None, case, "has content")
            return
        require(answer.media in content, case, "is", answer.media, "and not one of", list(content))
        if not head and answer.media.endswith("json"):
            self._check_schema((*pointer, "content", answer.media, "schema"), answer.json(), case)

    def check(self, method, target, answer, head=False):
        """Raises Mismatch unless the document allows this answer.
        head      it is not complete, or has no body"""
        head = head or method == "HEAD"
        case = f"{method} {target[:100]}: {answer.status}"
        item, status = self.find(target), str(answer.status)
        common = ("x-jembatan-common-responses", status)
        if method == "OPTIONS" and answer.status == 204:
            require(answer.header("allow"), case, "has no Allow")
            return
        name = {"HEAD": "get"}.get(method, method.lower())
        if item and name in item:
            operation = item[name]
            path = next(path for path, other in self.content["paths"].items() if other is item)
            if status in operation["responses"]:
                self.seen.add((operation["operationId"], answer.status))
                self._check_response(("paths", path, name, "responses", status), answer, head, case)
                return
        require(status in self.content[common[0]], case, "is not in the document")
        self._check_response(common, answer, head, case)
