"""The API's description as a judge: every answer that a suite receives must be one that it allows, and every request that
was taken one that it describes.

What the document must hold, beyond OpenAPI 3.1 and JSON Schema 2020-12:
- `x-jembatan-scope` of an operation is none, read, operate or admin.
- `x-jembatan-common-responses` (status -> response), at the top, are errors that any request can get, and need not be
  listed with the operations. There 404 is for paths and 405 for methods that are not described; an operation that can
  answer 404 itself lists it. `default` stands in the operations for readers that do not know these, and allows nothing here.
- 500 may be described, but no test may meet it.
- A status without `content` has no body. Keys of `content` are whole Content-Types, parameters included, as they are sent.
- Headers with `required: true` have to be there. Of those in DESCRIBED_HEADERS each one that is sent has to be described.
- HEAD is GET without its body, OPTIONS is 204 with Allow: neither is listed.
- References lead to #/components and not in circles. Formats are those that are checked below.
"""
import functools
import ipaddress
import json
import re
import urllib.parse

import jsonschema

METHODS = ("get", "put", "post", "delete", "patch")
DESCRIBED_HEADERS = {"accept", "accept-patch", "allow", "etag", "link", "location", "retry-after", "www-authenticate"}
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
    return not isinstance(value, str) or re.fullmatch(
        r"([A-Za-z0-9._~:/?#\[\]@!$&'()*+,;=-]|%[0-9A-Fa-f]{2})*", value) is not None


class Mismatch(AssertionError):
    """An answer or a request that the document does not allow."""


def require(condition, *words):
    if not condition:
        raise Mismatch(" ".join(str(word) for word in words)[:2000])


def plain(schema, text):
    """What a text is in the document's eyes, where it has no types itself: in a header, a path, a query."""
    kinds = {kind.get("type") for kind in (schema, *schema.get("oneOf", ()))}
    if "integer" in kinds and re.fullmatch("-?[0-9]+", text):
        return int(text)
    return text.split(",") if "array" in kinds else text


class Document:
    def __init__(self, content):
        self.content = content
        self.seen = set()  # (operationId, status, Content-Type) of all answers, but for HEAD's
        self._paths = [(re.compile(re.sub(r"\\{(\w+)\\}", r"(?P<\1>[^/]+)", re.escape(path))), path)
                       for path in content["paths"]]
        # A literal path goes before one that only binds it.
        self._paths.sort(key=lambda pair: pair[1].count("{"))
        self._validator = functools.lru_cache(None)(self._make_validator)

    # ---- What is in it -------------------------------------------------------------------------------------

    def resolve(self, item):
        """What a reference points to, or the item itself."""
        while "$ref" in item:
            found = self.content
            for part in item["$ref"].removeprefix("#/").split("/"):
                found = found[part.replace("~1", "/").replace("~0", "~")]
            item = found
        return item

    def at(self, pointer):
        """What a pointer (a tuple of keys, through references) leads to."""
        found = self.content
        for key in pointer:
            found = self.resolve(found)[key]
        return self.resolve(found)

    def operations(self):
        """(path, method, operation) of all."""
        return [(path, method, item[method]) for path, item in self.content["paths"].items()
                for method in METHODS if method in item]

    def parameters(self, path, method):
        """Of an operation, with those of its path."""
        item = self.content["paths"][path]
        return [self.resolve(parameter) for parameter in item.get("parameters", []) + item[method].get("parameters", [])]

    def find(self, target):
        """(path, values of its parameters) of a request's target; (None, {}) when there is none such."""
        path = urllib.parse.unquote(re.sub(r"^https?://[^/]*", "", target).partition("?")[0], errors="replace")
        for pattern, name in self._paths:
            match = pattern.fullmatch(path)
            if match:
                return name, match.groupdict()
        return None, {}

    def statuses(self, operation):
        return {int(status) for status in operation["responses"] if status != "default"}

    def answers(self):
        """(operationId, status, Content-Type or None) of all that operations list."""
        return {(operation["operationId"], status, media) for path, method, operation in self.operations()
                for status in self.statuses(operation)
                for media in self.at(("paths", path, method, "responses", str(status))).get("content", {None: None})}

    # ---- Schemas ----------------------------------------------------------------------------------------------

    def validator(self, schema):
        return jsonschema.Draft202012Validator(self._inlined(schema), format_checker=FORMATS)

    def _inlined(self, item, within=()):
        """A schema with what its references lead to: following them anew for each value is most of the work."""
        if isinstance(item, list):
            return [self._inlined(value, within) for value in item]
        if not isinstance(item, dict):
            return item
        if "$ref" in item:
            require(item["$ref"] not in within, item["$ref"], "leads to itself")
            found = self._inlined(self.resolve(item), (*within, item["$ref"]))
            beside = {key: self._inlined(value, within) for key, value in item.items() if key != "$ref"}
            return {"allOf": [found], **beside} if beside else found
        return {key: self._inlined(value, within) for key, value in item.items()}

    def _make_validator(self, pointer):
        return self.validator(self.at(pointer))

    def _check_schema(self, pointer, value, case):
        error = jsonschema.exceptions.best_match(self._validator(pointer).iter_errors(value))
        require(error is None, case, error and f"{error.json_path}: {error.message}")

    # ---- Answers ----------------------------------------------------------------------------------------------

    def _check_headers(self, pointer, response, answer, case):
        described = {name.lower() for name in response.get("headers", {})}
        for name, value in answer.fields:
            require(name not in DESCRIBED_HEADERS - described, case, "has", f"{name}: {value}", "which is not described")
        for name, header in response.get("headers", {}).items():
            header, value = self.resolve(header), answer.header(name)
            require(value is not None or not header.get("required"), case, "has no", name)
            if value is not None:
                value = plain(self.resolve(header["schema"]), value)
                self._check_schema((*pointer, "headers", name, "schema"), value, f"{case} {name}")

    def _check_response(self, pointer, answer, head, case):
        response = self.at(pointer)
        self._check_headers(pointer, response, answer, case)
        content = response.get("content", {})
        if not content:
            require(not answer.body and answer.media is None, case, "has content")
            return
        require(answer.media in content, case, "is", answer.media, "and not one of", list(content))
        if not head and answer.media.endswith("json"):
            self._check_schema((*pointer, "content", answer.media, "schema"), answer.json(), case)

    def check(self, method, target, answer, head=False, sent=None):
        """Raises Mismatch unless the document allows this answer.
        method, target    None: the request cannot be told, so that only a common error can be the answer
        head              it is not complete, or has no body
        sent              (header fields with lower-case names, body) of the request, to be judged when it was taken"""
        head = head or method == "HEAD"
        case, status = f"{method} {(target or '')[:100]}: {answer.status}", str(answer.status)
        if method == "OPTIONS" and status == "204":
            require(answer.header("allow"), case, "has no Allow")
            require(not answer.body and answer.media is None, case, "has content")
            return
        path, bound = self.find(target) if target else (None, {})
        name = "get" if method == "HEAD" else (method or "").lower()
        operation = self.content["paths"][path].get(name) if path and name in METHODS else None
        require(status != "500", case, "is never all right")
        if operation and status in operation["responses"]:
            case = f"{operation['operationId']}: {case}"
            self._check_response(("paths", path, name, "responses", status), answer, head, case)
            if sent and status.startswith("2"):
                self._check_request(path, name, bound, target, sent, case)
            if method != "HEAD":
                self.seen.add((operation["operationId"], answer.status, answer.media))
            return
        require(status in self.content["x-jembatan-common-responses"], case, "is not in the document")
        require(status != "404" or not operation, case, "is not listed, though the path is described")
        require(status != "405" or path and not operation, case, "is for methods that a resource does not have")
        self._check_response(("x-jembatan-common-responses", status), answer, head, case)

    # ---- Requests ---------------------------------------------------------------------------------------------

    def _check_request(self, path, method, bound, target, sent, case):
        """One that was taken, and so must be described."""
        fields, body = sent
        query = dict(urllib.parse.parse_qsl(target.partition("?")[2], keep_blank_values=True))
        places = {"path": bound, "query": query, "header": dict(fields)}
        for parameter in self.parameters(path, method):
            name, schema = parameter["name"], self.resolve(parameter["schema"])
            value = places[parameter["in"]].get(name.lower() if parameter["in"] == "header" else name)
            require(value is not None or not parameter.get("required"), case, "was taken without", name)
            if value is not None:
                errors = self.validator(schema).iter_errors(plain(schema, value))
                require(not [*errors], case, "was taken with", f"{name}={value}")
        described = self.content["paths"][path][method].get("requestBody")
        if not described or body is None:
            return
        require(body or not described.get("required"), case, "was taken without a body")
        media = places["header"].get("content-type", "").partition(";")[0].strip().lower()
        require(media in self.resolve(described)["content"], case, "was taken as", media)
        if body:
            self._check_schema(("paths", path, method, "requestBody", "content", media, "schema"), json.loads(body),
                               f"{case}, taken with {body[:200]}")
