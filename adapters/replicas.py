"""Room for a replay: the tables of the local world in a file of its own, in whatever world."""

import shutil
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from itertools import islice
from pathlib import Path
from tempfile import TemporaryDirectory

from adapters.local.catalogue import SqliteCatalogue
from adapters.local.database import Database
from adapters.local.dependents import SqliteDependents
from adapters.local.directory import SqliteDirectory
from adapters.local.usage_table import SqliteUsageTable
from domain.ports.replicas import Replica, Tables

_AT_ONCE = 1000
_PREFIX = "replica-"
_ONE_DAY = 24 * 3600.0


class FolderReplicas:
    """A Replicas whose files lie in a folder, or with None where the system has spare ones."""

    def __init__(self, folder: Path | None = None) -> None:
        self._folder = folder

    @contextmanager
    def opened(self) -> Iterator[Replica]:
        """An empty replica."""
        self._sweep()
        with TemporaryDirectory(prefix=_PREFIX, dir=self._folder) as folder:
            database = Database(Path(folder) / "replica.db", kept=False)
            try:
                yield Replica(
                    Tables(
                        SqliteCatalogue(database),
                        SqliteUsageTable(database),
                        SqliteDirectory(database),
                        SqliteDependents(database),
                    ),
                    _SqliteKeys(database, "keys"),
                    _SqliteKeys(database, "detail_keys"),
                )
            finally:
                database.close()

    def _sweep(self) -> None:
        """Remove what killed processes left: no replay takes a day."""
        for left in self._folder.glob(f"{_PREFIX}*") if self._folder else ():
            with suppress(FileNotFoundError):
                if left.stat().st_mtime < time.time() - _ONE_DAY:
                    shutil.rmtree(left, ignore_errors=True)


class _SqliteKeys:
    """Keys in a table that no home has."""

    def __init__(self, database: Database, table: str) -> None:
        self._database = database
        self._table = table
        with database.transaction(derived=True) as connection:
            connection.execute(f"CREATE TABLE {table} (key TEXT PRIMARY KEY) WITHOUT ROWID")

    def add(self, keys: Iterable[str]) -> None:
        """Add these."""
        self._each(f"INSERT OR IGNORE INTO {self._table} VALUES (?)", keys)  # noqa: S608 - ours

    def discard(self, keys: Iterable[str]) -> None:
        """Remove these."""
        self._each(f"DELETE FROM {self._table} WHERE key = ?", keys)  # noqa: S608 - ours

    def __iter__(self) -> Iterator[str]:
        key, query = "", f"SELECT key FROM {self._table} WHERE key > ? ORDER BY key LIMIT ?"  # noqa: S608 - ours
        while found := self._database.rows(query, (key, _AT_ONCE)):
            for (key,) in found:
                yield key

    def _each(self, statement: str, keys: Iterable[str]) -> None:
        left = iter(keys)
        while some := list(islice(left, _AT_ONCE)):
            with self._database.transaction(derived=True) as connection:
                connection.executemany(statement, [(key,) for key in some])
