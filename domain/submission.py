"""One attempt to publish a repository as it was at a commit. The stream is `submission/<id>`."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from enum import StrEnum

from attrs import evolve as changed
from attrs import frozen

from domain import names
from domain.events import Event, FilePublished
from domain.refusals import NotAllowed, NotFound
from domain.submission_events import (
    BuildFailed,
    BuildStarted,
    BuildSucceeded,
    BuiltFile,
    SubmissionEvent,
    SubmissionPublished,
    SubmissionRequested,
)

MOST_WAITING = 20
"""How many submissions of one person may wait or be worked on."""
MOST_LOG_BYTES = 2**20
"""How much of a log is kept."""
MOST_FILES = 97
"""How many files one release may bring: they appear at once, and DynamoDB writes at most 100 items at once."""
# For GitHub's answers, for the build's turn, and for the message to come again after whoever had it was killed: on AWS
# that takes a quarter of an hour, and then there is some time left.
_GRACE = timedelta(minutes=20)
_LONGEST_WAIT = timedelta(days=1)


class NoSuchSubmission(NotFound):
    """No such submission of this account."""


class TooManySubmissions(NotAllowed):
    """Enough of this person's are waiting."""


class Status(StrEnum):
    """How far a submission is."""

    QUEUED = "queued"
    BUILDING = "building"
    PUBLISHED = "published"
    FAILED = "failed"


def is_over(status: Status) -> bool:
    """Whether nothing follows any more."""
    return status in {Status.PUBLISHED, Status.FAILED}


@frozen
class Submission:
    """State of one submission.

    Attributes:
        requested: what was asked for.
        started: when its turn came.
        files: what will be, or is, published; None as long as it is not built, and if it failed.
        name: canonical, once it is known; `version` likewise.
        error: why it failed, in one sentence.
    """

    id: str
    requested: SubmissionRequested
    status: Status = Status.QUEUED
    started: datetime | None = None
    files: tuple[BuiltFile, ...] | None = None
    name: str | None = None
    version: str | None = None
    error: str | None = None

    @property
    def is_over(self) -> bool:
        """Whether nothing follows any more."""
        return is_over(self.status)

    def is_overdue(self, now: datetime, build_seconds: float) -> bool:
        """Whether it should have come to its end by now: whoever worked on it has gone."""
        if self.is_over:
            return False
        # What has its files is published, or can be, however long nobody was there.
        if self.started is None or self.files is not None:
            return now > self.requested.at + _LONGEST_WAIT
        return now > self.started + timedelta(seconds=build_seconds) + _GRACE

    def may_fetch(self, now: datetime, build_seconds: float) -> bool:
        """Whether there is time for one more file of a release."""
        return self.started is None or now <= self.started + timedelta(seconds=build_seconds)


def start(submission: Submission, at: datetime) -> tuple[SubmissionEvent, ...]:
    """What follows when its turn comes; nothing if it came before."""
    return () if submission.started or submission.is_over else (BuildStarted(at),)


def succeed(submission: Submission, files: tuple[BuiltFile, ...], at: datetime) -> tuple[SubmissionEvent, ...]:
    """What follows when its files are there; nothing if that is known, or it is over."""
    return () if submission.files is not None or submission.is_over else (BuildSucceeded(files, at),)


def publish(submission: Submission, name: str, version: str, at: datetime) -> tuple[SubmissionEvent, ...]:
    """What follows when its files can be installed; nothing if it is over."""
    return () if submission.is_over else (SubmissionPublished(name, version, at),)


def fail(
    submission: Submission, error: str, at: datetime, name: str | None = None, version: str | None = None
) -> tuple[SubmissionEvent, ...]:
    """What follows when it cannot go on; nothing if it is over."""
    return () if submission.is_over else (BuildFailed(error, at, name, version),)


def end_overdue(
    submission: Submission, package: Iterable[Event], at: datetime, build_seconds: float
) -> tuple[SubmissionEvent, ...]:
    """What follows when it should have come to its end; nothing if it has some time left, or is over.

    Args:
        submission: in question.
        package: all events of the package that its files are of; whoever published them may have gone right after it.
        at: now.
        build_seconds: how long a build may take.
    """
    if not submission.is_overdue(at, build_seconds):
        return ()
    if submission.files and _were_published(submission.files, submission.requested.account, package):
        first = submission.files[0]
        return publish(submission, names.canonical(first.spelling), first.version, at)
    return fail(submission, "The index was interrupted while it worked on this. Publish again.", at)


def _were_published(files: Iterable[BuiltFile], account: str, package: Iterable[Event]) -> bool:
    """Whether the account published all of them; some may have been removed since."""
    published = {(event.filename, event.sha256, event.by) for event in package if isinstance(event, FilePublished)}
    return all((file.filename, file.sha256, account) in published for file in files)


def evolve(submission: Submission | None, key: str, event: SubmissionEvent) -> Submission:
    """The state after an event."""
    match submission, event:
        case None, SubmissionRequested():
            return Submission(key, event)
        case None, _:
            raise ValueError(f"a submission's stream starts with SubmissionRequested, not {type(event).__name__}")
        case Submission(), SubmissionRequested():
            raise ValueError("a submission is requested once")
        case Submission(), BuildStarted(at):
            return changed(submission, status=Status.BUILDING, started=at)
        case Submission(), BuildSucceeded(files):
            return changed(submission, files=files)
        case Submission(), SubmissionPublished(name, version):
            return changed(submission, status=Status.PUBLISHED, name=name, version=version)
        case Submission(), BuildFailed(error, _, name, version):
            return changed(submission, status=Status.FAILED, error=error, name=name, version=version, files=None)


def fold(key: str, events: Iterable[Event]) -> Submission | None:
    """The state of a whole stream; None if it is empty."""
    submission: Submission | None = None
    for event in events:
        if isinstance(event, SubmissionEvent):
            submission = evolve(submission, key, event)
    return submission
