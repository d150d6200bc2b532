"""Which submissions somebody has: a projection that can be derived from their streams."""

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from attrs import frozen

from domain.submission import Status


@frozen
class SubmissionRow:
    """One submission.

    Attributes:
        account: key of whoever asked.
        at: when they asked.
        name: canonical, once it is known.
    """

    id: str
    account: str
    at: datetime
    repository: str
    repository_id: int
    ref: str
    status: Status
    name: str | None = None
    version: str | None = None
    error: str | None = None


class SubmissionTable(Protocol):
    """Rows by account. Reads see every `put` that returned before."""

    def put(self, row: SubmissionRow) -> None:
        """Keep the row, in the place of the one with the same id."""

    def get(self, like: SubmissionRow) -> SubmissionRow | None:
        """What is kept of this submission, whatever else the given row says; None if nothing that can be read."""

    def of(self, account: str, limit: int | None) -> Sequence[SubmissionRow]:
        """The newest of an account, or all of them, newest first; ties by id."""

    def forget(self, like: SubmissionRow) -> None:
        """Remove what is kept of this submission; for a row that is damaged. Harmless if there is none."""
