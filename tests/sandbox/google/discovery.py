"""Google's discovery documents: whether requests and answers are what they say."""

from __future__ import annotations

import json
import re
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any, NamedTuple
from urllib.parse import parse_qs, urlsplit

if TYPE_CHECKING:
    from collections.abc import Iterator

# Where the documents' addresses begin, and the document of each.
DOCUMENTS = {
    "https://sheets.googleapis.com/": "sheets.v4.json",
    "https://www.googleapis.com/drive/v3/": "drive.v3.json",
}
TYPES = {"string": str, "integer": int, "number": int | float, "boolean": bool}


class Method(NamedTuple):
    """A method of a document, and the schemas of that document."""

    id: str
    http_method: str
    path: re.Pattern[str]
    body: dict[str, Any]
    document: dict[str, Any]


@cache
def document(name: str) -> dict[str, Any]:
    """A document as it ships with google-api-python-client."""
    folder = files("googleapiclient.discovery_cache") / "documents"
    return json.loads((folder / name).read_text("utf-8"))


@cache
def methods(name: str) -> list[Method]:
    """All methods of a document; those with a verb after the last part first."""

    def found(resources: dict[str, Any]) -> Iterator[Method]:
        for resource in resources.values():
            for method in resource.get("methods", {}).values():
                pattern = re.sub(r"\\\{(?:\\\+)?\w+\\\}", "[^/]+?", re.escape(method["path"]))
                path = re.compile(f"/{document(name)['servicePath']}{pattern}")
                yield Method(method["id"], method["httpMethod"], path, method, document(name))
            yield from found(resource.get("resources", {}))

    every = list(found(document(name)["resources"]))
    return sorted(every, key=lambda method: ":" not in method.body["path"])


def method_of(http_method: str, url: str) -> Method | None:
    """The method that an address calls; None when it is none of these two APIs'."""
    for base, name in DOCUMENTS.items():
        if url.startswith(base):
            path = urlsplit(url).path
            for method in methods(name):
                if method.http_method == http_method and method.path.fullmatch(path):
                    return method
    return None


def faults_of_request(method: Method, url: str, content: bytes | str | None) -> list[str]:
    """What of a request the document does not know."""
    known = {**method.document["parameters"], **method.body.get("parameters", {})}
    faults = []
    for name, values in parse_qs(urlsplit(url).query).items():
        if name in known:
            faults += [
                fault
                for value in values
                for fault in _faults_of_parameter(known[name], value, f"?{name}")
            ]
        elif method.id.startswith("sheets."):
            # Drive ignores what it does not know, and gspread relies on it.
            faults.append(f"?{name} is unknown")
    schema = method.body.get("request")
    if schema is None:
        return faults
    # protobuf's JSON takes null for a field that is not set.
    body = _without_nulls(json.loads(content or b"{}"))
    return faults + list(_faults(method.document, schema, body, method.id))


def faults_of_response(method: Method, content: bytes) -> list[str]:
    """What of an answer the document does not know."""
    schema = method.body.get("response")
    if schema is None:
        return [f"{method.id} answers with nothing, not with {content[:40]!r}"] if content else []
    return list(_faults(method.document, schema, json.loads(content), method.id))


def _faults_of_parameter(schema: dict[str, Any], value: str, where: str) -> list[str]:
    kind = schema["type"]
    wrong = (
        (kind == "boolean" and value.lower() not in {"true", "false"})
        or (kind == "integer" and not value.lstrip("-").isdigit())
        or ("enum" in schema and value not in schema["enum"])
    )
    return [f"{where} cannot be {value!r}"] if wrong else []


def _faults(doc: dict[str, Any], schema: dict[str, Any], value: Any, where: str) -> Iterator[str]:
    if "$ref" in schema:
        schema = doc["schemas"][schema["$ref"]]
    kind = schema.get("type", "any")
    if kind == "array":
        if not isinstance(value, list):
            yield f"{where} is no list: {value!r}"
            return
        for place, item in enumerate(value):
            yield from _faults(doc, schema["items"], item, f"{where}[{place}]")
    elif kind == "object":
        if not isinstance(value, dict):
            yield f"{where} is no object: {value!r}"
            return
        properties = schema.get("properties", {})
        others = schema.get("additionalProperties")
        for name, item in value.items():
            below = properties.get(name, others)
            if below is None:
                yield f"{where}.{name} is unknown"
            else:
                yield from _faults(doc, below, item, f"{where}.{name}")
    elif kind != "any":
        yield from _faults_of_scalar(schema, value, where)


def _faults_of_scalar(schema: dict[str, Any], value: Any, where: str) -> Iterator[str]:
    kind = schema["type"]
    is_type = isinstance(value, TYPES[kind]) and (kind == "boolean") == isinstance(value, bool)
    if not is_type:
        yield f"{where} is no {kind}: {value!r}"
    elif "enum" in schema and value not in schema["enum"]:
        yield f"{where} cannot be {value!r}"
    elif schema.get("format") in {"int64", "uint64"} and not str(value).lstrip("-").isdigit():
        yield f"{where} is no {schema['format']}: {value!r}"


def _without_nulls(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _without_nulls(item) for name, item in value.items() if item is not None}
    return [_without_nulls(item) for item in value] if isinstance(value, list) else value
