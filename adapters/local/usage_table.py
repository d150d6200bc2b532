"""Usage rows in SQLite."""

import hashlib
import json
from collections.abc import Collection, Iterator, Mapping
from itertools import islice, starmap

from attrs import astuple

from adapters.local.database import Database
from adapters.records import from_json, to_json
from adapters.usage_briefs import brief_from, brief_text
from domain.usage_sums import UsageBrief, UsageRow, UsageSummary, UsageTotals, added

_AT_ONCE = 500
_COLUMNS = "name, stamp, total, last_30_days, latest"
_EMPTY = UsageSummary()
_CHANGED = "UPDATE usage_sum SET changes = changes + 1, data = '', sha256 = ''"


class SqliteUsageTable:
    """A UsageTable in the same file as the events; `rebuild` derives it again."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def put(self, row: UsageRow, summary: UsageSummary) -> None:
        """Keep both unless newer ones are there."""
        data = "" if summary == _EMPTY else _text(summary)
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
            # Both have one stamp, which is compared with a replay: the row's.
            replaced = connection.execute(
                """
                INSERT INTO usage_summaries (name, stamp, data) VALUES (?, ?, ?)
                ON CONFLICT (name) DO UPDATE SET stamp = excluded.stamp, data = excluded.data
                WHERE (excluded.stamp, excluded.data) <> (stamp, data)
                    AND excluded.stamp = (SELECT usage.stamp FROM usage WHERE usage.name = excluded.name)
                """,
                (row.name, row.stamp, data),
            )
            if replaced.rowcount:
                connection.execute(_CHANGED)

    def forget(self, name: str) -> None:
        """Remove row, summary and brief, whatever they say."""
        with self._database.transaction(derived=True) as connection:
            connection.execute("DELETE FROM usage WHERE name = ?", (name,))
            connection.execute("DELETE FROM usage_summaries WHERE name = ?", (name,))
            connection.execute("DELETE FROM usage_briefs WHERE name = ?", (name,))
            connection.execute(_CHANGED)

    def put_brief(self, brief: UsageBrief) -> None:
        """Keep it unless a newer one is there."""
        with self._database.transaction(derived=True) as connection:
            connection.execute(
                """
                INSERT INTO usage_briefs (name, stamp, data) VALUES (?, ?, ?)
                ON CONFLICT (name) DO UPDATE SET stamp = excluded.stamp, data = excluded.data
                WHERE excluded.stamp >= stamp AND (excluded.stamp, excluded.data) <> (stamp, data)
                """,
                (brief.name, brief.stamp, brief_text(brief)),
            )

    def briefs_of(self, names: Collection[str]) -> Mapping[str, UsageBrief]:
        """The briefs of those of these packages that have one."""
        left, found = iter(names), dict[str, UsageBrief]()
        while some := list(islice(left, _AT_ONCE)):
            query = f"SELECT name, stamp, data FROM usage_briefs WHERE name IN ({', '.join('?' * len(some))})"  # noqa: S608
            found |= {row[0]: brief_from(*row) for row in self._database.rows(query, some)}
        return found

    def briefs(self) -> Iterator[UsageBrief]:
        """All briefs in the order of names, some at a time."""
        return (brief_from(*row) for row in self._texts("usage_briefs"))

    def rows(self) -> Iterator[UsageRow]:
        """All rows in the order of names."""
        return starmap(UsageRow, self._database.rows(f"SELECT {_COLUMNS} FROM usage ORDER BY name"))  # noqa: S608 - ours

    def totals(self, most: int) -> UsageTotals:
        """The rows added up, and this number of those with most downloads."""
        ((used, total, last_30_days),) = self._database.rows(
            "SELECT ifnull(sum(last_30_days > 0), 0), ifnull(sum(total), 0), ifnull(sum(last_30_days), 0) FROM usage"
        )
        found = self._database.rows(
            f"""
            SELECT {_COLUMNS} FROM usage WHERE last_30_days > 0
            ORDER BY last_30_days DESC, total DESC, name LIMIT ?
            """,  # noqa: S608 - ours
            (most,),
        )
        return UsageTotals(used, total, last_30_days, list(starmap(UsageRow, found)))

    def summaries(self) -> Iterator[tuple[str, UsageSummary]]:
        """The summaries that say anything, in the order of names; some at a time: all are much."""
        texts = self._texts("usage_summaries")
        return ((name, from_json(UsageSummary, json.loads(data))) for name, _, data in texts if data)

    def summed(self) -> UsageSummary:
        """All summaries added up. The sum is kept, as most publishes change none of them."""
        # As bytes, because damaged text may be no text at all.
        ((changes, kept, sha256),) = self._database.rows(
            "SELECT changes, CAST(data AS BLOB), CAST(sha256 AS BLOB) FROM usage_sum"
        )
        # Nobody compares the sum with a replay, so it has to be as it was written.
        if hashlib.sha256(kept).hexdigest().encode() == sha256:
            return from_json(UsageSummary, json.loads(kept))
        summary = added(summary for _, summary in self.summaries())
        data = _text(summary)
        with self._database.transaction(derived=True) as connection:
            # Not if it may be older than what was put meanwhile.
            connection.execute(
                "UPDATE usage_sum SET data = ?, sha256 = ? WHERE changes = ?", (data, _digest(data), changes)
            )
        return summary

    def _texts(self, table: str) -> Iterator[tuple[str, str, str]]:
        """The rows of one of both tables in the order of names: name, stamp and what they say."""
        query = f"SELECT name, stamp, data FROM {table} WHERE name > ? ORDER BY name LIMIT ?"  # noqa: S608 - ours
        name = ""
        while found := self._database.rows(query, (name, _AT_ONCE)):
            for name, stamp, data in found:
                yield name, stamp, data


def _digest(data: str) -> str:
    return hashlib.sha256(data.encode()).hexdigest()


def _text(summary: UsageSummary) -> str:
    return json.dumps(to_json(summary), ensure_ascii=False, separators=(",", ":"))
