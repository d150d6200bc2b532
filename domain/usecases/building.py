"""Bringing a submission to its end: its files are taken or built, judged, and published.

Every step may be repeated, and at any of them somebody may stop: whoever gets the message again goes on. Files are kept
before `BuildSucceeded` names them, and that is stored before they are published: a submission that comes back after a
crash publishes the very same files.
"""

from collections.abc import Callable, Sequence
from pathlib import Path

from domain import distributions, names
from domain import sources as rules
from domain import submission as submissions
from domain.artifacts import parse_filename
from domain.caller import Caller
from domain.github_faults import no_repository
from domain.ownership import NotOwner
from domain.policy import Policy
from domain.ports.build_logs import BuildLogs, LogPart
from domain.ports.builder import Builder, Built, NotBuilt
from domain.ports.clock import Clock
from domain.ports.sources import Sources
from domain.ports.workspace import Workspace
from domain.publication import FileExists, SecondSdist, VersionExists
from domain.received import ReceivedFile
from domain.refusals import Invalid, Refused
from domain.repository import Asset
from domain.submission import Submission
from domain.submission_events import BuiltFile, SubmissionEvent
from domain.usecases.appending import Contended
from domain.usecases.built_files import accepted_of, built
from domain.usecases.publishing import Publishing, artifact_of
from domain.usecases.submission_records import SubmissionRecords

_MOST_SOURCE_BYTES = 256 * 2**20


class NoFiles(Invalid):
    """The build ended without files; its log says why."""


class NoRelease(Invalid):
    """What came out of a build cannot be a release."""


class SeveralReleases(Invalid):
    """Files of one submission are of one release."""


class Building:
    """Works on submissions."""

    def __init__(
        self,
        records: SubmissionRecords,
        sources: Sources,
        builder: Builder,
        logs: BuildLogs,
        workspace: Workspace,
        publishing: Publishing,
        clock: Clock,
        policy: Policy,
        build_seconds: float,
    ) -> None:
        self._records = records
        self._sources = sources
        self._builder = builder
        self._logs = logs
        self._workspace = workspace
        self._publishing = publishing
        self._clock = clock
        self._policy = policy
        self._build_seconds = build_seconds

    def carry_on(self, submission: str) -> None:
        """Do what is to be done next for a submission, until it is over or somebody else is at it."""
        known = self._records.read(submission)
        if known is None:
            return
        if not known.is_over:
            now, seconds = self._clock.now(), self._build_seconds
            # What was built in the end is published, however late it is.
            if known.files is None and known.is_overdue(now, seconds) and self._builder.outcome(submission) is None:
                known = self._records.end_overdue(known, now, seconds)
            if not known.is_over:
                known = self._attempted(known)
        self._records.show(known)
        if known.is_over:
            self._builder.forget(submission)

    def _attempted(self, submission: Submission) -> Submission:
        submission = self._records.append(submission.id, lambda known: submissions.start(known, self._clock.now()))
        caller = Caller(submission.requested.account, submission.requested.login)
        try:
            if submission.files is None:
                files = self._files(submission, caller)
                if files is None:
                    return submission
                submission = self._records.append(
                    submission.id, lambda known: submissions.succeed(known, files, self._clock.now())
                )
            # Somebody may have found that its time was over.
            return submission if submission.is_over else self._published(submission, caller)
        except Contended:
            raise
        except Refused as refusal:
            return self._refused(submission, refusal)

    def _files(self, submission: Submission, caller: Caller) -> tuple[BuiltFile, ...] | None:
        """The submission's files, which are kept; None if somebody else is making them."""
        outcome = self._builder.outcome(submission.id)
        if outcome is None:
            assets = self._assets(submission)
            if assets:
                return self._taken(submission, caller, assets)
            self._build(submission)
            outcome = self._builder.outcome(submission.id)
        match outcome:
            case None:
                return None
            case NotBuilt(reason):
                raise NoFiles(reason)
            case Built(filenames):
                fetch = self._builder.fetch
                left_out = self._left_out(submission, filenames)
                kept = [name for name in filenames if name not in left_out]
                made = [(name, lambda path, name=name: fetch(submission.id, name, path)) for name in kept]
                return self._accepted(caller, made)

    def _left_out(self, submission: Submission, filenames: Sequence[str]) -> Sequence[str]:
        left_out = distributions.left_out(filenames, self._policy)
        if left_out:
            why = "is for this machine only and is left out; installers build from the sdist."
            self._say(submission, LogPart.LEFT_OUT, "\n".join(f"{filename} {why}" for filename in left_out))
        return left_out

    def _assets(self, submission: Submission) -> Sequence[Asset]:
        """The distributions of the release, if there is one; ownership may have changed since it was asked for."""
        requested = submission.requested
        source = self._sources.repository(requested.repository)
        if source.id != requested.repository_id:
            raise no_repository(requested.repository)  # it was renamed, and this is another one of the name
        rules.check_publishable(source, requested.account)
        assets = self._sources.assets(source.full_name, requested.ref) if requested.is_tag else ()
        return rules.distributions(assets)

    def _taken(self, submission: Submission, caller: Caller, assets: Sequence[Asset]) -> tuple[BuiltFile, ...]:
        listed = "\n".join(f"  {asset.filename} ({asset.size} bytes)" for asset in assets)
        self._say(submission, LogPart.BEFORE, f"Taking the files of the release {submission.requested.ref}:\n{listed}")
        most = self._policy.bounds.file_bytes
        repository = submission.requested.repository

        def fetching(asset: Asset) -> Callable[[Path], bool]:
            def fetch(path: Path) -> bool:
                if not submission.may_fetch(self._clock.now(), self._build_seconds):
                    raise NoRelease(f"Fetching these files took longer than {self._build_seconds:.0f} seconds.")
                self._sources.fetch_asset(repository, asset, path, most)
                return True

            return fetch

        return self._accepted(caller, [(asset.filename, fetching(asset)) for asset in assets])

    def _build(self, submission: Submission) -> None:
        requested = submission.requested
        self._say(submission, LogPart.BEFORE, f"Building {requested.repository} at {requested.ref}")

        def fetch(path: Path) -> bool:
            self._sources.fetch_archive(requested.repository, requested.commit, path, _MOST_SOURCE_BYTES)
            return True

        with self._workspace.received("source.tar.gz", fetch) as received:
            if received is not None:
                version = rules.version_of(requested.ref) if requested.is_tag else None
                self._builder.start(submission.id, received.path, version)

    def _accepted(self, caller: Caller, made: Sequence[tuple[str, Callable[[Path], bool]]]) -> tuple[BuiltFile, ...]:
        if not made:
            raise NoRelease("The build made no files.")
        if len(made) > submissions.MOST_FILES:
            raise NoRelease(f"A release has at most {submissions.MOST_FILES} files, and these are {len(made)}.")
        files = []
        for filename, fetch in made:
            parse_filename(filename)  # before it is used for anything
            with self._workspace.received(filename, fetch) as received:
                if received is None:
                    raise NoRelease(f"The build lost its file {filename}.")
                files.append(self._judged(caller, received))
        releases = {(names.canonical(file.spelling), artifact_of(accepted_of(file)).version) for file in files}
        if len(releases) > 1:
            raise SeveralReleases("These files are of several releases; a submission publishes one.")
        return tuple(files)

    def _judged(self, caller: Caller, received: ReceivedFile) -> BuiltFile:
        artifact = parse_filename(received.filename)
        exists = VersionExists(artifact.name, str(artifact.version))
        try:
            if self._publishing.is_published(caller, received.filename, received.digests.sha256):
                raise exists
            accepted = self._publishing.accept(caller, received)
        except (FileExists, SecondSdist):
            raise exists from None
        return built(accepted)

    def _published(self, submission: Submission, caller: Caller) -> Submission:
        requested, files = submission.requested, submission.files or ()
        accepted = [accepted_of(file) for file in files]
        self._publishing.publish_release(
            caller, accepted, requested.repository, requested.repository_id, requested.commit
        )
        artifact = artifact_of(accepted[0])
        name, version = artifact.name, str(artifact.version)
        self._say(submission, LogPart.AFTER, f"Published {name} {version}")
        return self._records.append(
            submission.id, lambda known: submissions.publish(known, name, version, self._clock.now())
        )

    def _refused(self, submission: Submission, refusal: Refused) -> Submission:
        """It fails, unless somebody who got the same message has its files meanwhile, and publishes them."""
        name = version = None
        if submission.files:
            artifact = artifact_of(accepted_of(submission.files[0]))
            name, version = artifact.name, str(artifact.version)

        def failing(known: Submission) -> Sequence[SubmissionEvent]:
            if known.files != submission.files:
                return ()
            return submissions.fail(known, _told(refusal), self._clock.now(), name, version)

        known = self._records.read(submission.id)
        if not isinstance(refusal, NoFiles) and known is not None and failing(known):
            self._say(submission, LogPart.AFTER, _told(refusal))
        return self._records.append(submission.id, failing)

    def _say(self, submission: Submission, part: LogPart, text: str) -> None:
        self._logs.put(submission.id, part, f"{text}\n".encode())


def _told(refusal: Refused) -> str:
    """Why, and what to do where nothing but another name helps."""
    if isinstance(refusal, (NotOwner, names.ReservedName, names.StandardLibraryName, names.LookAlikeName)):
        return f"{str(refusal).removesuffix('.')}: give the package another name, and publish again."
    return str(refusal)
