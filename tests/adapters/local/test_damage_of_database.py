"""What SQLite says of a file in which bytes changed."""

import sqlite3
from contextlib import closing
from itertools import chain
from pathlib import Path

import pytest

from adapters.codec import encode
from adapters.local.database import Database
from adapters.local.event_store import SqliteEventStore
from adapters.local.migrations import MIGRATIONS
from tests.appends import unyanked

STREAM = "package/spam"
CHANGED_EVENT = "event 2, of 'package/spam', is not as it was written"


def test_a_whole_file_has_no_damage(tmp_path: Path) -> None:
    with closing(Database(tmp_path / "events.db")) as database:
        assert database.damage() == []
        assert database.damage(quickly=True) == []


def test_a_changed_page_is_named(tmp_path: Path) -> None:
    path = tmp_path / "events.db"
    with closing(Database(path)) as database:
        with database.transaction() as connection:
            connection.executemany(
                "INSERT INTO claims (claim, stream) VALUES (?, ?)",
                [(f"claim-{n:05}", f"package/p{n}") for n in range(5000)],
            )
        (root,) = database.rows("SELECT rootpage FROM sqlite_master WHERE name = 'claims'")[0]
        database.rows("PRAGMA wal_checkpoint(TRUNCATE)")
    body = bytearray(path.read_bytes())
    at = (root - 1) * 4096
    body[at + 100 : at + 200] = bytes(100)
    body[at + 3] ^= 0xFF
    path.write_bytes(body)
    with closing(Database(path)) as database:
        assert database.damage()


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """A file with two events and a claim."""
    path = tmp_path / "events.db"
    with closing(Database(path)) as database:
        SqliteEventStore(database).append(STREAM, 0, [unyanked("1"), unyanked("2")], ["name/spam"])
    return path


def change(path: Path, statement: str) -> None:
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute(statement)


def damage(path: Path) -> list[str]:
    with closing(Database(path)) as database:
        return list(database.damage())


@pytest.mark.parametrize(
    ("changes", "line"),
    [
        ("events SET data = replace(data, '2', '3') WHERE position = 2", CHANGED_EVENT),
        ("events SET data = CAST(x'7b22ff227d' AS TEXT) WHERE position = 2", CHANGED_EVENT),
        ("events SET type = 'FileYanked' WHERE position = 2", CHANGED_EVENT),
        ("events SET schema = 2 WHERE position = 2", CHANGED_EVENT),
        ("claims SET claim = 'name/spa'", "the claim 'name/spa' is not as it was written"),
        ("claims SET stream = 'package/spa'", "the claim 'name/spam' is not as it was written"),
    ],
)
def test_what_is_not_as_it_was_written_is_named(path: Path, changes: str, line: str) -> None:
    assert damage(path) == []
    change(path, f"UPDATE {changes}")
    assert damage(path) == [line]


def test_an_event_that_is_gone_is_missed(path: Path) -> None:
    change(path, "DELETE FROM events WHERE position = 1")
    assert damage(path) == [f"events of '{STREAM}' are missing"]


def test_an_event_in_another_stream_is_missed_in_its_own(path: Path) -> None:
    change(path, "UPDATE events SET stream = 'package/egg' WHERE position = 1")
    assert damage(path) == [
        "event 1, of 'package/egg', is not as it was written",
        f"events of '{STREAM}' are missing",
    ]


def test_any_changed_byte_of_the_text_of_an_event_is_found(path: Path) -> None:
    _, _, text = encode(unyanked("2"))
    body = path.read_bytes()
    at = body.index(text.encode())
    for place in range(at, at + len(text)):
        path.write_bytes(body[:place] + bytes([body[place] ^ 1]) + body[place + 1 :])
        assert damage(path) == [CHANGED_EVENT]


def test_events_and_claims_of_an_older_version_are_believed_once(tmp_path: Path) -> None:
    path = tmp_path / "events.db"
    before = next(schema for schema, statements in enumerate(MIGRATIONS) if "checksum" in "".join(statements))
    with closing(sqlite3.connect(path)) as connection, connection:
        for statement in chain.from_iterable(MIGRATIONS[:before]):
            connection.execute(statement)
        row = (STREAM, 1, *encode(unyanked("1")))
        connection.execute("INSERT INTO events (stream, version, type, schema, data) VALUES (?, ?, ?, ?, ?)", row)
        connection.execute("INSERT INTO claims VALUES ('name/spam', ?)", (STREAM,))
        connection.execute(f"PRAGMA user_version = {before}")
    assert damage(path) == []
    change(path, "UPDATE events SET data = data || ' '")
    change(path, "UPDATE claims SET stream = 'package/egg'")
    assert damage(path) == [
        f"event 1, of '{STREAM}', is not as it was written",
        "the claim 'name/spam' is not as it was written",
    ]
