"""What happened: the only truth of the index. Everything that is served is derived from these.

Events are stored under their bare class name and a schema number (see `adapters.codec`). Fields are only
ever added with a default; any other change needs a new schema number and an upcaster. Times are aware
datetimes in UTC; accounts are stream keys such as ``local:alice`` or a numeric GitHub id.
"""

from datetime import datetime

from attrs import frozen


@frozen
class PackageSubmitted:
    """A name now belongs to an account. `name` is spelt as its owner spells it."""

    name: str
    owner: str
    at: datetime
    repository: str | None = None


@frozen
class FilePublished:
    """One wheel or sdist can be installed.

    Attributes:
        version: normalised version of the release, as first published (``1.0`` and ``1.0.0`` are one release).
        size: bytes.
        metadata_sha256: digest of the exact METADATA (wheel) or PKG-INFO (sdist) bytes.
    """

    filename: str
    version: str
    kind: str
    size: int
    sha256: str
    blake2b_256: str
    md5: str
    metadata_sha256: str
    requires_python: str | None
    at: datetime
    by: str
    source_commit: str | None = None


@frozen
class FileYanked:
    """Installers skip the file unless it is pinned (PEP 592). An empty reason means none was given."""

    filename: str
    reason: str
    at: datetime
    by: str


@frozen
class FileUnyanked:
    """The file is offered again."""

    filename: str
    at: datetime
    by: str


@frozen
class FileDeleted:
    """The file is gone for good and its name is spent."""

    filename: str
    at: datetime
    by: str


@frozen
class PackageWithdrawn:
    """The package and all its files are gone; name and filenames stay its owner's."""

    at: datetime
    by: str


@frozen
class ProjectStatusChanged:
    """The operator marked the project (PEP 792)."""

    status: str
    reason: str | None
    at: datetime


@frozen
class SubmitterRegistered:
    """An account exists."""

    login: str
    at: datetime


@frozen
class TokenIssued:
    """An upload token works from now on. Only its SHA-256 is kept.

    Attributes:
        packages: canonical names the token acts on; None means all of its account.
    """

    id: str
    sha256: str
    name: str
    packages: tuple[str, ...] | None
    at: datetime


@frozen
class TokenRevoked:
    """The token no longer works."""

    id: str
    at: datetime


PackageEvent = (
    PackageSubmitted | FilePublished | FileYanked | FileUnyanked | FileDeleted | PackageWithdrawn | ProjectStatusChanged
)
AccountEvent = SubmitterRegistered | TokenIssued | TokenRevoked
Event = PackageEvent | AccountEvent
