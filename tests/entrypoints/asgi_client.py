"""Asking an ASGI app without a server."""

import asyncio
import json
from collections.abc import Mapping
from typing import Any

from attrs import frozen

from entrypoints.http.asgi import ASGIApp, Message
from tests.entrypoints.described import check_described


@frozen
class Told:
    """An answer as the app sent it; `cookies` are the values of the one header that may be said twice."""

    status: int
    headers: Mapping[str, str]
    body: bytes
    pieces: int
    cookies: tuple[str, ...] = ()


def ask(
    app: ASGIApp, path: str, headers: Mapping[str, str] | None = None, *, method: str = "GET", body: bytes = b""
) -> Told:
    """One request and its whole answer; `path` is as it would be sent."""
    raw, _, query = path.partition("?")
    scope: dict[str, Any] = {
        "type": "http",
        "method": method,
        "path": raw,
        "raw_path": raw.encode(),
        "query_string": query.encode(),
        "headers": [(name.lower().encode(), value.encode()) for name, value in (headers or {}).items()],
    }
    sent: list[Message] = []

    async def receive() -> Message:
        return {"type": "http.request", "body": body, "more_body": False}

    async def send(message: Message) -> None:
        sent.append(message)

    async def call() -> None:
        await app(scope, receive, send)

    asyncio.run(call())
    start, *parts = sent
    assert not parts[-1].get("more_body", False)
    fields = [(name.decode(), value.decode()) for name, value in start["headers"]]
    assert all(name == name.lower() for name, _ in fields)
    cookies = tuple(value for name, value in fields if name == "set-cookie")
    told = [(name, value) for name, value in fields if name != "set-cookie"]
    assert len(dict(told)) == len(told), "a header is said twice"
    whole = b"".join(part.get("body", b"") for part in parts)
    check_described(method, path, start["status"], dict(told), whole)
    return Told(start["status"], dict(told), whole, len(parts), cookies)


def is_problem(told: Told, status: int, words: str = "") -> bool:
    """Whether it is one sentence about what is wrong, with these words in it, which no cache keeps."""
    assert told.headers["content-type"] == "application/problem+json"
    assert told.headers["cache-control"] == "no-store"
    problem = json.loads(told.body)
    return bool(told.status == problem["status"] == status and problem["detail"] and words in problem["detail"])
