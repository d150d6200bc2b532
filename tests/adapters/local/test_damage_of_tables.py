"""What only damage to the file does to rows, found by comparing them."""

from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

from adapters.local.catalogue import SqliteCatalogue
from adapters.local.database import Database
from adapters.local.dependents import SqliteDependents
from adapters.local.directory import SqliteDirectory
from adapters.local.usage_table import SqliteUsageTable
from domain.listing import Listing
from domain.ports.replicas import Tables
from domain.usecases.table_faults import table_faults

WORD = "insect"
ORDER = ("ant", "bee", "cricket", "dragonfly")
OWNER = "local:alice"


@contextmanager
def tables(path: Path) -> Iterator[tuple[Database, Tables]]:
    with closing(Database(path)) as database:
        made = Tables(
            SqliteCatalogue(database), SqliteUsageTable(database), SqliteDirectory(database), SqliteDependents(database)
        )
        for number, name in enumerate(ORDER):
            made.directory.put(name, listing(name, downloads=10 - number), frozenset({WORD}))
        yield database, made


def listing(name: str, downloads: int) -> Listing:
    return Listing(name, name, OWNER, "1.0", "", "2026-11-24", downloads)


def wrong(one: Tables, other: Tables) -> set[str]:
    return {fault.name for fault in table_faults(one, other, [OWNER], [])}


@pytest.mark.parametrize(("name", "place"), [("ant", 0), ("bee", 0), ("bee", -99), ("dragonfly", -99)])
def test_who_stands_in_a_wrong_place_is_found(tmp_path: Path, name: str, place: int) -> None:
    with tables(tmp_path / "one.db") as (database, one), tables(tmp_path / "other.db") as (_, other):
        with database.transaction() as connection:
            connection.execute("UPDATE postings SET place = ? WHERE name = ?", (place, name))

        assert name in wrong(one, other)


def test_who_moved_or_is_missing_makes_no_other_look_wrong(tmp_path: Path) -> None:
    with tables(tmp_path / "one.db") as (_, one), tables(tmp_path / "other.db") as (_, other):
        assert wrong(one, other) == set()
        one.directory.put("cricket", listing("cricket", downloads=100), frozenset({WORD}))
        assert wrong(one, other) == {"cricket"}
        one.directory.put("ant", None, frozenset())
        assert wrong(one, other) == {"ant", "cricket"}
