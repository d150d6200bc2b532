"""What submitters do to their packages."""

import hashlib
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from attrs import frozen

from domain import decider, distributions, names, upload_form
from domain.artifacts import Artifact, parse_filename, settled
from domain.caller import Caller
from domain.commands import Command, DeleteFile, PublishFile, UnyankFile, WithdrawPackage, YankFile
from domain.digests import Digests
from domain.events import Event, PackageEvent, PackageSubmitted
from domain.package import Package, Status, fold
from domain.policy import Policy
from domain.ports.archives import Archives
from domain.ports.blobs import Blobs, blob_key
from domain.ports.clock import Clock
from domain.ports.event_store import ClaimTaken, EventStore
from domain.streams import name_claim, package_stream
from domain.usecases.appending import append_decided
from domain.usecases.site import Site


@frozen
class ReceivedFile:
    """A file as it arrived, nothing about it believed yet. `path` may be taken away."""

    filename: str
    path: Path
    size: int
    digests: Digests


class Publishing:
    """Upload, yank, delete, withdraw.

    A command that returns has its event stored and the pages for installers show it.
    """

    def __init__(
        self, store: EventStore, blobs: Blobs, archives: Archives, site: Site, clock: Clock, policy: Policy
    ) -> None:
        self._store = store
        self._blobs = blobs
        self._archives = archives
        self._site = site
        self._clock = clock
        self._policy = policy

    def upload(self, caller: Caller, form: Mapping[str, str], received: ReceivedFile) -> None:
        """Publish one file sent by the legacy upload protocol.

        Raises:
            Refused: with the sentence to show; nothing has changed then.
        """
        upload_form.check_fields(form)
        artifact = parse_filename(received.filename)
        upload_form.check_agreement(form, artifact)
        upload_form.check_digests(form, received.digests)
        self._publish(caller, artifact, received, strict=True)
        self._site.refresh(artifact.name)

    def add(self, caller: Caller, received: ReceivedFile) -> bool:
        """Publish one existing file as it is, old spellings and old metadata too; False if it was there already.

        Pages are left stale, for whoever adds many files: the events make them due anyway.
        """
        artifact = parse_filename(received.filename, old_sdists=True)
        return self._publish(caller, artifact, received, strict=False)

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
        self._change(caller, name, WithdrawPackage())

    def mark(self, name: str, status: Status, reason: str | None) -> None:
        """The operator's project status (PEP 792)."""
        name = names.canonical(name)
        self._append(name, lambda package: decider.change_status(package, status, reason, self._clock.now()))
        self._site.refresh(name)

    def _publish(self, caller: Caller, artifact: Artifact, received: ReceivedFile, *, strict: bool) -> bool:
        # What the name alone decides comes first: "already exists" is said whatever the bytes are worth.
        events = self._store.read(package_stream(artifact.name))
        if decider.already_published(fold(events), artifact, received.digests.sha256, caller, self._policy):
            return False
        contents = self._archives.inspect(received.path, artifact, self._policy.bounds)
        metadata = distributions.judge(artifact, contents, self._policy, strict=strict)
        core_metadata = distributions.core_metadata(artifact, contents)
        # An old sdist's filename may be read in several ways; its metadata settles it.
        promised = artifact.name
        artifact = settled(artifact, metadata.name, metadata.version)
        command = PublishFile(
            artifact=artifact,
            spelling=metadata.name,
            digests=received.digests,
            size=received.size,
            metadata_sha256=hashlib.sha256(core_metadata).hexdigest(),
            requires_python=metadata.requires_python,
        )
        # Blob first, event second: a blob without an event is harmless, an event without its blob is not.
        blob = blob_key(artifact.name, received.digests.sha256, artifact.filename)
        self._blobs.add_bytes(f"{blob}.metadata", core_metadata)
        self._blobs.add(blob, received.path)
        decided = self._append(
            artifact.name,
            lambda package: decider.decide(package, command, caller, self._policy, self._clock.now()),
            known=events if artifact.name == promised else None,
        )
        return bool(decided)

    def _change(self, caller: Caller, name: str, command: Command) -> None:
        name = names.canonical(name)
        self._append(name, lambda package: decider.decide(package, command, caller, self._policy, self._clock.now()))
        self._site.refresh(name)

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
