"""The event store of the `eventsourcing` library, for a process that runs in the library's own environment."""

import contextlib
import sqlite3
import uuid
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from eventsourcing.domain import DomainEvent  # type: ignore[import-not-found]
from eventsourcing.persistence import (  # type: ignore[import-not-found]
    DatetimeAsISO,
    EventStore,
    IntegrityError,
    JSONTranscoder,
    Mapper,
)
from eventsourcing.sqlite import SQLiteApplicationRecorder, SQLiteDatastore  # type: ignore[import-not-found]


class FilePublished(DomainEvent):  # type: ignore[misc]
    """The fields of our event of that name; `at` is the library's own `timestamp`."""

    filename: str
    version: str
    kind: str
    size: int
    sha256: str
    blake2b_256: str
    md5: str
    metadata_sha256: str
    requires_python: str | None
    by: str
    source_commit: str | None


class Library:
    """Its store over its SQLite recorder, put together as its documentation says, with its JSON transcoder."""

    def __init__(self, path: Path) -> None:
        transcoder = JSONTranscoder()
        transcoder.register(DatetimeAsISO())
        self._datastore = SQLiteDatastore(str(path))
        self._recorder = SQLiteApplicationRecorder(self._datastore)
        self._recorder.create_table()
        self._mapper = Mapper(transcoder)
        self._store = EventStore(self._mapper, self._recorder)

    def made(self, stream: str, version: int, fields: dict[str, Any]) -> Any:
        """An event in its place."""
        others = {name: value for name, value in fields.items() if name != "at"}
        at = datetime.fromisoformat(fields["at"])
        return FilePublished(_identity(stream), version, at, **others)

    def append(self, _stream: str, _expected: int, events: Sequence[Any]) -> None:
        """One transaction; the events know their versions."""
        self._store.put(events)

    def is_refused(self, _stream: str, _expected: int, events: Sequence[Any]) -> bool:
        """Its primary key guards the version."""
        try:
            self._store.put(events)
        except IntegrityError:
            return True
        return False

    def read(self, stream: str) -> int:
        """As events."""
        return len(list(self._store.get(_identity(stream))))

    def after(self, position: int, limit: int) -> tuple[int, int]:
        """Its notifications, as events."""
        found = self._recorder.select_notifications(position, limit, inclusive_of_start=False)
        events = [self._mapper.to_domain_event(each) for each in found]
        return len(events), found[-1].id if found else position

    def pragmas(self, names: Sequence[str]) -> dict[str, Any]:
        """Of a connection of its pool."""
        with self._datastore.transaction(commit=False) as cursor:
            return {name: _pragma(cursor, name) for name in names}

    def close(self) -> None:
        """Close its pool."""
        with contextlib.suppress(sqlite3.ProgrammingError):
            self._datastore.close()


def _identity(stream: str) -> uuid.UUID:
    """Its streams are UUIDs."""
    return uuid.uuid5(uuid.NAMESPACE_URL, stream)


def _pragma(cursor: Any, name: str) -> Any:
    cursor.execute(f"PRAGMA {name}")
    return cursor.fetchone()[0]
