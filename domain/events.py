"""What happened: the only truth of the index. Everything that is served is derived from these.

Events are stored under their bare class name and a schema number (see `adapters.codec`). Fields are only
ever added with a default; any other change needs a new schema number and an upcaster. Times are aware
datetimes in UTC; accounts are stream keys such as ``local:alice`` or a numeric GitHub id.
"""

from collections.abc import Mapping
from datetime import datetime

from attrs import frozen

from domain.identity_claims import Kind
from domain.submission_events import SubmissionEvent


@frozen
class PackageSubmitted:
    """A name now belongs to an account, or comes from another repository than before.

    Attributes:
        name: as its owner spells it.
        repository: ``owner/name`` on GitHub; None if files were uploaded.
        repository_id: GitHub's number of it.
    """

    name: str
    owner: str
    at: datetime
    repository: str | None = None
    repository_id: int | None = None


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


@frozen
class PublisherTrusted:
    """A workflow elsewhere may upload files of one package, which need not exist yet, in the account's name.

    Attributes:
        kind: where it runs.
        package: canonical name.
        project: ``owner/name`` on GitHub, or the path of a project on GitLab.
        owner_id: GitHub's number of whom the repository belonged to; None where names are not looked up.
        workflow: its file: a name on GitHub, a path on GitLab.
        environment: in which it has to run; None if that does not matter.
    """

    id: str
    kind: Kind
    package: str
    project: str
    owner_id: int | None
    workflow: str
    environment: str | None
    at: datetime


@frozen
class PublisherDistrusted:
    """The workflow may not upload any more."""

    id: str
    at: datetime


@frozen
class DownloadsAggregated:
    """One package's figures of one day (UTC); a later event of the same day takes the place of an earlier one.

    Every mapping adds up to `downloads`; what is not known is counted under ``unknown``.

    Attributes:
        day: like ``2026-11-24``.
        rules: version of the counting rules (`domain.downloads.RULES`).
        requesters: distinct addresses among the counted requests.
        edges: first three letters of CloudFront's edge locations.
        ci: how many of the downloads said that they came from continuous integration.
        mirrors: requests of mirrors, which are no downloads.
    """

    day: str
    rules: int
    downloads: int
    requesters: int
    versions: Mapping[str, int]
    files: Mapping[str, int]
    installers: Mapping[str, int]
    pythons: Mapping[str, int]
    systems: Mapping[str, int]
    countries: Mapping[str, int]
    edges: Mapping[str, int]
    ci: int
    mirrors: int
    at: datetime


@frozen
class UsageYearOpened:
    """The package may have figures in this year: it says which streams there are to read."""

    year: int
    at: datetime


@frozen
class BatchCounted:
    """One of several batches of packages is counted for a day.

    Attributes:
        number: which one, from 1 to `of`.
        whole: whether the day was over by then.
    """

    day: str
    number: int
    of: int
    whole: bool
    at: datetime


@frozen
class DayCounted:
    """All packages are counted for a day; `whole` if it was over by then."""

    day: str
    whole: bool
    at: datetime


PackageEvent = (
    PackageSubmitted | FilePublished | FileYanked | FileUnyanked | FileDeleted | PackageWithdrawn | ProjectStatusChanged
)
AccountEvent = SubmitterRegistered | TokenIssued | TokenRevoked | PublisherTrusted | PublisherDistrusted
UsageEvent = DownloadsAggregated | UsageYearOpened
CountingEvent = BatchCounted | DayCounted
Event = PackageEvent | AccountEvent | UsageEvent | CountingEvent | SubmissionEvent


@frozen
class Recorded:
    """An event in its place. `version` is the stream's version after it."""

    stream: str
    version: int
    event: Event
