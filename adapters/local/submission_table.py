"""Submissions in SQLite."""

from collections.abc import Sequence

from attrs import evolve

from adapters.local.database import Database
from adapters.submissions import decode_row, encode_row
from domain.ports.submission_table import SubmissionRow


class SqliteSubmissionTable:
    """A SubmissionTable in the same file as the events. What a failing machine takes back can be derived again."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def put(self, row: SubmissionRow) -> None:
        """Keep the row, in the place of the one with the same id."""
        values = row.id, row.account, row.at.timestamp(), encode_row(row)
        with self._database.transaction(derived=True) as connection:
            connection.execute("INSERT OR REPLACE INTO submissions (id, account, at, data) VALUES (?, ?, ?, ?)", values)

    def get(self, like: SubmissionRow) -> SubmissionRow | None:
        """What is kept of this submission; None also if its columns do not agree, as damage makes them."""
        try:
            found = self._database.rows("SELECT id, account, at, data FROM submissions WHERE id = ?", (like.id,))
            for *columns, data in found:
                row = decode_row(data)
                if columns == [row.id, row.account, row.at.timestamp()]:
                    return row
        except ValueError:
            pass
        return None

    def forget(self, like: SubmissionRow) -> None:
        """Remove what is kept of this submission."""
        with self._database.transaction(derived=True) as connection:
            connection.execute("DELETE FROM submissions WHERE id = ?", (like.id,))

    def of(self, account: str, limit: int | None) -> Sequence[SubmissionRow]:
        """The newest of an account, newest first; ties by id."""
        found = self._database.rows(
            "SELECT id, data FROM submissions WHERE account = ? ORDER BY at DESC, id LIMIT ?",
            (account, -1 if limit is None else limit),
        )
        # Which one it is says the key, by which it is replaced and removed.
        return [evolve(decode_row(data), id=own) for own, data in found]
