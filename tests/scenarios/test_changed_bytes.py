"""One byte of a home is another: what `verify` says of it, and what comes of `rebuild`.

What there is to be changed is read from a home in which everything is kept: a new column or folder is tried by itself.
"""

import random
import shutil
import sqlite3
from collections.abc import Callable, Mapping, Sequence
from contextlib import closing
from itertools import chain
from pathlib import Path
from typing import Any

import pytest
from attrs import evolve, frozen

from adapters.local.checksums import make_known
from adapters.local.home import Home
from adapters.local.migrations import MIGRATIONS
from entrypoints.local.maintenance import rebuild, verify
from entrypoints.local.place import Place
from infrastructure.settings import Settings
from tests.scenarios.full_home import made

pytestmark = pytest.mark.crash
FLIPS = 60
WHOLE = "Everything that is served is what the events say.\n"
_HEARD = "heard from elsewhere, and asked for again"
_WORK = "work that waits: `doctor` names what cannot be done, `verify` the pages that stay behind"
_LOG = "what a log says as long as it is the same file; figures that were counted stay"
_PASSING = "kept for a while, and derived from nothing; one that cannot be read is forgotten"
_ORDER = "only says in which order"
UNNAMED: Mapping[str, str] = {
    "events.position": f"{_ORDER} streams follow each other; the index of streams notices a byte of the file",
    "followers": _HEARD,
    "repositories": _HEARD,
    "log_days_gone": _LOG,
    "log_files": _LOG,
    "messages": _WORK,
    "owed": _WORK,
    "untold": _WORK,
    "relayed": "too low: pages are made twice; too high: everything is looked at again, without a word",
    "sessions": _PASSING,
    "sqlite_sequence": "positions only grow, whatever it says",
    "usage.stamp": "a lower one is as of a package that nobody downloads any more; a higher one is named",
    "usage_summaries.stamp": "nobody reads it",
    "usage_briefs.stamp": "a lower one is as of a package that nobody downloads any more; a higher one is named",
    "usage_sum": "has a digest, and is added up anew",
}
"""Columns, or whole tables, whose changes `verify` does not name, each with the reason."""
UNREAD: Mapping[str, str] = {
    "build-logs": "what builds said, for some days",
    "builds": "made again where it is missing",
    "logs": "a log that cannot be read is told by `nightly`",
    "secrets": "whoever is logged in logs in again",
    "tmp": "work in progress",
    "site.json": "one that cannot be read has pages written again",
    "unnamed.json": "one that cannot be read begins anew",
    "serve.lock": "empty",
    "worker.lock": "empty",
    "nightly.lock": "empty",
}
"""Files and folders of a home in which nothing is compared, each with the reason."""


def _tables() -> list[str]:
    with closing(sqlite3.connect(":memory:")) as connection:
        make_known(connection)
        for statement in chain.from_iterable(MIGRATIONS):
            connection.execute(statement)
        found = connection.execute("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name")
        return [name for (name,) in found]


TABLES = _tables()
Row = Mapping[str, Any]


@frozen
class Column:
    """A column in which something is kept."""

    table: str
    name: str

    @property
    def is_unnamed(self) -> bool:
        return self.table in UNNAMED or f"{self.table}.{self.name}" in UNNAMED


class Damaged:
    """A home, and what operators do with it."""

    def __init__(self, settings: Settings, home: Path, capsys: pytest.CaptureFixture[str]) -> None:
        self._kept = settings.home
        self._place = Place(evolve(settings, home=home))
        self._capsys = capsys
        self.home = Home(home)
        self.database = self.home.database
        self.whole()

    def told_by(self, command: Callable[[Place], int]) -> tuple[int, str]:
        """The exit status of the command, and what it says."""
        try:
            status = command(self._place)
        except sqlite3.DatabaseError as error:  # told in one line by whoever runs commands
            return 1, str(error)
        return status, self._capsys.readouterr().out

    def whole(self) -> None:
        """As it was made."""
        shutil.rmtree(self.home.path, ignore_errors=True)
        shutil.copytree(self._kept, self.home.path)

    def columns(self, table: str) -> Sequence[Column]:
        """Those of a table."""
        with closing(sqlite3.connect(self.database)) as connection:
            return [Column(table, name) for name in _names(connection, table)]

    def others(self, column: Column) -> Sequence[tuple[Row, Any]]:
        """A row in which the column has a value, with each of some other values."""
        with closing(sqlite3.connect(self.database)) as connection:
            names = _names(connection, column.table)
            found = connection.execute(f"SELECT {', '.join(names)} FROM {column.table}").fetchall()  # noqa: S608
        rows = [dict(zip(names, row, strict=True)) for row in found]
        row = next((row for row in reversed(rows) if row[column.name] not in (None, "")), None)
        return [(row, value) for value in _others(row[column.name])] if row else []

    def change(self, column: Column, row: Row, value: Any) -> bool:
        """Put the value there; whether the table takes it."""
        where = " AND ".join(f"{name} IS ?" for name in row)
        given = "CAST(? AS TEXT)" if isinstance(row[column.name], str) else "?"
        statement = f"UPDATE {column.table} SET {column.name} = {given} WHERE {where}"  # noqa: S608
        with closing(sqlite3.connect(self.database)) as connection, connection:
            try:
                return connection.execute(statement, (value, *row.values())).rowcount == 1
            except sqlite3.IntegrityError:
                return False

    def content(self) -> Mapping[str, Sequence[Any]]:
        """All that is kept in columns in which changes are named."""
        said = [column for table in TABLES for column in self.columns(table) if not column.is_unnamed]
        found: dict[str, Sequence[Any]] = {}
        with closing(sqlite3.connect(self.database)) as connection:
            connection.text_factory = bytes
            for each in said:
                rows = connection.execute(f"SELECT {each.name} FROM {each.table}").fetchall()  # noqa: S608
                found[f"{each.table}.{each.name}"] = sorted(rows, key=repr)
        return found


@pytest.fixture(scope="module")
def settings(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    settings = made(tmp_path_factory.mktemp("full"))
    with closing(sqlite3.connect(settings.home / "events.db")) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    return settings


@pytest.fixture
def damaged(settings: Settings, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Damaged:
    return Damaged(settings, tmp_path / "home", capsys)


def _names(connection: sqlite3.Connection, table: str) -> list[str]:
    """Those that are stored: others are not among what this says."""
    return [row[1] for row in connection.execute(f"PRAGMA table_info({table})")]


def _others(value: Any) -> list[Any]:
    """The value with another bit, and with one that makes it no text."""
    if isinstance(value, int | float):
        return [value + 1, value + 64]
    data = value.encode() if isinstance(value, str) else value
    at = len(data) // 2
    return [data[:at] + bytes([data[at] ^ bit]) + data[at + 1 :] for bit in (1, 0x80)]


@pytest.mark.parametrize("table", TABLES)
def test_any_change_in_a_table_is_named_and_mended(damaged: Damaged, table: str) -> None:
    for column in damaged.columns(table):
        for row, value in damaged.others(column):
            if not damaged.change(column, row, value):
                continue
            status, said = damaged.told_by(verify)
            where = f"{column}, which is {value!r} now, of {row}: {said}"
            assert status or column.is_unnamed, where
            if "from a backup" in said:
                assert damaged.told_by(rebuild)[0] == 1, where
            else:
                assert damaged.told_by(rebuild)[0] == 0, where
                assert damaged.told_by(verify) == (0, WHOLE), where
            damaged.whole()


def test_any_changed_byte_of_the_database_is_named_or_changes_nothing(damaged: Damaged) -> None:
    expected, whole, choice = damaged.content(), damaged.database.read_bytes(), random.Random(20261127)  # noqa: S311 - places, not secrets
    for at in choice.sample(range(len(whole)), FLIPS):
        changed = bytes([whole[at] ^ 1 << choice.randrange(8)])
        damaged.database.write_bytes(whole[:at] + changed + whole[at + 1 :])
        status, said = damaged.told_by(verify)
        assert status == 1 or damaged.content() == expected, f"byte {at}: {said}"
        damaged.whole()


def test_any_changed_file_is_named(damaged: Damaged) -> None:
    for folder in sorted(damaged.home.path.iterdir()):
        if folder.name in UNREAD or folder.name.startswith(damaged.database.name):
            continue
        paths = [path for path in sorted(folder.rglob("*")) if path.is_file()]
        assert paths
        for path in paths:
            body = path.read_bytes()
            at = len(body) // 2
            path.chmod(0o644)
            path.write_bytes(body[:at] + bytes([body[at] ^ 1]) + body[at + 1 :])
        status, said = damaged.told_by(verify)
        assert status == 1
        for path in paths:
            key = path.relative_to(damaged.home.path).as_posix().removeprefix("site/")
            assert f" {key}\n" in said
        damaged.whole()
