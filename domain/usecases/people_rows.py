"""The tables of submissions and of trust, compared with the events that they are of, and mended."""

from collections.abc import Iterator
from contextlib import suppress

from domain import account as accounts
from domain.events import PublisherTrusted
from domain.ports.event_log import EventLog
from domain.ports.event_store import EventStore
from domain.ports.submission_table import SubmissionRow, SubmissionTable
from domain.ports.trust_table import TrustTable
from domain.streams import ACCOUNT, SUBMISSION, account_stream, key_of, submission_stream
from domain.submission import Submission, fold
from domain.usecases.submission_records import SubmissionRecords
from domain.usecases.table_faults import TableFault

SUBMISSIONS, TRUST = "submissions", "trust"


class PeopleRows:
    """Finds and mends what is wrong in them, while others publish."""

    def __init__(
        self,
        store: EventStore,
        log: EventLog,
        records: SubmissionRecords,
        submission_table: SubmissionTable,
        trust_table: TrustTable,
    ) -> None:
        self._store = store
        self._log = log
        self._records = records
        self._submission_table = submission_table
        self._trust_table = trust_table

    def faults(self) -> Iterator[TableFault]:
        """Every row that is not what the events say, or that they say is missing."""
        for submission in self._wrong():
            there = self._submission_table.get(self._records.row(submission)) is not None
            yield TableFault(SUBMISSIONS, submission.id, is_there=there, is_due=True)
        for row in self._strays():
            yield TableFault(SUBMISSIONS, row.id, is_there=True, is_due=False)
        for account, publisher in self._not_noted():
            yield TableFault(TRUST, account, is_there=False, is_due=True, place=publisher.project)

    def mend(self) -> None:
        """Write these rows again, and remove those that no event explains."""
        for submission in self._wrong():
            self._records.show(submission)
        for row in self._strays():
            self._submission_table.forget(row)
        for account, publisher in self._not_noted():
            self._trust_table.note(publisher.kind, publisher.project, account)

    def _wrong(self) -> Iterator[Submission]:
        """Submissions whose row is not of their state, nor of one before: that is read again by whoever asks for it."""
        for submission in self._all():
            row = self._submission_table.get(self._records.row(submission))
            # Read after the row, which is never ahead then.
            events = self._store.read(submission_stream(submission.id))
            states = (fold(submission.id, events[: count + 1]) for count in range(len(events)))
            if row is None and not submission.is_over:
                continue  # it is put when somebody begins, or carries on
            if row not in [self._records.row(state) for state in states if state]:
                yield submission

    def _strays(self) -> Iterator[SubmissionRow]:
        """Rows of submissions that never were, as whoever made another has them."""
        for account in sorted({submission.requested.account for submission in self._all()}):
            with suppress(ValueError):  # a row that cannot be read is one of those that are wrong
                for row in self._submission_table.of(account, None):
                    if not self._store.version(submission_stream(row.id)):
                        yield row

    def _all(self) -> Iterator[Submission]:
        found = (self._records.read(key_of(stream)) for stream in self._log.streams(SUBMISSION))
        return (submission for submission in found if submission)

    def _not_noted(self) -> Iterator[tuple[str, PublisherTrusted]]:
        """Publishers whom nobody would find, with the keys of their accounts."""
        for key in map(key_of, self._log.streams(ACCOUNT)):
            account = accounts.fold(key, self._store.read(account_stream(key)))
            for publisher in account.publishers.values() if account else ():
                if key not in self._trust_table.accounts(publisher.kind, publisher.project):
                    yield key, publisher
