"""The sum of all summaries that is kept."""

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from attrs import evolve

from adapters.local.database import Database
from adapters.local.usage_table import SqliteUsageTable
from domain.usage_sums import UsageRow, UsageSummary

ROW = UsageRow("spam", "2026-11-24#00000001", 7, 5, "2026-11-24")
SUMMARY = UsageSummary(days={"2026-11-24": 5}, ci=5)


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    with closing(Database(tmp_path / "events.db")) as database:
        yield database


@pytest.fixture
def table(database: Database) -> SqliteUsageTable:
    return SqliteUsageTable(database)


def test_a_sum_is_made_once(database: Database, table: SqliteUsageTable) -> None:
    table.put(ROW, SUMMARY)
    assert table.summed() == SUMMARY
    with database.transaction() as connection:
        connection.execute("UPDATE usage_summaries SET data = '{}'")

    assert table.summed() == SUMMARY  # nobody told that it changed


@pytest.mark.parametrize("damage", ["data = ''", "data = replace(data, '5', '6')", "sha256 = ''"])
def test_a_damaged_sum_is_made_again(database: Database, table: SqliteUsageTable, damage: str) -> None:
    table.put(ROW, SUMMARY)
    table.summed()
    with database.transaction() as connection:
        connection.execute(f"UPDATE usage_sum SET {damage}")  # noqa: S608 - ours

    assert table.summed() == SUMMARY


def test_a_sum_that_was_overtaken_is_not_kept(
    database: Database, table: SqliteUsageTable, monkeypatch: pytest.MonkeyPatch
) -> None:
    table.put(ROW, SUMMARY)
    summaries = SqliteUsageTable.summaries

    def overtaken(self: SqliteUsageTable) -> Iterator[tuple[str, UsageSummary]]:
        found = list(summaries(self))
        SqliteUsageTable(database).put(evolve(ROW, name="other"), SUMMARY)
        return iter(found)

    with monkeypatch.context() as patched:
        patched.setattr(SqliteUsageTable, "summaries", overtaken)
        assert table.summed().ci == 5

    assert table.summed().ci == 10
