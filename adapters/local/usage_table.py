"""Usage rows in SQLite."""

from collections.abc import Iterator

from attrs import astuple

from adapters.local.database import Database
from domain.ports.usage_table import UsageRow


class SqliteUsageTable:
    """A UsageTable in the same file as the events; `rebuild` derives it again."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def put(self, row: UsageRow) -> None:
        """Keep the row unless a newer one is there."""
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

    def rows(self) -> Iterator[UsageRow]:
        """All rows in the order of names."""
        found = self._database.rows("SELECT name, stamp, total, last_30_days, latest FROM usage ORDER BY name")
        return (UsageRow(*row) for row in found)
