"""Asking for a repository to be published, and looking how far that is."""

import hashlib
import re
from collections.abc import Sequence
from itertools import count

from attrs import frozen

from domain import sources as rules
from domain import submission as submissions
from domain.account import github_key, is_github_account
from domain.caller import Caller
from domain.ports.build_logs import BuildLogs
from domain.ports.clock import Clock
from domain.ports.secrets import Secrets, is_identifier
from domain.ports.sources import Sources
from domain.ports.submission_table import SubmissionRow, SubmissionTable
from domain.refusals import NotAllowed
from domain.repository import Asset, Source
from domain.submission import NoSuchSubmission, Status, Submission, TooManySubmissions
from domain.submission_events import SubmissionRequested
from domain.usecases.portfolio import Portfolio
from domain.usecases.submission_records import SubmissionRecords

_COMMIT = re.compile(r"[0-9a-f]{40}", re.ASCII)
_LATEST = 10


class RestrictedCredential(NotAllowed):
    """A credential for some packages publishes no repository, whose package is not known yet."""


@frozen
class Preview:
    """What would be published.

    Attributes:
        repository: ``owner/name`` as it is called today.
        ref: the tag, branch or commit; `commit` is what it leads to.
        assets: files of its release on GitHub; if there are none, it will be built.
        package: canonical name of the caller's package that came from this repository before, with its `versions`.
    """

    repository: str
    description: str | None
    ref: str
    is_tag: bool
    commit: str
    assets: tuple[Asset, ...]
    package: str | None
    versions: tuple[str, ...]


@frozen
class _Chosen:
    source: Source
    ref: str
    is_tag: bool
    commit: str


class Submissions:
    """Takes submissions. What follows is done by `Building`."""

    def __init__(
        self,
        table: SubmissionTable,
        logs: BuildLogs,
        sources: Sources,
        records: SubmissionRecords,
        portfolio: Portfolio,
        clock: Clock,
        secrets: Secrets,
        build_seconds: float,
    ) -> None:
        self._table = table
        self._logs = logs
        self._sources = sources
        self._records = records
        self._portfolio = portfolio
        self._clock = clock
        self._secrets = secrets
        self._build_seconds = build_seconds

    def preview(self, caller: Caller, repository: str, ref: str | None, token: str | None) -> Preview:
        """What `request` would take up; nothing changes.

        Raises:
            Refused: as `request`.
        """
        sources = self._sources.together()
        chosen = _chosen(sources, caller, repository, ref, token)
        source = chosen.source
        assets = sources.assets(source.full_name, chosen.ref, token) if chosen.is_tag else ()
        packages = [each for each in self._portfolio.submitted(caller) if each.repository_id == source.id]
        return Preview(
            repository=source.full_name,
            description=source.description,
            ref=chosen.ref,
            is_tag=chosen.is_tag,
            commit=chosen.commit,
            assets=rules.distributions(assets),
            package=packages[0].name if packages else None,
            versions=tuple(str(files[0].version) for package in packages[:1] for files in package.releases),
        )

    def request(self, caller: Caller, repository: str, ref: str | None, token: str | None) -> Submission:
        """Have a repository published as it is now at a tag, branch or commit.

        Args:
            caller: whom it must belong to.
            repository: ``owner/name``.
            ref: None for the tag of the latest release, else that of the newest version, else the default branch.
            token: what GitHub gave out at the caller's login, if they are logged in.

        Raises:
            Refused: what can be known before anything is built.
        """
        chosen = _chosen(self._sources.together(), caller, repository, ref, token)
        self._the_caller_may_wait(caller)
        return self._requested(self._secrets.identifier(), caller, chosen)

    def released(self, delivery: str, owner_id: int, repository_id: int, full_name: str, tag: str) -> Submission | None:
        """Publish a release of which GitHub tells, maybe more than once.

        None comes of it unless a package of the repository's owner came from there before.

        Args:
            delivery: GitHub's name of what it tells; the same one makes another submission only where one failed.
            owner_id: GitHub's number of whom the repository belongs to.
            repository_id: GitHub's number of the repository.
            full_name: ``owner/name``.
            tag: of the release.

        Raises:
            Refused: the release cannot be published.
        """
        submission, known = self._delivered(delivery)
        if known is not None:
            return known
        account = github_key(owner_id)
        owned = self._portfolio.submitted(Caller(account, ""))
        if not any(package.repository_id == repository_id for package in owned):
            return None
        caller = Caller(account, full_name.partition("/")[0])
        chosen = _chosen(self._sources.together(), caller, full_name, tag, None)
        if chosen.source.id != repository_id:
            return None
        self._the_caller_may_wait(caller)
        return self._requested(submission, caller, chosen)

    def of(self, caller: Caller, submission: str) -> Submission:
        """How far one of the caller's submissions is.

        Raises:
            NoSuchSubmission: it is nobody's, or another's.
        """
        known = self._records.read(submission) if is_identifier(submission) else None
        if known is None or known.requested.account != caller.account or caller.is_restricted:
            raise NoSuchSubmission("There is no such submission.")
        return self._ended_if_overdue(known)

    def log(self, submission: str) -> str:
        """What was said so far."""
        return self._logs.get(submission).decode(errors="replace")

    def latest(self, caller: Caller, limit: int = _LATEST) -> Sequence[SubmissionRow]:
        """The caller's newest submissions, newest first."""
        if caller.is_restricted:
            return ()
        return [self._current(row) for row in self._table.of(caller.account, limit)]

    def _delivered(self, delivery: str) -> tuple[str, Submission | None]:
        """The submission that a delivery makes or has made, after any that failed."""
        for number in count():
            said = f"{delivery}/{number}" if number else delivery
            submission = f"hook{hashlib.sha256(said.encode()).hexdigest()[:32]}"
            known = self._records.read(submission)
            if known is None or known.status is not Status.FAILED:
                break
        return submission, known

    def _requested(self, submission: str, caller: Caller, chosen: _Chosen) -> Submission:
        requested = SubmissionRequested(
            account=caller.account,
            login=caller.login,
            repository=chosen.source.full_name,
            repository_id=chosen.source.id,
            ref=chosen.ref,
            is_tag=chosen.is_tag,
            commit=chosen.commit,
            at=self._clock.now(),
        )
        return self._records.begin(submission, requested)

    def _the_caller_may_wait(self, caller: Caller) -> None:
        rows = self.latest(caller, 5 * submissions.MOST_WAITING)
        waiting = [row for row in rows if not submissions.is_over(row.status)]
        if len(waiting) >= submissions.MOST_WAITING:
            raise TooManySubmissions(
                f"{len(waiting)} of your submissions are waiting. Publish more when they are done."
            )

    def _current(self, row: SubmissionRow) -> SubmissionRow:
        """The row, which may be of a submission whose time is over, or older than its last event."""
        if submissions.is_over(row.status):
            return row
        known = self._records.read(row.id)
        return row if known is None else self._records.row(self._ended_if_overdue(known))

    def _ended_if_overdue(self, submission: Submission) -> Submission:
        return self._records.end_overdue(submission, self._clock.now(), self._build_seconds)


def _chosen(sources: Sources, caller: Caller, repository: str, ref: str | None, token: str | None) -> _Chosen:
    full_name = rules.check_full_name(repository)
    wanted = None if ref is None else rules.check_ref(ref)
    if caller.is_restricted:
        raise RestrictedCredential("A token that is restricted to packages cannot publish a repository.")
    if not is_github_account(caller.account):
        raise rules.NoGitHubAccount("Only who has logged in with GitHub can publish a repository from there.")
    source = sources.repository(full_name, token)
    rules.check_publishable(source, caller.account)
    ref, is_tag = _ref(sources, source, token) if wanted is None else (wanted, None)
    commit = sources.commit(source.full_name, ref, token)
    if is_tag is None:
        is_tag = not _COMMIT.fullmatch(ref) and sources.is_tag(source.full_name, ref, token)
    return _Chosen(source, ref, is_tag, commit)


def _ref(sources: Sources, source: Source, token: str | None) -> tuple[str, bool]:
    """What is published if nobody says what, and whether it is a tag."""
    tag = sources.latest_release(source.full_name, token) or rules.newest_version(sources.tags(source.full_name, token))
    return (tag, True) if tag else (source.default_branch, False)
