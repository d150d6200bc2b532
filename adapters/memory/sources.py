"""Repositories to publish from that are what a test says."""

import threading
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from attrs import define, field

from domain.github_faults import above_bytes, login_revoked, no_commit, no_repository, not_there
from domain.refusals import Refused
from domain.repository import Asset, Owned, Source

_Fault = Callable[[str], Refused | None]


@define
class _Repository:
    """A repository as its people made it; `latest` is the tag of the latest release."""

    source: Source
    has_packaging: bool
    commits: set[str] = field(factory=set)
    tags: dict[str, str] = field(factory=dict)
    branches: dict[str, str] = field(factory=dict)
    releases: dict[str, tuple[Asset, ...]] = field(factory=dict)
    latest: str | None = None
    archives: dict[str, bytes] = field(factory=dict)
    files: dict[int, bytes] = field(factory=dict)


class MemorySources:
    """A Sources without GitHub. Names of repositories are as on GitHub: their case does not matter."""

    def __init__(self) -> None:
        self._lock = threading.RLock()
        self._repositories: dict[int, _Repository] = {}
        self._numbers: dict[str, int] = {}
        self._people: dict[str, int] = {}
        self._fault: _Fault | None = None
        self._asked: list[tuple[str, str]] = []
        self._assets = 0

    def show(self, source: Source, *, has_packaging: bool = True) -> None:
        """There is such a repository, or it is like this now; it is found by every name that it ever had."""
        with self._lock:
            known = self._repositories.get(source.id)
            if known is None:
                self._repositories[source.id] = _Repository(source, has_packaging)
            else:
                known.source, known.has_packaging = source, has_packaging
            self._numbers[source.full_name.lower()] = source.id

    def hide(self, full_name: str) -> None:
        """There is no such repository any more, by none of its names."""
        with self._lock:
            number = self._numbers[full_name.lower()]
            del self._repositories[number]
            self._numbers = {name: each for name, each in self._numbers.items() if each != number}

    def push(self, full_name: str, commit: str, branch: str, archive: bytes | None = None) -> None:
        """A branch leads to this commit now; `archive` are its files, as a gzipped tar."""
        with self._lock:
            repository = self._found(full_name)
            repository.branches[branch] = commit
            self._add(repository, commit, archive)

    def tag(self, full_name: str, tag: str, commit: str, archive: bytes | None = None) -> None:
        """A tag leads to this commit now."""
        with self._lock:
            repository = self._found(full_name)
            repository.tags[tag] = commit
            self._add(repository, commit, archive)

    def release(
        self, full_name: str, tag: str, files: Mapping[str, bytes] | None = None, *, is_latest: bool = True
    ) -> None:
        """There is a release of this tag with these files."""
        with self._lock:
            repository = self._found(full_name)
            assets = []
            for filename, content in (files or {}).items():
                self._assets += 1
                assets.append(Asset(self._assets, filename, len(content)))
                repository.files[self._assets] = content
            repository.releases[tag] = tuple(assets)
            if is_latest:
                repository.latest = tag

    def login(self, token: str, owner_id: int) -> None:
        """This token is that person's."""
        with self._lock:
            self._people[token] = owner_id

    def revoke(self, token: str) -> None:
        """This token is nobody's any more."""
        with self._lock:
            self._people.pop(token, None)

    def fail(self, fault: Refused | _Fault | None) -> None:
        """Raise this whatever is asked for, or what is said for the method of this name; None for the truth."""
        with self._lock:
            self._fault = (lambda _: fault) if isinstance(fault, Refused) else fault

    def asked(self) -> list[tuple[str, str]]:
        """What was asked so far: name of the method, and of the repository if it was about one."""
        with self._lock:
            return list(self._asked)

    def together(self) -> "MemorySources":
        """The same, as nobody is waited for."""
        return self

    def owned(self, token: str) -> Sequence[Owned]:
        """The public repositories of the person with this token, last pushed first, without forks."""
        with self._lock:
            self._hear("owned", "", token)
            found = [
                Owned(each.source, each.has_packaging)
                for each in self._repositories.values()
                if each.source.owner_id == self._people[token] and not (each.source.is_private or each.source.is_fork)
            ]
        return sorted(found, key=_pushed, reverse=True)

    def repository(self, full_name: str, token: str | None = None) -> Source:
        """The repository of this name."""
        with self._lock:
            return self._ask("repository", full_name, token).source

    def latest_release(self, full_name: str, token: str | None = None) -> str | None:
        """The tag of the latest release."""
        with self._lock:
            return self._ask("latest_release", full_name, token).latest

    def tags(self, full_name: str, token: str | None = None) -> Sequence[str]:
        """Names of tags."""
        with self._lock:
            return list(self._ask("tags", full_name, token).tags)

    def commit(self, full_name: str, ref: str, token: str | None = None) -> str:
        """The commit that a tag, a branch or a commit's own digits lead to."""
        with self._lock:
            repository = self._ask("commit", full_name, token)
            if ref in repository.commits:
                return ref
            found = repository.tags.get(ref) or repository.branches.get(ref)
        if found is None:
            raise no_commit(full_name, ref)
        return found

    def is_tag(self, full_name: str, ref: str, token: str | None = None) -> bool:
        """Whether there is a tag of exactly this name."""
        with self._lock:
            return ref in self._ask("is_tag", full_name, token).tags

    def assets(self, full_name: str, tag: str, token: str | None = None) -> Sequence[Asset]:
        """The files of the release of this tag."""
        with self._lock:
            return self._ask("assets", full_name, token).releases.get(tag, ())

    def fetch_asset(self, full_name: str, asset: Asset, destination: Path, most_bytes: int) -> None:
        """Write the file there."""
        with self._lock:
            content = self._ask("fetch_asset", full_name, None).files.get(asset.id)
        _write(content, f"{asset.filename} of {full_name}", destination, most_bytes)

    def fetch_archive(self, full_name: str, commit: str, destination: Path, most_bytes: int) -> None:
        """Write the repository's files there."""
        with self._lock:
            content = self._ask("fetch_archive", full_name, None).archives.get(commit)
        _write(content, f"The source of {full_name}", destination, most_bytes)

    def _ask(self, method: str, full_name: str, token: str | None) -> _Repository:
        self._hear(method, full_name, token)
        return self._found(full_name)

    def _hear(self, method: str, full_name: str, token: str | None) -> None:
        self._asked.append((method, full_name))
        fault = self._fault(method) if self._fault else None
        if fault is not None:
            raise fault
        if token is not None and token not in self._people:
            raise login_revoked()

    def _found(self, full_name: str) -> _Repository:
        number = self._numbers.get(full_name.lower())
        if number is None:
            raise no_repository(full_name)
        return self._repositories[number]

    @staticmethod
    def _add(repository: _Repository, commit: str, archive: bytes | None) -> None:
        repository.commits.add(commit)
        if archive is not None:
            repository.archives[commit] = archive


def _write(content: bytes | None, what: str, destination: Path, most_bytes: int) -> None:
    if content is None:
        raise not_there(what)
    if len(content) > most_bytes:
        raise above_bytes(what, most_bytes)
    destination.write_bytes(content)


def _pushed(owned: Owned) -> float:
    return owned.source.pushed_at.timestamp() if owned.source.pushed_at else 0.0
