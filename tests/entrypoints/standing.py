"""An index in memory at which command lines log in, and whose time stands still until a test moves it."""

import json
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from attrs import frozen
from dependency_injector import providers

from domain.policy import Policy
from domain.site_settings import SiteSettings
from entrypoints.http.app import application
from entrypoints.http.asgi import ASGIApp
from entrypoints.http.login import Way
from infrastructure.index import Index
from infrastructure.memory import Memory
from tests.entrypoints.asgi_client import Told, ask
from tests.entrypoints.conftest import BASE_URL, BOUNDS, functions_of
from tests.indexes import index_over


class Clock:
    """A clock that stands until somebody moves it."""

    def __init__(self) -> None:
        self._now = datetime(2026, 11, 26, 7, 0, tzinfo=UTC)

    def now(self) -> datetime:
        return self._now

    def pass_by(self, time: timedelta) -> None:
        self._now += time


@frozen
class Place:
    """An index and its clock."""

    ports: Memory
    index: Index
    app: ASGIApp
    clock: Clock

    def post(self, path: str, body: Any = None, raw: bytes | None = None, **headers: str) -> Told:
        sent = json.dumps({} if body is None else body).encode() if raw is None else raw
        return self.ask("POST", path, {"content-type": "application/json", **headers}, sent)

    def ask(self, method: str, path: str, headers: Mapping[str, str], body: bytes) -> Told:
        return ask(self.app, path, headers, method=method, body=body)

    def started(self) -> dict[str, Any]:
        told = self.post("/login/device", {"name": "sls-pypi login on laptop"})
        assert told.status == 200, told.body
        started: dict[str, Any] = json.loads(told.body)
        return started

    def asked(self, started: dict[str, Any]) -> Told:
        return self.post("/login/device/token", {"device": started["device"]})


@contextmanager
def standing(folder: Path, way: Way = Way.GITHUB) -> Iterator[Place]:
    """The index; `folder` is where uploads are kept."""
    ports, clock = Memory(), Clock()
    ports.clock.override(providers.Object(clock))
    index = index_over(ports, SiteSettings(BASE_URL), Policy(bounds=BOUNDS))
    with ThreadPoolExecutor(2) as executor:
        app = application(functions_of(index, folder, way), executor, executor)
        yield Place(ports, index, app, clock)
