"""Indexes with the catalogue's files, over logs as each world reads them."""

import gzip
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path
from typing import Any
from unittest.mock import patch

from dependency_injector import providers

from adapters.aws.access_logs import AthenaAccessLogs
from adapters.local import log_files, log_texts
from adapters.local.home import Home
from adapters.memory.access_logs import MemoryAccessLogs
from domain.events import Event, FileDeleted, FilePublished, PackageSubmitted
from domain.messages import CountDownloads
from domain.package import fold
from domain.ports.access_logs import Query
from domain.site_settings import SiteSettings
from domain.streams import package_stream
from infrastructure.local import QUERY, Local
from infrastructure.memory import Memory
from tests.athena import _table
from tests.emulator.athena import as_csv, value_of
from tests.emulator.hive import Row
from tests.emulator.query import run
from tests.following import events_after
from tests.indexes import index_over
from tests.usage.catalogue import FILES, PACKAGES
from tests.usage.generator import DAYS, File

NOW = datetime(2026, 11, 27, 12, 0, tzinfo=UTC)
_PUBLISHED = datetime(2026, 11, 20, tzinfo=UTC)


class Stopped:
    """A clock that stands still."""

    def now(self) -> datetime:
        return NOW


class Counter:
    """An index whose logs can be counted; `add` lets some arrive."""

    def __init__(self, ports: Any, add: Callable[[Sequence[File]], None]) -> None:
        self.ports = ports
        self.add = add
        self.index = index_over(ports, SiteSettings("https://index.test", "sls-pypi"))
        for package in PACKAGES:
            ports.event_store().append(package_stream(package), 0, list(_history(package)))

    def night(self) -> dict[str, int]:
        """Count all days; returns how many lines were malformed by day, apart from bad escapes."""
        malformed = {}
        for day in DAYS:
            malformed[day] = 0
            for request in self.index.counting().plan(day):
                told = self.index.counting().count(request).malformed
                malformed[day] += sum(told.get(reason, 0) for reason in ("wrong columns", "bad bytes", "no #Fields"))
        return malformed

    def events(self) -> int:
        """How many there are at all."""
        return len(events_after(self.ports)[0])

    def stats(self, package: str) -> bytes:
        """What would be served."""
        folded = fold(self.ports.event_store().read(package_stream(package)))
        assert folded is not None
        (body,) = self.index.rendering().stats(folded, self.index.history().of(package)).values()
        return body

    def csv(self, package: str) -> str:
        """What the owner would get."""
        return "".join(self.index.statistics().csv(package))


@contextmanager
def memory(_: Path) -> Iterator[Counter]:
    """Everything in memory; it takes texts only, so bytes that are none and files that are not whole are left out."""
    ports = Memory()
    ports.clock.override(providers.Object(Stopped()))
    logs = MemoryAccessLogs()
    ports.access_logs.override(providers.Object(logs))

    def add(files: Sequence[File]) -> None:
        for file in files:
            logs.add(_text(file.content))

    yield Counter(ports, add)


@contextmanager
def local(folder: Path) -> Iterator[Counter]:
    """A home."""
    home = Home(folder / "home")
    home.prepare()
    ports = Local(home=home, log_days=0)
    ports.clock.override(providers.Object(Stopped()))

    def add(files: Sequence[File]) -> None:
        for file in files:
            path = home.logs / file.name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(file.content)

    with closing(ports.database()):
        yield Counter(ports, add)


@contextmanager
def local_with_many_logs(folder: Path) -> Iterator[Counter]:
    """A home, in which packed logs are read through their texts."""
    as_many = patch.object(log_files, "worth_it", lambda _: 1), patch.object(log_texts, "_RATIO", 1000)
    with as_many[0], as_many[1], local(folder) as counter:
        yield counter


@contextmanager
def athena(_: Path) -> Iterator[Counter]:
    """The query as a stack runs it, over its table, and the adapter that reads the result."""
    ports, clients = Memory(), _Stack()
    ports.clock.override(providers.Object(Stopped()))
    logs: Any = clients
    there = AthenaAccessLogs(logs, logs, "group", "database", "results", QUERY.read_text(), Stopped(), 365)
    ports.access_logs.override(providers.Object(_AtOnce(there)))
    yield Counter(ports, clients.files.extend)


class _AtOnce:
    """An AccessLogs whose findings are there when the query is started."""

    def __init__(self, logs: AthenaAccessLogs) -> None:
        self._logs = logs

    def keeps(self, day: str) -> bool:
        return self._logs.keeps(day)

    def state(self, day: str) -> str:
        return self._logs.state(day)

    def start(self, request: CountDownloads) -> Query:
        query = self._logs.start(request).id
        return Query(query, self._logs.findings(query))


class _Stack:
    """Athena, and S3 as far as both need it."""

    _ID = "00000000-0000-4000-8000-000000000000"

    def __init__(self) -> None:
        self.files: list[File] = []
        self._result = b""

    def start_query_execution(self, **request: Any) -> dict[str, str]:
        table = _table("logs")
        prefix = table._parameters["storage.location.template"].removeprefix("s3://").partition("/")[2]
        rows: list[Row] = []
        for file in self.files:
            partition = tuple(file.day.split("-"))
            assert prefix.endswith("year=${year}/month=${month}/day=${day}")
            rows += table._lines(gzip.decompress(file.content), partition)
        parameters = [value_of(text) for text in request["ExecutionParameters"]]
        self._result = as_csv(*run(request["QueryString"], parameters, table.name, table.columns, rows))
        return {"QueryExecutionId": self._ID}

    def get_object(self, **_: str) -> dict[str, Any]:
        return {"Body": BytesIO(self._result), "ContentLength": len(self._result)}


def _text(content: bytes) -> str:
    try:
        whole = gzip.decompress(content) if content.startswith(b"\x1f\x8b") else content
    except EOFError:
        return ""
    lines = whole.replace(b"\r\n", b"\n").split(b"\n")
    return "\n".join(line.decode(errors="ignore") if b"\xff" not in line else "bad" for line in lines)


def _history(package: str) -> Iterator[Event]:
    yield PackageSubmitted(package, "1", _PUBLISHED)
    files = [file for file in FILES if file.package == package]
    for number, file in enumerate(files):
        kind = "sdist" if file.filename.endswith(".gz") else "bdist_wheel"
        digest = f"{number:064}"
        yield FilePublished(
            file.filename, file.version, kind, 1, digest, digest, "0" * 32, digest, None, _PUBLISHED, "1"
        )
    for file in files:
        if file.gone:
            yield FileDeleted(file.filename, _PUBLISHED, "1")
