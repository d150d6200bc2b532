"""Making pages due that no event made due."""

from collections.abc import Sequence
from datetime import timedelta
from itertools import islice

from domain.listing import Entry
from domain.messages import FetchFacts, Page, PageStale
from domain.ports.bus import MessageBus
from domain.ports.catalogue import Catalogue
from domain.ports.clock import Clock
from domain.ports.directory import Directory
from domain.ports.event_log import EventLog
from domain.ports.event_store import EventStore
from domain.streams import PACKAGE, key_of, package_stream

_LATELY = timedelta(days=3)
_AT_ONCE = 100
_OF_A_PACKAGE = (Page.SIMPLE, Page.PROJECT, Page.RELEASES)
_OF_ALL = (Page.ROOT, Page.HOME, Page.STATISTICS, Page.DIRECTORY)


class Upkeep:
    """Publishes messages; whoever handles messages does the work."""

    def __init__(
        self,
        store: EventStore,
        log: EventLog,
        catalogue: Catalogue,
        directory: Directory,
        bus: MessageBus,
        clock: Clock,
    ) -> None:
        self._store = store
        self._log = log
        self._catalogue = catalogue
        self._directory = directory
        self._bus = bus
        self._clock = clock

    def everything_stale(self) -> int:
        """Make every page due, as after a change of settings; returns the number of packages."""
        names = (key_of(stream) for stream in self._log.streams(PACKAGE))
        count = 0
        while some := list(islice(names, _AT_ONCE)):
            # Listings stay what they are, but not the pages that show them.
            self._directory.owe(some)
            self._stale(some)
            count += len(some)
        self._lists_stale()
        return count

    def reconcile(self) -> int:
        """Make the packages due that changed in the last days or whose row is not of their last event.

        Messages can be lost where machines fail for longer than queues remember. Run daily, this bounds how long a
        page can stay stale to a day. Returns the number of packages.
        """
        rows = {entry.name: entry for entry in self._catalogue.entries()}
        names = [name for name in map(key_of, self._log.streams(PACKAGE)) if self._may_lag(name, rows)]
        for start in range(0, len(names), _AT_ONCE):
            self._stale(names[start : start + _AT_ONCE])
        self._lists_stale()
        return len(names)

    def _may_lag(self, name: str, rows: dict[str, Entry]) -> bool:
        row = rows.get(name)
        if row is None or row.changed is None or row.changed > self._clock.now() - _LATELY:
            return True
        return row.stream_version != self._store.version(package_stream(name))

    def _stale(self, names: Sequence[str]) -> None:
        self._bus.publish([PageStale(page, name) for name in names for page in _OF_A_PACKAGE])
        # Nothing is asked where facts are newer than the newest file.
        self._bus.publish([FetchFacts(name) for name in names])

    def _lists_stale(self) -> None:
        """Also where there is no package: the lists show settings too."""
        self._bus.publish([PageStale(page) for page in _OF_ALL])
