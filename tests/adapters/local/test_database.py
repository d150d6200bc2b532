"""The file behind the local world."""

import errno
import json
import multiprocessing
import os
import sqlite3
import stat
import threading
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import closing
from datetime import timedelta
from functools import partial
from itertools import chain
from operator import attrgetter
from pathlib import Path

import pytest
from attrs import astuple, evolve
from hypothesis import given, settings
from hypothesis import strategies as st

from adapters.codec import encode
from adapters.local.catalogue import SqliteCatalogue
from adapters.local.checksums import NoText
from adapters.local.database import Database, DatabaseTooNew
from adapters.local.event_log import SqliteEventLog, recorded_after
from adapters.local.event_store import SqliteEventStore
from adapters.local.migrations import MIGRATIONS
from adapters.local.sessions import SqliteSessions
from adapters.local.usage_table import SqliteUsageTable
from adapters.memory.event_log import MemoryEventLog
from adapters.memory.event_store import MemoryEventStore
from adapters.records import to_json
from adapters.unreadable import Unreadable
from domain.events import Event, FileUnyanked
from domain.listing import Entry
from domain.ports.event_store import StreamConflict
from domain.sessions import UploadCompleted
from domain.usage_sums import UsageRow
from tests.appends import AT, outcome, unyanked
from tests.strategies import events
from tests.together import together

STREAM = "package/spam"
ENTRY = Entry("spam", 3, True, "Spam", "local:alice", "1.0", "", AT)  # noqa: FBT003


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "events.db"


@pytest.fixture
def database(path: Path) -> Iterator[Database]:
    with closing(Database(path)) as opened:
        yield opened


def test_what_was_appended_is_there_when_the_file_is_opened_again(path: Path) -> None:
    for version in range(3):
        with closing(Database(path)) as database:
            SqliteEventStore(database).append(STREAM, version, [unyanked(str(version))], [f"claim/{version}"])

    with closing(Database(path)) as database:
        store = SqliteEventStore(database)
        assert list(store.read(STREAM)) == [unyanked("0"), unyanked("1"), unyanked("2")]
        assert store.owner_of("claim/0") == STREAM


def test_only_its_owner_reads_the_file(path: Path) -> None:
    before = os.umask(0)
    try:
        with closing(Database(path)) as database:
            SqliteEventStore(database).append(STREAM, 0, [unyanked("1")])
            files = list(path.parent.iterdir())
            assert len(files) == 3
            assert {stat.S_IMODE(file.stat().st_mode) for file in files} == {0o600}
    finally:
        os.umask(before)


def test_everything_is_in_the_one_file_once_it_is_closed(path: Path) -> None:
    with closing(Database(path)) as database:
        SqliteEventStore(database).append(STREAM, 0, [unyanked("1")])

    assert list(path.parent.iterdir()) == [path]


def test_an_append_is_on_disk_when_it_returns(database: Database) -> None:
    with database.transaction(derived=True):
        pass
    with database.transaction() as connection:
        assert connection.execute("PRAGMA synchronous").fetchall() == [(2,)]
        assert connection.execute("PRAGMA journal_mode").fetchall() == [("wal",)]


def test_the_type_of_an_event_stands_readable_in_the_file(database: Database) -> None:
    SqliteEventStore(database).append(STREAM, 0, [unyanked("1")])

    assert database.rows("SELECT stream, version, type, schema FROM events") == [(STREAM, 1, "FileUnyanked", 1)]


def test_a_file_of_a_newer_version_is_refused_and_left_alone(path: Path) -> None:
    Database(path).close()
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA user_version = 99")
    before = path.read_bytes()

    with pytest.raises(DatabaseTooNew, match=r"newer version.*Upgrade sls-pypi\."):
        Database(path)

    assert path.read_bytes() == before


def test_an_event_of_a_newer_version_stops_reading_instead_of_missing(database: Database) -> None:
    store = SqliteEventStore(database)
    store.append(STREAM, 0, [unyanked("1")])
    with database.transaction() as connection:
        connection.execute("UPDATE events SET type = 'FileBlessed'")

    with pytest.raises(Unreadable, match="Upgrade"):
        store.read(STREAM)
    with pytest.raises(Unreadable, match="Upgrade"):
        recorded_after(database.rows, 0, 1)


def test_what_is_remembered_and_damaged_is_forgotten_and_in_nobodys_way(database: Database) -> None:
    sessions = SqliteSessions(database)
    for read in (sessions.get, sessions.take):
        sessions.put("key", UploadCompleted(), AT)
        with database.transaction() as connection:
            connection.execute("UPDATE sessions SET type = 'UqloadCompleted'")
        assert read("key", AT - timedelta(1)) is None
        assert sessions.add("key", UploadCompleted(), AT, AT - timedelta(1))


def test_a_file_of_an_older_version_keeps_its_events_and_learns_what_is_new(path: Path) -> None:
    with closing(sqlite3.connect(path)) as connection:
        for statement in MIGRATIONS[0]:
            connection.execute(statement)
        row = (STREAM, 1, *encode(unyanked("1")))
        connection.execute("INSERT INTO events (stream, version, type, schema, data) VALUES (?, ?, ?, ?, ?)", row)
        connection.execute("PRAGMA user_version = 1")
        connection.commit()

    with closing(Database(path)) as database:
        SqliteSessions(database).put("key", UploadCompleted(), AT)
        assert SqliteSessions(database).get("key", AT - timedelta(1)) == UploadCompleted()
        assert list(SqliteEventStore(database).read(STREAM)) == [unyanked("1")]


def test_rows_of_an_older_version_are_listed_at_once(path: Path) -> None:
    """What is served does not lose a package until all of them are derived again."""
    rows = [
        evolve(ENTRY, changed=AT, summary="'quoted' \U0001f40d"),
        evolve(ENTRY, name="bare", latest=None, updated=None),
        evolve(ENTRY, name="hidden", listed=False),
    ]
    usage = [UsageRow(row.name, "2026-11-24#00000001", 7, 5, "2026-11-24") for row in rows]
    with closing(sqlite3.connect(path)) as connection:
        for statement in chain.from_iterable(MIGRATIONS[:8]):
            connection.execute(statement)
        for row, used in zip(rows, usage, strict=True):
            data = json.dumps(to_json(row))
            connection.execute(
                "INSERT INTO catalogue VALUES (?, ?, ?, ?)", (row.name, row.stream_version, row.owner, data)
            )
            connection.execute("INSERT INTO usage VALUES (?, ?, ?, ?, ?)", astuple(used))
            connection.execute("INSERT INTO usage_summaries VALUES (?, ?, ?)", (row.name, used.stamp, '{"ci": 3}'))
        connection.execute("PRAGMA user_version = 8")
        connection.commit()

    with closing(Database(path)) as database:
        catalogue, table = SqliteCatalogue(database), SqliteUsageTable(database)
        assert list(catalogue.entries()) == sorted(rows, key=attrgetter("name"))
        assert [one.name for one in catalogue.listed()] == ["bare", "spam"]
        assert [one.name for one in catalogue.owned_by(ENTRY.owner)] == ["bare", "hidden", "spam"]
        assert list(table.rows()) == [usage[1], evolve(usage[2], total=0, last_30_days=0), usage[0]]
        assert table.totals(9).total == 14
        assert [name for name, _ in table.summaries()] == ["bare", "spam"]


def test_what_is_no_database_is_refused_and_left_alone(path: Path) -> None:
    path.write_bytes(b"precious notes, not a database at all" * 100)
    before = path.read_bytes()

    with pytest.raises(sqlite3.DatabaseError):
        Database(path)

    assert path.read_bytes() == before


def test_a_transaction_that_raises_changes_nothing(database: Database) -> None:
    def broken() -> None:
        with database.transaction() as connection:
            connection.execute("INSERT INTO claims (claim, stream) VALUES ('name/spam', 'package/spam')")
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        broken()

    assert database.rows("SELECT * FROM claims") == []
    SqliteEventStore(database).append(STREAM, 0, [unyanked("1")])


def test_a_full_disk_changes_nothing(database: Database) -> None:
    store = SqliteEventStore(database)
    store.append(STREAM, 0, [unyanked("1")])
    ((pages,),) = database.rows("PRAGMA page_count")

    def swell() -> None:
        with database.transaction() as connection:
            connection.execute(f"PRAGMA max_page_count = {pages}")
            connection.execute("INSERT INTO claims (claim, stream) VALUES ('name/spam', ?)", (STREAM,))
            connection.execute("INSERT INTO claims (claim, stream) VALUES (?, ?)", ("x" * 1_000_000, STREAM))

    with pytest.raises(OSError, match="No space left on device"):
        swell()

    assert store.version(STREAM) == 1
    assert store.owner_of("name/spam") is None


def test_a_lock_of_another_program_is_waited_for_and_then_told(path: Path) -> None:
    with (
        closing(Database(path, patience=0.05)) as database,
        closing(sqlite3.connect(path, isolation_level=None)) as other,
    ):
        store = SqliteEventStore(database)
        store.append(STREAM, 0, [unyanked("1")])
        other.execute("BEGIN EXCLUSIVE")

        with pytest.raises(TimeoutError, match="keeps the database locked"):
            store.append(STREAM, 1, [unyanked("2")])

        assert list(store.read(STREAM)) == [unyanked("1")]
        other.execute("ROLLBACK")
        store.append(STREAM, 1, [unyanked("2")])
        assert store.version(STREAM) == 2


def test_whoever_reads_waits_for_those_who_lock_everybody_out_and_is_then_told(path: Path) -> None:
    with closing(Database(path)) as database:
        SqliteEventStore(database).append(STREAM, 0, [unyanked("1")])
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("PRAGMA journal_mode = DELETE").fetchall()
        other.execute("BEGIN EXCLUSIVE")

        with pytest.raises(TimeoutError, match="keeps the database locked"):
            Database(path, patience=0.05)


def test_somebody_patient_waits_longer_than_sqlite_would(path: Path) -> None:
    with (
        closing(Database(path, patience=60)) as database,
        closing(sqlite3.connect(path, isolation_level=None, check_same_thread=False)) as other,
    ):
        looks: list[str] = []
        with database.transaction() as connection:  # it will be used again
            connection.set_trace_callback(looks.append)
        looks.clear()
        other.execute("BEGIN IMMEDIATE")

        writer = threading.Thread(target=SqliteEventStore(database).append, args=(STREAM, 0, [unyanked("1")]))
        writer.start()
        while looks.count("BEGIN IMMEDIATE") < 3:
            pass
        other.execute("ROLLBACK")
        writer.join(60)

        assert SqliteEventStore(database).version(STREAM) == 1


def test_a_closed_database_is_not_used(database: Database) -> None:
    database.close()

    with pytest.raises(sqlite3.ProgrammingError, match="closed"):
        SqliteEventStore(database).read(STREAM)


def test_it_may_be_closed_while_it_is_used(database: Database) -> None:
    with database.transaction() as connection:
        connection.execute("INSERT INTO claims (claim, stream) VALUES ('name/spam', 'package/spam')")
        database.close()


def test_threads_that_end_leave_no_connections(path: Path) -> None:
    threads, rounds = 10, 12
    with closing(Database(path)) as database:
        store = SqliteEventStore(database)
        for _ in range(rounds):
            together([partial(store.read, STREAM)] * threads)
        opened = [Path(entry).resolve() for entry in Path("/proc/self/fd").glob("*")]
        # SQLite keeps what it closed for the next connection, so no more than were ever needed at once.
        assert sum(each.name.startswith("events.db") for each in opened) <= 3 * threads


def test_all_may_open_a_new_file_at_the_same_time(path: Path) -> None:
    opened = together([partial(Database, path)] * 8)

    assert [type(each) for each in opened] == [Database] * 8
    for database in opened:
        assert isinstance(database, Database)
        database.close()


def test_readers_do_not_wait_for_a_writer(database: Database) -> None:
    store = SqliteEventStore(database)
    store.append(STREAM, 0, [unyanked("1")])
    seen: list[int] = []

    with database.transaction() as connection:
        connection.execute("DELETE FROM events")
        reader = threading.Thread(target=lambda: seen.append(store.version(STREAM)))
        reader.start()
        reader.join(60)

    assert seen == [1]


def _append_many(path: Path, name: str, appends: int) -> int:
    """Runs in a process of its own; returns how many conflicts there were."""
    conflicts = 0
    with closing(Database(path)) as database:
        store = SqliteEventStore(database)
        for each in range(appends):
            while True:
                try:
                    store.append(STREAM, store.version(STREAM), [unyanked(f"{name}-{each}")], [f"{name}/{each}"])
                except StreamConflict:
                    conflicts += 1
                else:
                    break
    return conflicts


def test_processes_share_the_file(path: Path) -> None:
    appends = 60
    with ProcessPoolExecutor(2, mp_context=multiprocessing.get_context("spawn")) as pool:
        ones = pool.submit(_append_many, path, "one", appends)
        others = pool.submit(_append_many, path, "other", appends)
        ones.result(60)
        others.result(60)

    with closing(Database(path)) as database:
        names = [event.filename for event in SqliteEventStore(database).read(STREAM) if isinstance(event, FileUnyanked)]
        recorded, _ = recorded_after(database.rows, 0, 1000)
    assert sorted(names) == sorted(f"{name}-{each}" for name in ("one", "other") for each in range(appends))
    assert [each.version for each in recorded] == list(range(1, 2 * appends + 1))
    for name in ("one", "other"):
        assert [each for each in names if each.startswith(f"{name}-")] == [f"{name}-{each}" for each in range(appends)]


_STREAMS = st.sampled_from(["package/a", "package/b", "account/1"])
_APPENDS = st.tuples(
    _STREAMS, st.integers(0, 3), st.lists(events(), max_size=3), st.lists(st.sampled_from(["x", "y", "z"]), max_size=2)
)


@settings(max_examples=40, deadline=None)
@given(st.lists(_APPENDS, max_size=12))
def test_it_does_what_the_store_in_memory_does(
    tmp_path_factory: pytest.TempPathFactory, appends: list[tuple[str, int, list[Event], list[str]]]
) -> None:
    with closing(Database(tmp_path_factory.mktemp("home") / "events.db")) as database:
        local, memory = SqliteEventStore(database), MemoryEventStore()
        for append in appends:
            assert outcome(local, *append) == outcome(memory, *append)
        for stream in ("package/a", "package/b", "account/1"):
            assert list(local.read(stream)) == list(memory.read(stream))
            assert local.version(stream) == memory.version(stream)
        for claim in ("x", "y", "z"):
            assert local.owner_of(claim) == memory.owner_of(claim)
        local_log, memory_log = SqliteEventLog(database), MemoryEventLog(memory)
        assert recorded_after(database.rows, 0, 1000)[0] == memory.recorded(0, 1000)
        assert list(local_log.streams("package")) == list(memory_log.streams("package"))


def test_text_that_is_none_is_damage_to_whoever_reads_it(tmp_path: Path) -> None:
    with closing(Database(tmp_path / "events.db")) as database:
        with database.transaction() as connection:
            connection.execute("INSERT INTO claims (claim, stream) VALUES ('name/spam', CAST(x'ff' AS TEXT))")

        with pytest.raises(NoText) as told:
            database.rows("SELECT stream FROM claims")

        assert isinstance(told.value, ValueError)
        assert isinstance(told.value, sqlite3.OperationalError)


@pytest.mark.parametrize("code", [sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR_SHMSIZE], ids=["file", "notes beside it"])
def test_a_full_disk_is_told_as_one_to_readers_and_writers(path: Path, code: int) -> None:
    full = sqlite3.OperationalError("as SQLite says it")
    full.sqlite_errorcode = code
    with closing(Database(path)) as database:
        for use in (database.transaction, database._connection):
            with pytest.raises(OSError, match="No space left on device") as told, use():
                raise full
            assert (told.value.errno, told.value.filename) == (errno.ENOSPC, str(path))
