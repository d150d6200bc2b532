"""The catalogue's rows in SQLite."""

from collections.abc import Iterator
from itertools import starmap
from typing import Any

from attrs import fields

from adapters.local.database import Database
from adapters.records import from_json, to_json
from domain.listing import Entry, Listed

_NAMES = [field.name for field in fields(Entry)]
_COLUMNS = ", ".join(_NAMES)
_PLACES = ", ".join(f":{name}" for name in _NAMES)
_BOOL = {0: False, 1: True}
_NEW = ", ".join(f"excluded.{name}" for name in _NAMES)


class SqliteCatalogue:
    """A Catalogue in the same file as the events; `rebuild` derives it again."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def put(self, entry: Entry) -> None:
        """Keep the row unless a row of a newer stream version is there."""
        with self._database.transaction(derived=True) as connection:
            # An equal row is left alone, so that deriving something again costs no write to disk.
            connection.execute(
                f"""
                INSERT INTO catalogue ({_COLUMNS}) VALUES ({_PLACES})
                ON CONFLICT (name) DO UPDATE SET ({_COLUMNS}) = ({_NEW})
                WHERE excluded.stream_version >= stream_version AND ({_NEW}) IS NOT ({_COLUMNS})
                """,  # noqa: S608 - ours
                to_json(entry),
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

    def names(self) -> Iterator[str]:
        """The names of what is listed, in their order."""
        return (name for (name,) in self._database.rows("SELECT name FROM catalogue WHERE listed ORDER BY name"))

    def listed(self) -> Iterator[Listed]:
        """What is listed, in the order of names."""
        found = self._database.rows(
            "SELECT name, owner, ifnull(latest, ''), ifnull(updated, '') FROM catalogue WHERE listed ORDER BY name"
        )
        return starmap(Listed, found)

    def owned_by(self, owner: str) -> Iterator[Entry]:
        """The rows of one account's packages in the order of names."""
        return self._select("WHERE owner = ? ORDER BY name", owner)

    def _select(self, condition: str, *values: str) -> Iterator[Entry]:
        rows = self._database.rows(f"SELECT {_COLUMNS} FROM catalogue {condition}", values)  # noqa: S608 - ours
        return map(_entry, rows)


def _entry(row: tuple[Any, ...]) -> Entry:
    data = dict(zip(_NAMES, row, strict=True))
    # Any other number is damaged, and passes for true where SQL asks.
    return from_json(Entry, data | {"listed": _BOOL.get(data["listed"])})
