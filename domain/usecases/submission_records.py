"""Streams of submissions, and the rows that follow from them."""

from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from datetime import datetime

from domain import names
from domain import submission as submissions
from domain.package import Package
from domain.ports.event_store import EventStore, StreamConflict
from domain.ports.submission_table import SubmissionRow, SubmissionTable
from domain.streams import package_stream, submission_stream
from domain.submission import NoSuchSubmission, Submission
from domain.submission_events import SubmissionEvent, SubmissionRequested
from domain.usecases.appending import append_decided


class SubmissionRecords:
    """Reads and writes submissions; each write is followed by its row."""

    def __init__(self, store: EventStore, table: SubmissionTable) -> None:
        self._store = store
        self._table = table

    def read(self, submission: str) -> Submission | None:
        """The state of a submission; None if there is none."""
        return submissions.fold(submission, self._store.read(submission_stream(submission)))

    def begin(self, submission: str, requested: SubmissionRequested) -> Submission:
        """Store its first event, unless somebody else does, and show it; returns its state."""
        with suppress(StreamConflict):  # the same delivery at the same time
            self._store.append(submission_stream(submission), 0, [requested])
        return self._shown(submission)

    def append(self, submission: str, decide: Callable[[Submission], Sequence[SubmissionEvent]]) -> Submission:
        """Store what follows from its state, and show it; returns its new state.

        Raises:
            NoSuchSubmission: there is none.
        """
        append_decided(
            self._store,
            submission_stream(submission),
            lambda events: decide(_there(submissions.fold(submission, events))),
        )
        return self._shown(submission)

    def end_overdue(self, submission: Submission, now: datetime, build_seconds: float) -> Submission:
        """Store that it is over if it should be, because whoever worked on it has gone; returns its state."""
        if not submission.is_overdue(now, build_seconds):
            return submission
        files = submission.files
        package = self._store.read(package_stream(names.canonical(files[0].spelling))) if files else ()
        return self.append(submission.id, lambda known: submissions.end_overdue(known, package, now, build_seconds))

    def show(self, submission: Submission) -> None:
        """Keep the row of this state."""
        self._table.put(self.row(submission))

    def _shown(self, submission: str) -> Submission:
        known = _there(self.read(submission))
        self.show(known)
        return known

    @staticmethod
    def row(submission: Submission) -> SubmissionRow:
        """What lists say of it."""
        requested = submission.requested
        return SubmissionRow(
            id=submission.id,
            account=requested.account,
            at=requested.at,
            repository=requested.repository,
            repository_id=requested.repository_id,
            ref=requested.ref,
            status=submission.status,
            name=submission.name,
            version=submission.version,
            error=submission.error,
        )


def last_of(package: Package, rows: Iterable[SubmissionRow]) -> SubmissionRow | None:
    """The first row that is about the package: of its name, or of its repository as long as the name is not known."""
    return next((row for row in rows if _is_of(package, row)), None)


def _is_of(package: Package, row: SubmissionRow) -> bool:
    return row.name == package.name or (row.name is None and row.repository_id == package.repository_id)


def _there(submission: Submission | None) -> Submission:
    if submission is None:
        raise NoSuchSubmission("There is no such submission.")
    return submission
