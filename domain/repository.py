"""A repository on GitHub: as something to publish from, and as pages tell of it."""

from datetime import datetime

from attrs import frozen


@frozen
class Source:
    """A repository.

    Attributes:
        id: GitHub's number, which survives renaming.
        full_name: ``owner/name`` as it is today, which may differ from what was asked for.
        owner_id: GitHub's number of whom it belongs to.
        language: the main one; None if none was detected.
    """

    id: int
    full_name: str
    owner_id: int
    is_private: bool
    is_fork: bool
    is_archived: bool
    default_branch: str
    description: str | None = None
    language: str | None = None
    pushed_at: datetime | None = None


@frozen
class Owned:
    """A repository of whoever asks; `has_packaging`: one of `domain.sources.PACKAGING_FILES` is at its root."""

    source: Source
    has_packaging: bool


@frozen
class Asset:
    """A file of a release on GitHub."""

    id: int
    filename: str
    size: int


@frozen
class RepositoryFacts:
    """A repository as it was at a time. What is None could not be learnt.

    Attributes:
        full_name: ``owner/name``, as it is called now.
        issues: open ones, without pull requests.
        pull_requests: open ones.
        pushed_at: when somebody last pushed to it.
        license: SPDX identifier.
        as_of: all of this was true then, or was learnt later.
    """

    full_name: str
    as_of: datetime
    stars: int | None = None
    forks: int | None = None
    issues: int | None = None
    pull_requests: int | None = None
    contributors: int | None = None
    pushed_at: datetime | None = None
    license: str | None = None
    archived: bool = False
