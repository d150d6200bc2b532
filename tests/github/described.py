"""GitHub's own descriptions of its API, to hold an answer against."""

import gzip
import json
import re
from datetime import datetime
from functools import cache
from typing import Any
from urllib.parse import urlsplit

from graphql import GraphQLSchema, build_schema, parse, validate
from jsonschema import Draft202012Validator, FormatChecker

from tests.github.vendoring import DATA

_FORMATS = FormatChecker([])


@_FORMATS.checks("date-time", raises=ValueError)
def _is_time(text: object) -> bool:
    return not isinstance(text, str) or datetime.fromisoformat(text).tzinfo is not None


@_FORMATS.checks("uri", raises=ValueError)
def _is_uri(text: object) -> bool:
    return not isinstance(text, str) or bool(urlsplit(text).scheme)


@cache
def openapi() -> dict[str, Any]:
    described: dict[str, Any] = json.loads(gzip.decompress((DATA / "openapi.json.gz").read_bytes()))
    return described


@cache
def graphql_schema() -> GraphQLSchema:
    return build_schema(gzip.decompress((DATA / "schema.graphql.gz").read_bytes()).decode())


def template_of(path: str) -> str:
    """Under which path it is described; a literal one before one with a parameter."""
    place = re.sub(r"^/repositories/\d+", "/repos/o/n", path.partition("?")[0])
    found: list[str] = [each for each in openapi()["paths"] if re.fullmatch(_pattern(each), place)]
    return min(found, key=lambda each: each.count("{"))


def check_answer(path: str, status: int, content_type: str, body: bytes) -> None:
    """As it is described, or it fails."""
    responses = openapi()["paths"][template_of(path)]["get"]["responses"]
    assert str(status) in responses, f"{path} never answers {status}"
    response = responses[str(status)]
    if "$ref" in response:
        response = openapi()["components"]["responses"][response["$ref"].rpartition("/")[2]]
    kind = content_type.partition(";")[0]
    if "content" in response and kind in response["content"]:
        check(response["content"][kind]["schema"], json.loads(body))
    else:
        assert "content" not in response or kind.startswith("application/vnd.github.") or not body


def check_event(name: str, action: str, body: bytes) -> None:
    check(openapi()["webhooks"][f"{name}-{action}"], json.loads(body))


def check(schema: dict[str, Any], value: object) -> None:
    Draft202012Validator({"components": openapi()["components"], **schema}, format_checker=_FORMATS).validate(value)


def check_query(text: str) -> None:
    assert validate(graphql_schema(), parse(text)) == []


def _pattern(template: str) -> str:
    # Refs and paths have slashes.
    return re.sub(r"\\\{(\w+)\\\}", lambda found: ".*" if found[1] in {"ref", "path"} else "[^/]+", re.escape(template))
