"""Submissions in SQLite."""

from collections.abc import Sequence

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

    def of(self, account: str, limit: int) -> Sequence[SubmissionRow]:
        """The newest of an account, newest first; ties by id."""
        found = self._database.rows(
            "SELECT data FROM submissions WHERE account = ? ORDER BY at DESC, id LIMIT ?", (account, limit)
        )
        return [decode_row(data) for (data,) in found]
