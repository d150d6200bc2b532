"""Submissions in a dictionary."""

import threading
from collections.abc import Sequence

from adapters.submissions import encode_row
from domain.ports.submission_table import SubmissionRow


class MemorySubmissionTable:
    """A SubmissionTable."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._rows: dict[str, SubmissionRow] = {}

    def put(self, row: SubmissionRow) -> None:
        """Keep the row, in the place of the one with the same id."""
        encode_row(row)  # refuses what no other world could store
        with self._lock:
            self._rows[row.id] = row

    def get(self, like: SubmissionRow) -> SubmissionRow | None:
        """What is kept of this submission."""
        with self._lock:
            return self._rows.get(like.id)

    def forget(self, like: SubmissionRow) -> None:
        """Remove what is kept of this submission."""
        with self._lock:
            self._rows.pop(like.id, None)

    def of(self, account: str, limit: int | None) -> Sequence[SubmissionRow]:
        """The newest of an account, newest first; ties by id."""
        with self._lock:
            rows = sorted((row for row in self._rows.values() if row.account == account), key=lambda row: row.id)
        return sorted(rows, key=lambda row: row.at, reverse=True)[:limit]
