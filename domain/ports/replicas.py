"""Room for a replay of everything, which may be more than memory holds."""

from collections.abc import Iterable, Iterator
from contextlib import AbstractContextManager
from typing import Protocol

from attrs import frozen

from domain.ports.catalogue import Catalogue
from domain.ports.dependents import DependentsTable
from domain.ports.directory import Directory
from domain.ports.usage_table import UsageTable


@frozen
class Tables:
    """The rows of all packages: everything that pages about several of them are made from."""

    catalogue: Catalogue
    usage_table: UsageTable
    directory: Directory
    dependents: DependentsTable


class Keys(Protocol):
    """A set of keys."""

    def add(self, keys: Iterable[str]) -> None:
        """Add these; harmless for those that are in it."""

    def discard(self, keys: Iterable[str]) -> None:
        """Remove these; harmless for those that are not in it."""

    def __iter__(self) -> Iterator[str]:
        """All of them in their order. Nothing is added or removed meanwhile."""


@frozen
class Replica:
    """Empty at first.

    Attributes:
        keys: of objects of the site.
        details: of details of downloads.
    """

    tables: Tables
    keys: Keys
    details: Keys


class Replicas(Protocol):
    """Makes replicas, which nobody else sees."""

    def opened(self) -> AbstractContextManager[Replica]:
        """An empty one; what is kept in it is gone at the end."""
