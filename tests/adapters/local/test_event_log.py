"""The events in SQLite as one sequence."""

from datetime import UTC, datetime
from pathlib import Path

from adapters.local.database import Database
from adapters.local.event_log import SqliteEventLog
from adapters.local.event_store import SqliteEventStore
from domain.events import FileUnyanked

EVENT = FileUnyanked("spam-1.0.tar.gz", datetime(2026, 11, 24, 12, tzinfo=UTC), "local:alice")


def test_the_position_moves_with_every_event_of_any_stream(tmp_path: Path) -> None:
    database = Database(tmp_path / "index.sqlite3")
    store, log = SqliteEventStore(database), SqliteEventLog(database)
    seen = [log.position()]
    for stream in ("package/spam", "account/1", "submission/a"):
        store.append(stream, 0, [EVENT])
        seen.append(log.position())
    assert seen == [0, *sorted(set(seen[1:]))]
    assert seen[1] > 0
