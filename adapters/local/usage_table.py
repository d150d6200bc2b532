"""Usage rows in SQLite."""

import json
from collections.abc import Iterator
from itertools import starmap

from attrs import astuple

from adapters.local.database import Database
from adapters.records import from_json, to_json
from domain.ports.usage_table import UsageRow, UsageSummary, UsageTotals

_AT_ONCE = 500
_COLUMNS = "name, stamp, total, last_30_days, latest"
_EMPTY = UsageSummary()


class SqliteUsageTable:
    """A UsageTable in the same file as the events; `rebuild` derives it again."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def put(self, row: UsageRow, summary: UsageSummary) -> None:
        """Keep both unless newer ones are there."""
        data = "" if summary == _EMPTY else json.dumps(to_json(summary), ensure_ascii=False, separators=(",", ":"))
        with self._database.transaction(derived=True) as connection:
            # An equal row is left alone, so that deriving something again costs no write to disk.
            connection.execute(
                """
                INSERT INTO usage (name, stamp, total, last_30_days, latest) VALUES (?, ?, ?, ?, ?)
                ON CONFLICT (name) DO UPDATE
                SET stamp = excluded.stamp, total = excluded.total, last_30_days = excluded.last_30_days,
                    latest = excluded.latest
                WHERE excluded.stamp >= stamp
                    AND (excluded.stamp, excluded.total, excluded.last_30_days, excluded.latest)
                        <> (stamp, total, last_30_days, latest)
                """,
                astuple(row),
            )
            connection.execute(
                """
                INSERT INTO usage_summaries (name, stamp, data) VALUES (?, ?, ?)
                ON CONFLICT (name) DO UPDATE SET stamp = excluded.stamp, data = excluded.data
                WHERE excluded.stamp >= stamp AND (excluded.stamp, excluded.data) <> (stamp, data)
                """,
                (row.name, row.stamp, data),
            )

    def forget(self, name: str) -> None:
        """Remove row and summary, whatever they say."""
        with self._database.transaction(derived=True) as connection:
            connection.execute("DELETE FROM usage WHERE name = ?", (name,))
            connection.execute("DELETE FROM usage_summaries WHERE name = ?", (name,))

    def rows(self) -> Iterator[UsageRow]:
        """All rows in the order of names."""
        return starmap(UsageRow, self._database.rows(f"SELECT {_COLUMNS} FROM usage ORDER BY name"))  # noqa: S608 - ours

    def totals(self, most: int) -> UsageTotals:
        """The rows added up, and this number of those with most downloads."""
        ((*sums,),) = self._database.rows(
            "SELECT ifnull(sum(last_30_days > 0), 0), ifnull(sum(total), 0), ifnull(sum(last_30_days), 0) FROM usage"
        )
        found = self._database.rows(
            f"""
            SELECT {_COLUMNS} FROM usage WHERE last_30_days > 0
            ORDER BY last_30_days DESC, total DESC, name LIMIT ?
            """,  # noqa: S608 - ours
            (most,),
        )
        return UsageTotals(*sums, list(starmap(UsageRow, found)))

    def summaries(self) -> Iterator[tuple[str, UsageSummary]]:
        """The summaries that say anything, in the order of names; some at a time: all are much."""
        query = "SELECT name, data FROM usage_summaries WHERE name > ? AND data <> '' ORDER BY name LIMIT ?"
        name = ""
        while found := self._database.rows(query, (name, _AT_ONCE)):
            for name, data in found:
                yield name, from_json(UsageSummary, json.loads(data))
