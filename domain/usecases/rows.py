"""A package's rows in the tables over all packages."""

from collections.abc import Iterable, Sequence

from attrs import evolve

from domain.events import Event
from domain.package import Package
from domain.ports.dependents import Untold
from domain.ports.replicas import Tables
from domain.search import tokens_of
from domain.usage import Usage
from domain.usecases.rendering import Rendering
from domain.usecases.usage_history import brief_of, row_of, summary_of


class Rows:
    """Writes these rows, into the tables of a world or into those of a replica."""

    def __init__(self, tables: Tables, rendering: Rendering) -> None:
        self._tables = tables
        self._rendering = rendering

    def put(self, package: Package, events: Sequence[Event], usage: Usage) -> Untold:
        """Keep what the package's events say; returns the packages whose dependents changed."""
        entry = self._rendering.entry(package, events)
        listing = self._rendering.listing(entry, package, usage)
        self._tables.catalogue.put(entry)
        self._put_usage(package, usage)
        self._tables.directory.put(package.name, listing, tokens_of(listing) if listing else frozenset())
        return self._tables.dependents.put(package.name, self._rendering.needs(package))

    def put_entry(self, package: Package, events: Sequence[Event]) -> None:
        """Keep the catalogue's row alone."""
        self._tables.catalogue.put(self._rendering.entry(package, events))

    def forget(self, name: str, tokens: Iterable[str], packages: Iterable[str]) -> None:
        """Remove all rows of a package, as some of them are damaged.

        Args:
            name: canonical name.
            tokens: under which the directory has it, or should not.
            packages: that the table of dependents says it needs, or should not.
        """
        self._tables.catalogue.forget(name)
        self._tables.usage_table.forget(name)
        self._tables.directory.forget(name, tokens)
        self._tables.dependents.forget(name, packages)

    def _put_usage(self, package: Package, usage: Usage) -> None:
        """Keep the figures.

        A package that no list shows adds nothing to those of all, but its own pages move on, and its owner is told.
        """
        counted = usage if package.is_in_lists else evolve(usage, days=())
        if usage.days:
            row = evolve(row_of(package.name, counted), latest=usage.latest)
            self._tables.usage_table.put(row, summary_of(counted))
            self._tables.usage_table.put_brief(brief_of(package.name, usage))
