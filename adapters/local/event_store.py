"""Streams in SQLite."""

import sqlite3
from collections.abc import Collection, Mapping, Sequence
from typing import Any

from adapters.codec import decode, encode
from adapters.local.checksums import checksum
from adapters.local.database import Database
from adapters.recent_streams import RecentStreams
from domain.events import Event
from domain.ports.event_store import Append, ClaimTaken, StreamConflict

_VERSION = "SELECT coalesce(max(version), 0) FROM events WHERE stream = ?"
_AFTER = "SELECT type, schema, data FROM events WHERE stream = ? AND version > ? ORDER BY version"
_INSERT = "INSERT INTO events (stream, version, type, schema, data, checksum) VALUES (?, ?, ?, ?, ?, ?)"
_CLAIM = "INSERT OR IGNORE INTO claims (claim, stream, checksum) VALUES (?, ?, ?)"
_OWNER = "SELECT stream FROM claims WHERE claim = ?"


class SqliteEventStore:
    """An EventStore whose appends are on disk when they return."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._recent = RecentStreams()

    def read(self, stream: str) -> Sequence[Event]:
        """All events of the stream, oldest first."""
        known = self._recent.of(stream)
        rows = self._database.rows(_AFTER, (stream, len(known)))
        if not rows:
            return known
        events = (*known, *(decode(*row) for row in rows))
        self._recent.keep(stream, events)
        return events

    def read_each(self, streams: Sequence[str]) -> Sequence[Sequence[Event]]:
        """All events of each of these streams."""
        return [self.read(stream) for stream in streams]

    def version(self, stream: str) -> int:
        """How many events the stream has."""
        return _version(self._database.rows(_VERSION, (stream,)))

    def longer(self, versions: Mapping[str, int]) -> Collection[str]:
        """Those of these streams that have more events than is said here."""
        return {stream for stream, version in versions.items() if self.version(stream) > version}

    def append(self, stream: str, expected: int, events: Sequence[Event], claims: Sequence[str] = ()) -> None:
        """Append all events at version `expected` and take all claims, or change nothing."""
        append = Append(stream, expected, events)
        rows = _rows(append)
        with self._database.transaction() as connection:
            if not _is_in_time(connection, append):
                raise StreamConflict(f"{stream} is not at version {expected}")
            for claim in claims:
                connection.execute(_CLAIM, (claim, stream, checksum(claim, stream)))
                owner = _owner(connection.execute(_OWNER, (claim,)).fetchall())
                if owner is not None and owner != stream:
                    raise ClaimTaken(claim, owner)
            connection.executemany(_INSERT, rows)

    def append_each(self, appends: Sequence[Append]) -> Sequence[Append]:
        """Append to many streams with one wait for the disk; returns those that were at another version."""
        rows = [_rows(append) for append in appends]
        late = []
        with self._database.transaction() as connection:
            for append, own in zip(appends, rows, strict=True):
                if _is_in_time(connection, append):
                    connection.executemany(_INSERT, own)
                else:
                    late.append(append)
        return late

    def owner_of(self, claim: str) -> str | None:
        """The stream that holds the claim."""
        return _owner(self._database.rows(_OWNER, (claim,)))


def _rows(append: Append) -> list[tuple[Any, ...]]:
    first = append.expected + 1
    rows = ((append.stream, version, *encode(event)) for version, event in enumerate(append.events, first))
    return [(*row, checksum(*row)) for row in rows]


def _is_in_time(connection: sqlite3.Connection, append: Append) -> bool:
    return _version(connection.execute(_VERSION, (append.stream,)).fetchall()) == append.expected


def _version(rows: Sequence[tuple[Any, ...]]) -> int:
    return int(rows[0][0])


def _owner(rows: Sequence[tuple[Any, ...]]) -> str | None:
    return str(rows[0][0]) if rows else None
