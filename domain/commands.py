"""What submitters ask for. Each is decided by `domain.decider` against the package's state."""

from attrs import frozen

from domain.artifacts import Artifact
from domain.digests import Digests


@frozen
class PublishFile:
    """Offer one checked file.

    Attributes:
        spelling: the name as the file's metadata spells it.
        metadata_sha256: digest of the core metadata's bytes.
    """

    artifact: Artifact
    spelling: str
    digests: Digests
    size: int
    metadata_sha256: str
    requires_python: str | None


@frozen
class PublishRelease:
    """Offer checked files of one release that come from a repository as it was at a commit; all of them or none.

    Attributes:
        repository: ``owner/name`` on GitHub.
        repository_id: GitHub's number of it.
        commit: 40 hexadecimal digits.
    """

    files: tuple[PublishFile, ...]
    repository: str
    repository_id: int
    commit: str


@frozen
class YankFile:
    """Keep the file for those who pin it only."""

    filename: str
    reason: str


@frozen
class UnyankFile:
    """Offer the file again."""

    filename: str


@frozen
class DeleteFile:
    """Remove one file for good."""

    filename: str


@frozen
class WithdrawPackage:
    """Remove the package with all its files; the name stays taken."""


Command = PublishFile | PublishRelease | YankFile | UnyankFile | DeleteFile | WithdrawPackage
