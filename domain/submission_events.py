"""What happened to an attempt to publish a repository; see `domain.events`."""

from datetime import datetime

from attrs import frozen


@frozen
class SubmissionRequested:
    """Somebody wants a repository published as it was at a commit.

    Attributes:
        repository: ``owner/name`` as it was called then.
        repository_id: GitHub's number of it.
        ref: the tag, branch or commit that was asked for or found.
        is_tag: whether `ref` is a tag.
        commit: 40 hexadecimal digits.
    """

    account: str
    login: str
    repository: str
    repository_id: int
    ref: str
    is_tag: bool
    commit: str
    at: datetime


@frozen
class BuildStarted:
    """It is the submission's turn."""

    at: datetime


@frozen
class BuiltFile:
    """A wheel or sdist of a submission, which was looked at and is valid; its bytes are kept.

    Attributes:
        spelling: the name as the file's metadata spells it.
        version: as the file's metadata says it.
        metadata_sha256: digest of the exact METADATA (wheel) or PKG-INFO (sdist) bytes.
    """

    filename: str
    spelling: str
    version: str
    size: int
    sha256: str
    blake2b_256: str
    md5: str
    metadata_sha256: str
    requires_python: str | None


@frozen
class BuildSucceeded:
    """The files are there, built or taken from the repository's release; they are published next."""

    files: tuple[BuiltFile, ...]
    at: datetime


@frozen
class BuildFailed:
    """The submission has come to its end and nothing was published; `error` is one sentence for whoever asked."""

    error: str
    at: datetime
    name: str | None = None
    version: str | None = None


@frozen
class SubmissionPublished:
    """The submission has come to its end, and its files can be installed. `name` is canonical."""

    name: str
    version: str
    at: datetime


SubmissionEvent = SubmissionRequested | BuildStarted | BuildSucceeded | BuildFailed | SubmissionPublished
