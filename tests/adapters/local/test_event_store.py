"""What the event store on SQLite remembers of streams."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from adapters import recent_streams
from adapters.codec import decode
from adapters.local import event_store
from adapters.local.database import Database
from adapters.local.event_store import SqliteEventStore
from domain.events import Event, FileUnyanked

AT = datetime(2026, 11, 24, 20, 15, 1, 123456, tzinfo=UTC)


def unyanked(number: int) -> Event:
    return FileUnyanked(f"spam-{number}.0.tar.gz", AT, "local:alice")


def test_what_others_append_is_seen_behind_what_is_remembered(tmp_path: Path) -> None:
    ours, theirs = (SqliteEventStore(Database(tmp_path / "index.sqlite3")) for _ in range(2))
    ours.append("package/spam", 0, [unyanked(1)])
    assert list(ours.read("package/spam")) == [unyanked(1)]
    theirs.append("package/spam", 1, [unyanked(2)])
    assert list(ours.read("package/spam")) == [unyanked(1), unyanked(2)]


def test_only_what_is_new_of_recent_streams_is_decoded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(recent_streams, "MOST_REMEMBERED", 4)
    decoded: list[str] = []

    def noting(kind: str, schema: int, text: str) -> Event:
        decoded.append(text)
        return decode(kind, schema, text)

    monkeypatch.setattr(event_store, "decode", noting)
    store = SqliteEventStore(Database(tmp_path / "index.sqlite3"))
    streams = {"package/a": 2, "package/b": 2, "package/c": 2, "package/long": 6}
    for stream, count in streams.items():
        store.append(stream, 0, [unyanked(number) for number in range(count)])

    def effort(stream: str) -> int:
        decoded.clear()
        assert list(store.read(stream)) == [unyanked(number) for number in range(streams[stream])]
        return len(decoded)

    assert [effort(stream) for stream in ("package/a", "package/b", "package/a")] == [2, 2, 0]
    assert [effort(stream) for stream in ("package/c", "package/a", "package/b")] == [2, 0, 2]
    assert [effort(stream) for stream in ("package/long", "package/long", "package/a")] == [6, 0, 2]
