"""What submitters do to their packages."""

import hashlib
from collections.abc import Callable, Mapping, Sequence

from packaging.version import Version

from domain import decider, distributions, names, publication, upload_form
from domain.artifacts import Artifact, parse_filename, settled
from domain.caller import Caller
from domain.commands import Command, DeleteFile, PublishFile, PublishRelease, UnyankFile, WithdrawPackage, YankFile
from domain.digests import Digests
from domain.events import Event, PackageEvent, PackageSubmitted
from domain.package import Package, Status, fold
from domain.policy import Policy
from domain.ports.archives import Archives
from domain.ports.blobs import Blobs, blob_key
from domain.ports.clock import Clock
from domain.ports.event_store import ClaimTaken, EventStore
from domain.received import ReceivedFile
from domain.sessions import UploadAccepted
from domain.streams import name_claim, package_stream
from domain.usecases.appending import append_decided
from domain.usecases.package_pages import PackagePages


class Publishing:
    """Upload, yank, delete, withdraw.

    A command that returns has its event stored and the pages for installers show it. An upload may also come in two
    steps, `accept` and `publish`.
    """

    def __init__(
        self, store: EventStore, blobs: Blobs, archives: Archives, pages: PackagePages, clock: Clock, policy: Policy
    ) -> None:
        self._store = store
        self._blobs = blobs
        self._archives = archives
        self._pages = pages
        self._clock = clock
        self._policy = policy

    def upload(self, caller: Caller, form: Mapping[str, str], received: ReceivedFile) -> None:
        """Publish one file sent by the legacy upload protocol.

        Raises:
            Refused: with the sentence to show; nothing has changed then.
        """
        artifact = upload_form.check(form, received.filename, received.digests)
        accepted, known = self._accept(caller, artifact, received, strict=True)
        self._append_file(caller, accepted, known)
        self._pages.refresh(artifact.name)

    def add(self, caller: Caller, received: ReceivedFile) -> bool:
        """Publish one existing file as it is, old spellings and old metadata too; False if it was there already.

        Pages are left stale, for whoever adds many files: the events make them due anyway.
        """
        artifact = parse_filename(received.filename, old_sdists=True)
        return self._append_file(caller, *self._accept(caller, artifact, received, strict=False))

    def is_published(self, caller: Caller, filename: str, sha256: str) -> bool:
        """Whether this very file is there, of one that is announced.

        Raises:
            Refused: this filename cannot be published by this caller, whatever the file contains.
        """
        artifact = parse_filename(filename)
        caller = caller.uploading(artifact.name)
        package = fold(self._store.read(package_stream(artifact.name)))
        publication.the_file_may_be_published(package, artifact, sha256, caller, self._policy)
        return publication.is_there(package, artifact, sha256)

    def accept(self, caller: Caller, received: ReceivedFile) -> UploadAccepted:
        """Judge one file and keep its bytes; nothing of it shows before `publish`.

        Raises:
            Refused: with the sentence to show.
        """
        return self._accept(caller, parse_filename(received.filename), received, strict=True)[0]

    def publish(self, caller: Caller, accepted: UploadAccepted) -> None:
        """Publish what was accepted; harmless if it is published.

        Raises:
            Refused: what was accepted is no longer possible.
        """
        self._append_file(caller, accepted)
        self._pages.refresh(artifact_of(accepted).name)

    def publish_release(
        self, caller: Caller, accepted: Sequence[UploadAccepted], repository: str, repository_id: int, commit: str
    ) -> None:
        """Publish what was accepted of one release, all or nothing; harmless if it is published.

        Args:
            caller: who owns or founds the package.
            accepted: files of the same name and version.
            repository: ``owner/name`` on GitHub, from where they come.
            repository_id: GitHub's number of it.
            commit: 40 hexadecimal digits.

        Raises:
            Refused: what was accepted is not possible, or there is such a release.
        """
        command = PublishRelease(tuple(map(_publication, accepted)), repository, repository_id, commit)
        self._change(caller, artifact_of(accepted[0]).name, command)

    def yank(self, caller: Caller, name: str, filename: str, reason: str) -> None:
        """Offer the file to those only who pin it."""
        self._change(caller, name, YankFile(filename, reason))

    def unyank(self, caller: Caller, name: str, filename: str) -> None:
        """Offer the file again."""
        self._change(caller, name, UnyankFile(filename))

    def delete(self, caller: Caller, name: str, filename: str) -> None:
        """Remove the file for good."""
        self._change(caller, name, DeleteFile(filename))

    def withdraw(self, caller: Caller, name: str) -> None:
        """Remove the package with its files; the name stays the caller's."""
        self._pages.remove(self._decide(caller, name, WithdrawPackage()))

    def mark(self, name: str, status: Status, reason: str | None) -> None:
        """The operator's project status (PEP 792)."""
        name = names.canonical(name)
        self._append(name, lambda package: decider.change_status(package, status, reason, self._clock.now()))
        self._pages.refresh(name)

    def _accept(
        self, caller: Caller, artifact: Artifact, received: ReceivedFile, *, strict: bool
    ) -> tuple[UploadAccepted, Sequence[Event] | None]:
        """What was accepted, and the events of its package if they are known."""
        caller = caller.uploading(artifact.name)
        # What the name alone decides comes first: "already exists" is said whatever the bytes are worth.
        events = self._store.read(package_stream(artifact.name))
        package = fold(events)
        sha256 = received.digests.sha256
        publication.the_file_may_be_published(package, artifact, sha256, caller, self._policy)
        if package is not None and publication.is_there(package, artifact, sha256):
            return _as_published(package, artifact.filename), events
        contents = self._archives.inspect(received.path, artifact, self._policy.bounds)
        metadata = distributions.judge(artifact, contents, self._policy, strict=strict)
        core_metadata = distributions.core_metadata(artifact, contents)
        accepted = UploadAccepted(
            filename=artifact.filename,
            spelling=metadata.name,
            version=str(metadata.version),
            digests=received.digests,
            size=received.size,
            metadata_sha256=hashlib.sha256(core_metadata).hexdigest(),
            requires_python=metadata.requires_python,
        )
        promised, name = artifact.name, artifact_of(accepted).name
        # Blob first, event second: a blob without an event is harmless, an event without its blob is not.
        blob = blob_key(name, sha256, artifact.filename)
        self._blobs.add(blob, received.path, core_metadata)
        return accepted, events if name == promised else None

    def _append_file(self, caller: Caller, accepted: UploadAccepted, known: Sequence[Event] | None = None) -> bool:
        """Store that the file is published; False if it was."""
        artifact = artifact_of(accepted)
        caller = caller.uploading(artifact.name)
        command = _publication(accepted)
        decided = self._append(
            artifact.name,
            lambda package: decider.decide(package, command, caller, self._policy, self._clock.now()),
            known,
        )
        return bool(decided)

    def _change(self, caller: Caller, name: str, command: Command) -> None:
        self._pages.refresh(self._decide(caller, name, command))

    def _decide(self, caller: Caller, name: str, command: Command) -> str:
        """Store what follows; returns the canonical name."""
        name = decider.possible_name(name)
        self._append(name, lambda package: decider.decide(package, command, caller, self._policy, self._clock.now()))
        return name

    def _append(
        self,
        name: str,
        decide: Callable[[Package | None], Sequence[PackageEvent]],
        known: Sequence[Event] | None = None,
    ) -> Sequence[Event]:
        try:
            return append_decided(
                self._store,
                package_stream(name),
                lambda known: decide(fold(known)),
                lambda decided: [name_claim(name) for event in decided if isinstance(event, PackageSubmitted)],
                known,
            )
        except ClaimTaken:
            raise names.LookAlikeName(name) from None


def _publication(accepted: UploadAccepted) -> PublishFile:
    return PublishFile(
        artifact=artifact_of(accepted),
        spelling=accepted.spelling,
        digests=accepted.digests,
        size=accepted.size,
        metadata_sha256=accepted.metadata_sha256,
        requires_python=accepted.requires_python,
    )


def artifact_of(accepted: UploadAccepted) -> Artifact:
    """What was accepted. An old sdist's filename may be read in several ways; its metadata settles it."""
    artifact = parse_filename(accepted.filename, old_sdists=True)
    return settled(artifact, accepted.spelling, Version(accepted.version))


def _as_published(package: Package, filename: str) -> UploadAccepted:
    """What was once accepted of a file that is there."""
    known = package.files[filename].published
    return UploadAccepted(
        filename=filename,
        spelling=package.spelling,
        version=known.version,
        digests=Digests(known.sha256, known.blake2b_256, known.md5),
        size=known.size,
        metadata_sha256=known.metadata_sha256,
        requires_python=known.requires_python,
    )
