"""Facts of repositories in SQLite."""

from collections.abc import Mapping, Sequence

from adapters.heard import decode_heard, encode_heard, moment
from adapters.local.database import Database
from domain.ports.facts import Heard


class SqliteFactsTable:
    """A FactsTable in the same file as the events. What a failing machine takes back is asked for again."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def get(self, full_name: str) -> Heard | None:
        """What is known; None if nobody wanted to know."""
        # As bytes, because damaged text may be no text at all, and it is asked for again then.
        query = "SELECT CAST(data AS BLOB) FROM repositories WHERE name = ?"
        rows = self._database.rows(query, (full_name.lower(),))
        return decode_heard(rows[0][0]) if rows else None

    def put(self, full_name: str, heard: Heard) -> None:
        """Keep it in place of what was known."""
        row = full_name.lower(), moment(heard), encode_heard(heard)
        with self._database.transaction(derived=True) as connection:
            connection.execute("INSERT OR REPLACE INTO repositories (name, asked_at, data) VALUES (?, ?, ?)", row)

    def forget(self, full_name: str) -> None:
        """Know nothing of the repository any more; harmless if nothing was known."""
        with self._database.transaction(derived=True) as connection:
            connection.execute("DELETE FROM repositories WHERE name = ?", (full_name.lower(),))

    def oldest(self, limit: int) -> Mapping[str, Heard]:
        """What is known of the repositories that were asked for longest ago, those first."""
        query = "SELECT name, CAST(data AS BLOB) FROM repositories ORDER BY asked_at, name LIMIT ?"
        rows = self._database.rows(query, (limit,))
        return {name: decode_heard(data) for name, data in rows}

    def follow(self, package: str, full_name: str | None) -> None:
        """The pages of this package show this repository and no other; None for none at all."""
        name = None if full_name is None else full_name.lower()
        followed = self._database.rows("SELECT repository FROM followers WHERE package = ?", (package,))
        if followed == ([] if name is None else [(name,)]):
            return
        with self._database.transaction(derived=True) as connection:
            connection.execute("DELETE FROM followers WHERE package = ?", (package,))
            if name is not None:
                connection.execute("INSERT INTO followers (package, repository) VALUES (?, ?)", (package, name))

    def followers(self, full_name: str) -> Sequence[str]:
        """The packages whose pages show the repository, in the order of names."""
        rows = self._database.rows(
            "SELECT package FROM followers WHERE repository = ? ORDER BY package", (full_name.lower(),)
        )
        return [package for (package,) in rows]
