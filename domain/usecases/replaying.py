"""What every package adds to lists and to the pages of others, derived from all streams again."""

from contextlib import suppress

from domain.package import fold
from domain.ports.details import detail_key
from domain.ports.event_store import EventStore
from domain.ports.replicas import Replica
from domain.streams import package_stream
from domain.usecases.rendering import Rendering
from domain.usecases.rows import Rows
from domain.usecases.usage_history import UsageHistory


class Replay:
    """Fills the tables of a replica, and says which details there have to be.

    Attributes:
        owners: accounts that own a package.
        needed: canonical names of all that packages need, here or not.
        days: on which something was downloaded.
    """

    def __init__(self, store: EventStore, history: UsageHistory, rendering: Rendering, replica: Replica) -> None:
        self._store = store
        self._history = history
        self._rendering = rendering
        self._rows = Rows(replica.tables, rendering)
        self._details = replica.details
        self.owners: set[str] = set()
        self.needed: set[str] = set()
        self.days: set[str] = set()

    def add(self, name: str) -> None:
        """Derive a package's rows; it gets none if the metadata for them is lost."""
        events = self._store.read(package_stream(name))
        package = fold(events)
        if package is None:
            return
        self.owners.add(package.owner)
        usage = self._history.of(name)
        days = [figures.day for figures in usage.days if figures.downloads]
        self._details.add(detail_key(name, day) for day in days)
        self.days.update(days)
        with suppress(LookupError):
            self._rows.put(package, events, usage)
            self.needed.update(need.on for need in self._rendering.needs(package))
