"""A package: who owns its name, which files it offers, which filenames are spent. `evolve` folds its stream."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from enum import StrEnum
from functools import cached_property, lru_cache
from itertools import groupby

from attrs import evolve as changed
from attrs import field, frozen
from packaging.version import Version

from domain import names
from domain.artifacts import WHEEL_KIND
from domain.events import (
    Event,
    FileDeleted,
    FilePublished,
    FileUnyanked,
    FileYanked,
    PackageEvent,
    PackageSubmitted,
    PackageWithdrawn,
    ProjectStatusChanged,
)


class Status(StrEnum):
    """Project status markers of PEP 792."""

    ACTIVE = "active"
    ARCHIVED = "archived"
    DEPRECATED = "deprecated"
    QUARANTINED = "quarantined"


@frozen
class File:
    """A file that the package offers. `yanked` is None, or the reason (empty: none was given)."""

    published: FilePublished
    yanked: str | None = None

    @property
    def version(self) -> Version:
        """The release it belongs to; equal for ``1.0`` and ``1.0.0``."""
        return _version(self.published.version)


@frozen
class Package:
    """The state of one stream `package/<canonical name>`.

    Attributes:
        last_published: when a file was published last, one that is deleted by now too; None before the first.
    """

    name: str
    spelling: str
    owner: str
    repository: str | None
    repository_id: int | None = None
    files: Mapping[str, File] = field(factory=dict)
    spent: frozenset[str] = frozenset()
    labels: Mapping[Version, str] = field(factory=dict)
    status: Status = Status.ACTIVE
    status_reason: str | None = None
    withdrawn: bool = False
    last_published: datetime | None = None

    @cached_property
    def offered(self) -> tuple[File, ...]:
        """What installers may see, oldest release first: nothing while quarantined (PEP 792)."""
        if self.status is Status.QUARANTINED:
            return ()
        return tuple(sorted(self.files.values(), key=lambda file: (file.version, file.published.filename)))

    @cached_property
    def releases(self) -> tuple[tuple[File, ...], ...]:
        """The files that installers may see, a tuple for each release, oldest first; within it wheels first."""
        by_version = groupby(self.offered, key=lambda file: file.version)
        return tuple(tuple(sorted(files, key=_wheels_first)) for _, files in by_version)

    @property
    def versions(self) -> tuple[str, ...]:
        """The versions of these releases, as they were first published."""
        return tuple(dict.fromkeys(file.published.version for file in self.offered))

    @property
    def has_pages(self) -> bool:
        """Whether the package has pages at all. Its name stays its owner's in any case."""
        return bool(self.files) or not self.withdrawn

    @property
    def is_in_lists(self) -> bool:
        """Whether pages over all packages show it; projects in quarantine are on none (PEP 792)."""
        return self.has_pages and self.status is not Status.QUARANTINED


def _wheels_first(file: File) -> tuple[bool, str]:
    return file.published.kind != WHEEL_KIND, file.published.filename


@lru_cache(maxsize=16_384)
def _version(label: str) -> Version:
    """Versions never change and are asked for with every sorting."""
    return Version(label)


def evolve(package: Package | None, event: PackageEvent) -> Package:
    """The state after an event."""
    match package, event:
        case None, PackageSubmitted(name, owner, _, repository, repository_id):
            return Package(names.canonical(name), name, owner, repository, repository_id)
        case None, _:
            raise ValueError(f"a package stream starts with PackageSubmitted, not {type(event).__name__}")
        case Package(), PackageSubmitted(name, owner, _, repository, repository_id):
            return changed(package, spelling=name, owner=owner, repository=repository, repository_id=repository_id)
        case Package(), FilePublished():
            return _with_publications(package, [event])
        case Package(), FileYanked(filename, reason):
            return _with_file(package, changed(package.files[filename], yanked=reason))
        case Package(), FileUnyanked(filename):
            return _with_file(package, changed(package.files[filename], yanked=None))
        case Package(), FileDeleted(filename):
            rest = {name: file for name, file in package.files.items() if name != filename}
            return changed(package, files=rest, spent=package.spent | {filename})
        case Package(), PackageWithdrawn():
            return changed(package, files={}, spent=package.spent | set(package.files), withdrawn=True)
        case Package(), ProjectStatusChanged(status, reason):
            return changed(package, status=Status(status), status_reason=reason)


def fold(events: Iterable[Event]) -> Package | None:
    """The state of a whole stream; None if it is empty."""
    package: Package | None = None
    for are_publications, run in groupby(events, lambda event: isinstance(event, FilePublished)):
        # At once, as copying the state for each of hundreds of files would be quadratic.
        if are_publications and package is not None:
            package = _with_publications(package, [event for event in run if isinstance(event, FilePublished)])
            continue
        for event in run:
            if isinstance(event, PackageEvent):
                package = evolve(package, event)
    return package


def _with_publications(package: Package, events: Sequence[FilePublished]) -> Package:
    files = {**package.files, **{event.filename: File(event) for event in events}}
    labels = {**package.labels}
    for event in events:
        labels.setdefault(_version(event.version), event.version)
    times = [event.at for event in events]
    last = max(times if package.last_published is None else [package.last_published, *times])
    return changed(package, files=files, labels=labels, withdrawn=False, last_published=last)


def _with_file(package: Package, file: File) -> Package:
    return changed(package, files={**package.files, file.published.filename: file})
