"""Event stores on SQLite behind one interface: the product's, and SQLite alone."""

import json
import sqlite3
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Any, Protocol


class Store(Protocol):
    """What is measured."""

    def made(self, stream: str, version: int, fields: dict[str, Any]) -> Any:
        """An event for this place as the store takes it; no clock runs meanwhile."""
        ...

    def append(self, stream: str, expected: int, events: Sequence[Any]) -> None:
        """Have the events on disk, at the end of a stream of so many."""
        ...

    def is_refused(self, stream: str, expected: int, events: Sequence[Any]) -> bool:
        """Whether it was noticed that somebody had appended there already."""
        ...

    def read(self, stream: str) -> int:
        """How many events were read, a whole stream."""
        ...

    def after(self, position: int, limit: int) -> tuple[int, int]:
        """How many of all events were read that come after a position, and the position of the last."""
        ...

    def pragmas(self, names: Sequence[str]) -> dict[str, Any]:
        """How its connections are set."""
        ...

    def close(self) -> None:
        """Leave the file to others."""
        ...


class Ours:
    """The product's adapters."""

    def __init__(self, path: Path) -> None:
        from adapters.local.database import Database  # noqa: PLC0415 - SQLite alone needs none of this
        from adapters.local.event_store import SqliteEventStore  # noqa: PLC0415

        self._database = Database(path)
        self._store = SqliteEventStore(self._database)

    def made(self, _stream: str, _version: int, fields: dict[str, Any]) -> Any:
        """What an upload stores."""
        from domain.events import FilePublished  # noqa: PLC0415

        return FilePublished(**{**fields, "at": datetime.fromisoformat(fields["at"])})

    def append(self, stream: str, expected: int, events: Sequence[Any]) -> None:
        """One transaction."""
        self._store.append(stream, expected, events)

    def is_refused(self, stream: str, expected: int, events: Sequence[Any]) -> bool:
        """By a version that is another."""
        from domain.ports.event_store import StreamConflict  # noqa: PLC0415

        try:
            self._store.append(stream, expected, events)
        except StreamConflict:
            return True
        return False

    def read(self, stream: str) -> int:
        """As events."""
        return len(self._store.read(stream))

    def after(self, position: int, limit: int) -> tuple[int, int]:
        """As whoever tails the events reads them."""
        from adapters.local.event_log import recorded_after  # noqa: PLC0415

        found, last = recorded_after(self._database.rows, position, limit)
        return len(found), last

    def pragmas(self, names: Sequence[str]) -> dict[str, Any]:
        """Within a transaction, as it decides there how it waits for the disk."""
        with self._database.transaction() as connection:
            return {name: connection.execute(f"PRAGMA {name}").fetchone()[0] for name in names}

    def close(self) -> None:
        """Close its pool."""
        self._database.close()


class Sqlite:
    """The statements alone; text is encoded before the clock runs and never decoded. No store can take less."""

    def __init__(self, path: Path) -> None:
        self._connection = sqlite3.connect(path, isolation_level=None)
        for pragma in ("journal_mode = WAL", "synchronous = FULL"):
            self._connection.execute(f"PRAGMA {pragma}")
        self._connection.execute(
            "CREATE TABLE IF NOT EXISTS events (position INTEGER PRIMARY KEY AUTOINCREMENT, stream TEXT NOT NULL,"
            " version INTEGER NOT NULL, data TEXT NOT NULL, UNIQUE (stream, version))"
        )

    def made(self, stream: str, version: int, fields: dict[str, Any]) -> Any:
        """A row."""
        return stream, version, json.dumps(fields, separators=(",", ":"))

    def append(self, _stream: str, _expected: int, events: Sequence[Any]) -> None:
        """One transaction."""
        self._connection.execute("BEGIN IMMEDIATE")
        try:
            self._connection.executemany("INSERT INTO events (stream, version, data) VALUES (?, ?, ?)", events)
        except sqlite3.IntegrityError:
            self._connection.execute("ROLLBACK")
            raise
        self._connection.execute("COMMIT")

    def is_refused(self, stream: str, expected: int, events: Sequence[Any]) -> bool:
        """The unique index guards the version."""
        try:
            self.append(stream, expected, events)
        except sqlite3.IntegrityError:
            return True
        return False

    def read(self, stream: str) -> int:
        """As rows."""
        query = "SELECT data FROM events WHERE stream = ? ORDER BY version"
        return len(self._connection.execute(query, (stream,)).fetchall())

    def after(self, position: int, limit: int) -> tuple[int, int]:
        """As rows."""
        query = "SELECT position, stream, version, data FROM events WHERE position > ? ORDER BY position LIMIT ?"
        rows = self._connection.execute(query, (position, limit)).fetchall()
        return len(rows), rows[-1][0] if rows else position

    def pragmas(self, names: Sequence[str]) -> dict[str, Any]:
        """As they were set."""
        return {name: self._connection.execute(f"PRAGMA {name}").fetchone()[0] for name in names}

    def close(self) -> None:
        """Close it."""
        self._connection.close()
