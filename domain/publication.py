"""Every rule about files that are to be published, alone or as a release of a repository."""

from datetime import datetime

from domain import names
from domain.artifacts import Artifact, Sdist, Wheel, says_the_same
from domain.caller import Caller
from domain.commands import PublishFile, PublishRelease
from domain.events import FilePublished, PackageEvent, PackageSubmitted
from domain.ownership import the_caller_owns, the_token_covers
from domain.package import Package, Status, evolve
from domain.policy import Policy
from domain.refusals import Invalid, NotAllowed


class ProjectClosed(NotAllowed):
    """The operator archived or quarantined the project (PEP 792)."""


class FileExists(Invalid):
    """A filename, in whatever spelling, or content that is there already, not identically."""


class FilenameSpent(Invalid):
    """A deleted filename never comes back, in no spelling."""


class SecondSdist(Invalid):
    """A release has at most one sdist."""


class VersionExists(Invalid):
    """A release is published from a repository once; another commit is another version."""

    def __init__(self, name: str, version: str) -> None:
        super().__init__(f"Version {version} of {name} exists already. Raise the version and publish again.")


def is_there(package: Package | None, artifact: Artifact, sha256: str) -> bool:
    """Whether the very same file is published."""
    existing = package.files.get(artifact.filename) if package else None
    return existing is not None and existing.published.sha256 == sha256


def the_file_may_be_published(
    package: Package | None, artifact: Artifact, sha256: str, caller: Caller, policy: Policy
) -> None:
    """Every rule that needs no look into the file; one that is there may be published again.

    Cheap enough to run before a file is opened, so that "exists" is said of a filename whatever is sent under it.
    """
    if package is None:
        names.check_new(artifact.name, policy)
        the_token_covers(artifact.name, caller)
        return
    the_caller_owns(package, caller)
    the_project_is_open(package)
    _the_filename_is_not_spent(package, artifact)
    if not is_there(package, artifact, sha256):
        _the_file_is_new(package, artifact, sha256)
        _the_release_has_one_sdist(package, artifact)


def the_project_is_open(package: Package) -> None:
    """Archived and quarantined projects take no uploads (PEP 792)."""
    if package.status in (Status.ARCHIVED, Status.QUARANTINED):
        raise ProjectClosed(f"The project '{package.name}' is {package.status.value} and takes no uploads.")


def publish(
    package: Package | None, command: PublishFile, caller: Caller, policy: Policy, at: datetime
) -> tuple[PackageEvent, ...]:
    """What follows when somebody publishes one file; nothing if it is there.

    Raises:
        Refused: the rule that forbids it.
    """
    the_file_may_be_published(package, command.artifact, command.digests.sha256, caller, policy)
    if is_there(package, command.artifact, command.digests.sha256):
        return ()
    published = _published(package, command, caller, at)
    if package is None:
        return PackageSubmitted(command.spelling, caller.account, at), published
    if package.withdrawn:
        # It comes back, which concerns whoever shows that it is here.
        return _submitted_again(package, command.spelling, at), published
    return (published,)


def publish_release(
    package: Package | None, command: PublishRelease, caller: Caller, policy: Policy, at: datetime
) -> tuple[PackageEvent, ...]:
    """What follows when somebody publishes a release of a repository: all of its files or none.

    Raises:
        Refused: the rule that forbids it, for whichever file.
    """
    for file in command.files:
        the_file_may_be_published(package, file.artifact, file.digests.sha256, caller, policy)
    if package is not None:
        if all(is_there(package, file.artifact, file.digests.sha256) for file in command.files):
            return ()
        _the_release_is_new(package, command.files[0].artifact)
    of_repository = package and (package.repository, package.repository_id)
    events: list[PackageEvent] = []
    if package is None or package.withdrawn or of_repository != (command.repository, command.repository_id):
        owner = package.owner if package else caller.account
        spelling = command.files[0].spelling
        events.append(PackageSubmitted(spelling, owner, at, command.repository, command.repository_id))
    # Each after those before it, so that the rules hold among them as well.
    known = package
    for event in events:
        known = evolve(known, event)
    for file in command.files:
        the_file_may_be_published(known, file.artifact, file.digests.sha256, caller, policy)
        if not is_there(known, file.artifact, file.digests.sha256):
            published = _published(known, file, caller, at, command.commit)
            known = evolve(known, published)
            events.append(published)
    return tuple(events)


def _published(
    package: Package | None, command: PublishFile, caller: Caller, at: datetime, commit: str | None = None
) -> FilePublished:
    artifact, digests = command.artifact, command.digests
    label = str(artifact.version)
    return FilePublished(
        filename=artifact.filename,
        version=package.labels.get(artifact.version, label) if package else label,
        kind=artifact.kind,
        size=command.size,
        sha256=digests.sha256,
        blake2b_256=digests.blake2b_256,
        md5=digests.md5,
        metadata_sha256=command.metadata_sha256,
        requires_python=command.requires_python,
        at=at,
        by=caller.account,
        source_commit=commit,
    )


def _submitted_again(package: Package, spelling: str, at: datetime) -> PackageSubmitted:
    return PackageSubmitted(spelling, package.owner, at, package.repository, package.repository_id)


def _the_release_is_new(package: Package, artifact: Artifact) -> None:
    if any(file.version == artifact.version for file in package.files.values()):
        raise VersionExists(package.name, str(artifact.version))


def _the_filename_is_not_spent(package: Package, artifact: Artifact) -> None:
    if artifact.filename in package.spent or any(says_the_same(artifact, filename) for filename in package.spent):
        raise FilenameSpent(
            "This filename was previously used by a file that has since been deleted. Use a different version."
        )


def _the_file_is_new(package: Package, artifact: Artifact, sha256: str) -> None:
    for file in package.files.values():
        known = file.published
        # Only wheels: an sdist in another spelling is a second one of its release.
        may_be_respelt = isinstance(artifact, Wheel) and file.version == artifact.version
        is_respelt = may_be_respelt and says_the_same(artifact, known.filename)
        if is_respelt or known.filename == artifact.filename or known.sha256 == sha256:
            raise FileExists(f"File already exists ('{known.filename}', with blake2_256 hash '{known.blake2b_256}').")


def _the_release_has_one_sdist(package: Package, artifact: Artifact) -> None:
    if not isinstance(artifact, Sdist):
        return
    for file in package.files.values():
        if file.published.kind == artifact.kind and file.version == artifact.version:
            raise SecondSdist("Only one sdist may be uploaded per release.")
