"""What every package adds to lists and to the pages of others, derived from all streams again."""

from contextlib import suppress

from domain.package import fold
from domain.ports.event_store import EventStore
from domain.ports.replicas import Tables
from domain.streams import package_stream
from domain.usecases.rendering import Rendering
from domain.usecases.rows import Rows
from domain.usecases.usage_history import UsageHistory


class Replay:
    """Fills the tables of a replica.

    Attributes:
        owners: accounts that own a package.
        needed: canonical names of all that packages need, here or not.
    """

    def __init__(self, store: EventStore, history: UsageHistory, rendering: Rendering, tables: Tables) -> None:
        self._store = store
        self._history = history
        self._rendering = rendering
        self._rows = Rows(tables, rendering)
        self.owners: set[str] = set()
        self.needed: set[str] = set()

    def add(self, name: str) -> None:
        """Derive a package's rows; it gets none if the metadata for them is lost."""
        events = self._store.read(package_stream(name))
        package = fold(events)
        if package is None:
            return
        self.owners.add(package.owner)
        with suppress(LookupError):
            self._rows.put(package, events, self._history.of(name))
            self.needed.update(need.on for need in self._rendering.needs(package))
