"""Holding answers to the OpenAPI description: the status, the type and the shape of each have to be in it."""

import json
import re
from collections.abc import Mapping
from functools import cache
from typing import Any

from jsonschema import Draft202012Validator
from starlette.routing import BaseRoute, Route

from entrypoints.http.openapi import document
from entrypoints.http.operations import OPERATIONS

_NO_FAULT_OF_THE_ROUTE = frozenset({299, 405, 408, 500, 503})
"""Statuses that any address may answer, as the description says in words; 299 is of what stands in for functions."""


def routes() -> list[BaseRoute]:
    """One for each operation that is described."""

    async def nothing() -> None:
        """No request comes here."""

    pairs = (key.split(" ", 1) for key in OPERATIONS)
    return [Route(path, nothing, methods=[method]) for method, path in pairs]


@cache
def description() -> Mapping[str, Any]:
    made = document(routes(), "https://index.test", "__Host-sls_session", "1")
    return closed(made)  # type: ignore[no-any-return]


def closed(schema: Any) -> Any:
    """The same, and objects have no keys that it does not name."""
    match schema:
        case {"allOf": _}:
            return schema
        case {"type": "object", "properties": _}:
            return {"additionalProperties": False, **{key: closed(value) for key, value in schema.items()}}
        case dict():
            return {key: closed(value) for key, value in schema.items()}
        case list():
            return [closed(each) for each in schema]
        case _:
            return schema


@cache
def _patterns() -> list[tuple[re.Pattern[str], str]]:
    found = [(re.compile(re.sub(r"\\{\w+\\}", "[^/]+", re.escape(path))), path) for path in description()["paths"]]
    return sorted(found, key=lambda each: "{" in each[1])


def operation_of(method: str, path: str) -> Any:
    """What is described of this request; None if nothing is."""
    for pattern, template in _patterns():
        if pattern.fullmatch(path):
            return description()["paths"][template].get(method.lower())
    return None


def check_described(method: str, path: str, status: int, headers: Mapping[str, str], body: bytes) -> None:
    """An answer to what is described is described itself."""
    operation = operation_of(method, path.partition("?")[0])
    if operation is None or status in _NO_FAULT_OF_THE_ROUTE:
        return
    shown = f"{method} {path}: {status} {headers.get('content-type')} {body[:200]!r}"
    answer = operation["responses"].get(str(status))
    assert answer is not None, f"undocumented: {shown}"
    for name in answer.get("headers", ()):
        assert name.lower() in {each.lower() for each in headers}, f"no {name}: {shown}"
    content = answer.get("content")
    if content is None:
        assert body == b"", f"nothing is documented: {shown}"
        return
    kind = headers["content-type"]
    assert kind in content, f"another type: {shown}"
    if "json" in kind:
        schema = {**content[kind]["schema"], "components": description()["components"]}
        errors = sorted(Draft202012Validator(schema).iter_errors(json.loads(body)), key=str)
        assert not errors, f"{errors[0].message}: {shown}"
