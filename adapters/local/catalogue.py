"""The catalogue's rows in SQLite."""

import json
from collections.abc import Iterator
from functools import lru_cache

from adapters.local.database import Database
from adapters.records import from_json, to_json
from domain.ports.catalogue import Entry


@lru_cache(maxsize=16_384)
def _parsed(data: str) -> Entry:
    """Each publish makes lists out of all rows, of which one has changed."""
    return from_json(Entry, json.loads(data))


class SqliteCatalogue:
    """A Catalogue in the same file as the events; `rebuild` derives it again."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def put(self, entry: Entry) -> None:
        """Keep the row unless a row of a newer stream version is there."""
        data = json.dumps(to_json(entry), ensure_ascii=False)
        # An equal row is left alone, so that deriving something again costs no write to disk.
        if self._database.rows("SELECT 1 FROM catalogue WHERE name = ? AND data = ?", (entry.name, data)):
            return
        with self._database.transaction(derived=True) as connection:
            connection.execute(
                """
                INSERT INTO catalogue (name, stream_version, owner, data) VALUES (?, ?, ?, ?)
                ON CONFLICT (name) DO UPDATE
                SET stream_version = excluded.stream_version, owner = excluded.owner, data = excluded.data
                WHERE excluded.stream_version >= stream_version
                """,
                (entry.name, entry.stream_version, entry.owner, data),
            )

    def forget(self, name: str) -> None:
        """Remove the row, whatever it says."""
        with self._database.transaction(derived=True) as connection:
            connection.execute("DELETE FROM catalogue WHERE name = ?", (name,))

    def get(self, name: str) -> Entry | None:
        """The row of one package."""
        return next(self._select("WHERE name = ?", name), None)

    def entries(self) -> Iterator[Entry]:
        """All rows in the order of names, rows of unlisted packages too."""
        return self._select("ORDER BY name")

    def owned_by(self, owner: str) -> Iterator[Entry]:
        """The rows of one account's packages in the order of names."""
        return self._select("WHERE owner = ? ORDER BY name", owner)

    def _select(self, condition: str, *values: str) -> Iterator[Entry]:
        rows = self._database.rows(f"SELECT data FROM catalogue {condition}", values)  # noqa: S608 - ours
        return (_parsed(data) for (data,) in rows)
