"""As little as an index can be with sls-pypi's libraries: `python libraries.py HOME PORT` serves the `site/` of HOME.

It imports what the product imports of others before it answers, and holds pages in memory. It keeps an upload as one
that may not be lost once it was acknowledged: the file and its row are on disk when it is answered. It checks nothing,
has no users, no events, and no pages but those for installers. So it is no index, but what one can come to.
"""

import json
import os
import sqlite3
import sys
from collections.abc import Awaitable, Callable, MutableMapping
from pathlib import Path
from typing import Any

import attrs
import click
import uvicorn
from dependency_injector import containers, providers

IMPORTED = (attrs, click, containers, providers)
_JSON = (b"content-type", b"application/vnd.pypi.simple.v1+json")
Message = MutableMapping[str, Any]


class Pages:
    """An ASGI application."""

    def __init__(self, home: Path) -> None:
        self._site, self._kept = home / "site", home / "kept"
        self._kept.mkdir(exist_ok=True)
        self._pages: dict[str, bytes] = {}
        self._rows = sqlite3.connect(home / "kept.db", isolation_level=None)
        self._rows.execute("PRAGMA journal_mode = wal")
        self._rows.execute("PRAGMA synchronous = full")
        self._rows.execute("CREATE TABLE IF NOT EXISTS kept (filename TEXT PRIMARY KEY)")

    async def __call__(
        self, scope: Message, receive: Callable[[], Awaitable[Message]], send: Callable[[Message], Awaitable[None]]
    ) -> None:
        """Answer one request."""
        if scope["method"] == "POST":
            await self._keep(scope, receive)
            status, body = 200, b""
        else:
            body = self._page(scope["path"])
            status = 200 if body else 404
        await send({"type": "http.response.start", "status": status, "headers": [_JSON]})
        await send({"type": "http.response.body", "body": body})

    def _page(self, path: str) -> bytes:
        if path not in self._pages:
            file = self._site / path.strip("/") / "index.v1_json"
            self._pages[path] = file.read_bytes() if file.is_file() else b""
        return self._pages[path]

    async def _keep(self, scope: Message, receive: Callable[[], Awaitable[Message]]) -> None:
        from starlette.requests import Request  # noqa: PLC0415 - not needed before somebody uploads, as in the product

        async with Request(scope, receive).form() as form:
            path, sent = f"/simple/{form['name']}/", form["content"]
            assert not isinstance(sent, str)
            filename, content = str(sent.filename), await sent.read()
        _write(self._kept / filename, content)
        self._rows.execute("INSERT INTO kept VALUES (?)", (filename,))
        page = json.loads(self._page(path) or '{"files": []}')
        page["files"].append({"filename": filename, "url": f"/kept/{filename}", "hashes": {}})
        self._pages[path] = json.dumps(page).encode()


def _write(path: Path, content: bytes) -> None:
    """Never half written, and on disk with its name."""
    new = path.with_suffix(".new")
    with new.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    new.replace(path)
    folder = os.open(path.parent, os.O_RDONLY)
    os.fsync(folder)
    os.close(folder)


if __name__ == "__main__":
    uvicorn.run(Pages(Path(sys.argv[1])), port=int(sys.argv[2]), log_level="error", access_log=False, lifespan="off")
