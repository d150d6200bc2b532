"""Releases and their files, as pages show them."""

import re
from datetime import datetime
from urllib.parse import quote

from attrs import frozen

from domain.artifacts import WHEEL_KIND
from domain.package import File, Package
from domain.views.simple import file_path
from domain.views.wheel_tags import in_words

_COMMIT = re.compile(r"[0-9a-f]{40}(?:[0-9a-f]{24})?")


@frozen
class Commit:
    """What a file was built from.

    Attributes:
        repository_url: None where it is not known in which repository.
    """

    sha: str
    repository_url: str | None

    @property
    def url(self) -> str | None:
        """Where it is shown."""
        return self.repository_url and f"{self.repository_url}/commit/{self.sha}"

    @property
    def files_url(self) -> str | None:
        """Below which the repository's files are as they were then, with a slash at its end."""
        return self.repository_url and f"{self.repository_url}/blob/{self.sha}/"


@frozen
class PageFile:
    """One file.

    Attributes:
        url: path on this origin.
        kind: ``wheel`` or ``source``.
        runs_on: where a wheel runs, in words, like ``CPython 3.12 on Linux x86_64``; empty for sources.
        yanked: None or the reason (empty: none was given).
        commit: None if its owner uploaded it.
    """

    filename: str
    url: str
    kind: str
    runs_on: str
    size: int
    uploaded: datetime
    sha256: str
    requires_python: str | None
    yanked: str | None
    commit: Commit | None


@frozen
class Release:
    """One version with its files.

    Attributes:
        path: of its page, below the package's: the label percent-encoded.
        published: when its first file was.
        yanked: None unless all of its files are; then the reason (empty: none was given).
    """

    label: str
    path: str
    published: datetime
    prerelease: bool
    yanked: str | None
    files: tuple[PageFile, ...]

    @property
    def sources_url(self) -> str | None:
        """Below which the files are that it was built from; None if its owner uploaded all of it."""
        return next((file.commit.files_url for file in self.files if file.commit), None)


def release_of(package: Package, files: tuple[File, ...], github_url: str) -> Release:
    """A release of a package; `files` are all of its files on offer, at least one."""
    label = files[0].published.version
    return Release(
        label=label,
        path=quote(label, safe=""),
        published=min(file.published.at for file in files),
        prerelease=files[0].version.is_prerelease,
        yanked=_yanked(files),
        files=tuple(_page_file(package, file, github_url) for file in files),
    )


def _yanked(files: tuple[File, ...]) -> str | None:
    reasons = [file.yanked for file in files if file.yanked is not None]
    if len(reasons) < len(files):
        return None
    return next(filter(None, reasons), "")


def _page_file(package: Package, file: File, github_url: str) -> PageFile:
    published = file.published
    is_wheel = published.kind == WHEEL_KIND
    return PageFile(
        filename=published.filename,
        url="/" + file_path(package.name, published),
        kind="wheel" if is_wheel else "source",
        runs_on=in_words(published.filename) if is_wheel else "",
        size=published.size,
        uploaded=published.at,
        sha256=published.sha256,
        requires_python=published.requires_python or None,
        yanked=file.yanked,
        commit=_commit(package.repository, published.source_commit, github_url),
    )


def _commit(repository: str | None, sha: str | None, github_url: str) -> Commit | None:
    """A commit is recorded by the index itself, of the repository that the package was submitted from."""
    if not sha:
        return None
    linked = repository and _COMMIT.fullmatch(sha)
    return Commit(sha, f"{github_url}/{repository}" if linked else None)
