"""Streams in SQLite."""

import sqlite3
from collections.abc import Sequence

from adapters.codec import decode, encode
from adapters.local.database import Database
from domain.events import Event
from domain.ports.event_store import ClaimTaken, StreamConflict


class SqliteEventStore:
    """An EventStore whose appends are on disk when they return."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def read(self, stream: str) -> Sequence[Event]:
        """All events of the stream, oldest first."""
        with self._database.connection() as connection:
            rows = connection.execute(
                "SELECT type, schema, data FROM events WHERE stream = ? ORDER BY version", (stream,)
            ).fetchall()
        return tuple(decode(*row) for row in rows)

    def version(self, stream: str) -> int:
        """How many events the stream has."""
        with self._database.connection() as connection:
            return _version(connection, stream)

    def append(self, stream: str, expected: int, events: Sequence[Event], claims: Sequence[str] = ()) -> None:
        """Append all events at version `expected` and take all claims, or change nothing."""
        rows = [(stream, version, *encode(event)) for version, event in enumerate(events, expected + 1)]
        with self._database.transaction() as connection:
            if _version(connection, stream) != expected:
                raise StreamConflict(f"{stream} is not at version {expected}")
            for claim in claims:
                connection.execute("INSERT OR IGNORE INTO claims VALUES (?, ?)", (claim, stream))
                owner = _owner(connection, claim)
                if owner is not None and owner != stream:
                    raise ClaimTaken(claim, owner)
            connection.executemany(
                "INSERT INTO events (stream, version, type, schema, data) VALUES (?, ?, ?, ?, ?)", rows
            )

    def owner_of(self, claim: str) -> str | None:
        """The stream that holds the claim."""
        with self._database.connection() as connection:
            return _owner(connection, claim)


def _version(connection: sqlite3.Connection, stream: str) -> int:
    (version,) = connection.execute("SELECT max(version) FROM events WHERE stream = ?", (stream,)).fetchone()
    return int(version or 0)


def _owner(connection: sqlite3.Connection, claim: str) -> str | None:
    row = connection.execute("SELECT stream FROM claims WHERE claim = ?", (claim,)).fetchone()
    return None if row is None else str(row[0])
