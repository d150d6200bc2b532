"""What people keep at GitHub: repositories with commits, branches, tags and releases, as plain data."""

import hashlib
from collections.abc import Iterator, Mapping
from functools import cached_property
from typing import Any

from attrs import Factory, define, field, frozen

_WHEN = "2026-11-20T10:00:00Z"
_LEAST_DIGITS = 4


def number_of(text: str) -> int:
    """A number for what somebody is or has, the same each time."""
    return int.from_bytes(hashlib.sha256(text.encode()).digest()[:3], "big")


def sha_of(*parts: bytes) -> str:
    """40 hexadecimal digits for an object."""
    return hashlib.sha1(b"\0".join(parts), usedforsecurity=False).hexdigest()


@frozen(slots=False)
class Commit:
    """The files of a repository, by path, at some time."""

    files: Mapping[str, bytes] = field(factory=dict)
    message: str = "Everything"
    at: str = _WHEN

    @cached_property
    def sha(self) -> str:
        """Its name."""
        parts = (part for path, content in sorted(self.files.items()) for part in (path.encode(), content))
        return sha_of(b"commit", self.message.encode(), self.at.encode(), *parts)


@frozen(slots=False)
class AnnotatedTag:
    """A tag that is an object of its own."""

    name: str
    commit: Commit
    message: str = "Released"
    at: str = _WHEN

    @cached_property
    def sha(self) -> str:
        """Of the tag, not of the commit."""
        return sha_of(b"tag", self.name.encode(), self.message.encode(), self.at.encode(), self.commit.sha.encode())


@frozen
class ReleaseAsset:
    """A file that somebody attached to a release."""

    name: str
    content: bytes
    content_type: str = "application/octet-stream"


@define
class Release:
    """What was released at a tag."""

    tag: str
    assets: list[ReleaseAsset] = field(factory=list)
    name: str | None = None
    body: str | None = None
    draft: bool = False
    prerelease: bool = False
    published_at: str = _WHEN


@define
class Repository:
    """What people did to a repository.

    Attributes:
        full_name: ``owner/name``, as it is written today.
        owner_id: None for that of the person who is called so.
        branches: the default one is the tip of what was done; a repository without it is empty.
        tags: a commit for a lightweight one.
        history: commits that neither a branch nor a tag leads to.
        contributors: how many people did something, `stars`, `forks`, `issues` and `pulls` likewise.
    """

    full_name: str
    stars: int = 0
    forks: int = 0
    issues: int = 0
    pulls: int = 0
    contributors: int = 1
    pushed_at: str | None = _WHEN
    spdx_id: str | None = "MIT"
    archived: bool = False
    private: bool = False
    fork: bool = False
    description: str | None = None
    language: str | None = "Python"
    default_branch: str = "main"
    branches: dict[str, Commit] = field(factory=dict)
    tags: dict[str, Commit | AnnotatedTag] = field(factory=dict)
    releases: list[Release] = field(factory=list)
    history: list[Commit] = field(factory=list)
    owner_id: int | None = None
    id: int = field(default=Factory(lambda self: number_of(self.full_name), takes_self=True))

    @property
    def owner(self) -> str:
        """Their login."""
        return self.full_name.partition("/")[0]

    @property
    def owner_number(self) -> int:
        """Of whom it belongs to."""
        return number_of(self.owner) if self.owner_id is None else self.owner_id

    @property
    def name(self) -> str:
        """Without its owner."""
        return self.full_name.partition("/")[2]

    @property
    def head(self) -> Commit | None:
        """The tip of the default branch; None if it is empty."""
        return self.branches.get(self.default_branch)

    def told(self, url: str = "https://api.github.com") -> dict[str, Any]:
        """As the API tells of it."""
        from infrastructure.github_double.shapes import repository  # noqa: PLC0415 - which tells of all this

        return repository(self, url)

    def tag_commit(self, tag: str) -> Commit | None:
        """What a tag leads to."""
        found = self.tags.get(tag)
        return found.commit if isinstance(found, AnnotatedTag) else found

    def commit(self, ref: str) -> Commit | None:
        """What a revision leads to, as git-rev-parse(1) looks for it."""
        if ref == "HEAD":
            return self.head
        name = ref.removeprefix("refs/")
        if name.startswith("tags/"):
            return self.tag_commit(name.removeprefix("tags/"))
        if name.startswith("heads/"):
            return self.branches.get(name.removeprefix("heads/"))
        return self.tag_commit(ref) or self.branches.get(ref) or self._by_digits(ref.lower())

    def _by_digits(self, digits: str) -> Commit | None:
        if len(digits) < _LEAST_DIGITS:
            return None
        found = {commit.sha: commit for sha, commit in self._named() if sha.startswith(digits)}
        return next(iter(found.values())) if len(found) == 1 else None

    def _named(self) -> Iterator[tuple[str, Commit]]:
        for commit in (*self.branches.values(), *self.history):
            yield commit.sha, commit
        for tag in self.tags.values():
            commit = tag.commit if isinstance(tag, AnnotatedTag) else tag
            yield tag.sha, commit
            yield commit.sha, commit
