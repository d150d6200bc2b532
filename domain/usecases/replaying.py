"""What every package adds to lists and to the pages of others, derived from all streams again."""

import contextlib
from collections import defaultdict
from collections.abc import Iterable

from domain.package import fold
from domain.ports.catalogue import Entry
from domain.ports.dependents import Dependents, Need
from domain.ports.directory import Listing
from domain.ports.event_store import EventStore
from domain.ports.usage_table import UsageRow, UsageSummary
from domain.streams import package_stream
from domain.usecases.rendering import Rendering
from domain.usecases.usage_history import UsageHistory, row_of, summary_of


class Replay:
    """The rows of all packages without any table; takes the tables' place where pages are made.

    Attributes:
        entries, listings, rows, summaries: in the order in which packages were added.
    """

    def __init__(self, store: EventStore, history: UsageHistory, rendering: Rendering) -> None:
        self._store = store
        self._history = history
        self._rendering = rendering
        self._by_name: dict[str, Entry] = {}
        self._needs: dict[str, list[Need]] = defaultdict(list)
        self.listings: list[Listing] = []
        self.rows: list[UsageRow] = []
        self.summaries: list[tuple[str, UsageSummary]] = []

    def add(self, names: Iterable[str]) -> None:
        """Read these packages, in the order of names. What was lost with its blob is in no list."""
        for name in names:
            with contextlib.suppress(LookupError):
                self._add(name)

    @property
    def entries(self) -> list[Entry]:
        """The catalogue's rows."""
        return list(self._by_name.values())

    def get(self, name: str) -> Entry | None:
        """As `Catalogue.get`."""
        return self._by_name.get(name)

    def of(self, package: str, limit: int) -> Dependents:
        """As `DependentsTable.of`."""
        needs = self._needs.get(package, [])
        shown = sorted({need.dependent for need in needs})
        kept = frozenset(shown[:limit])
        return Dependents(len(shown), tuple(need for need in needs if need.dependent in kept))

    def _add(self, name: str) -> None:
        events = self._store.read(package_stream(name))
        package = fold(events)
        if package is None:
            return
        usage = self._history.of(name)
        row = row_of(name, usage)
        if row is not None:
            self.rows.append(row)
            self.summaries.append((name, summary_of(usage)))
        entry = self._rendering.entry(package, events)
        self._by_name[name] = entry
        listing = self._rendering.listing(entry, package, usage)
        if listing is not None:
            self.listings.append(listing)
        for need in self._rendering.needs(package):
            self._needs[need.on].append(need)
