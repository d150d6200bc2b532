"""Making pages due that no event made due."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from itertools import islice

from attrs import frozen

from domain.events import Recorded
from domain.messages import FetchFacts, Message, Page, PageStale
from domain.ports.bus import MessageBus
from domain.ports.catalogue import Catalogue
from domain.ports.clock import Clock
from domain.ports.directory import Directory
from domain.ports.event_log import EventLog
from domain.ports.event_store import EventStore
from domain.reactions import react
from domain.streams import PACKAGE, key_of, package_stream

_LATELY = timedelta(days=3)
_AT_ONCE = 100
_OF_A_PACKAGE = (Page.SIMPLE, Page.PROJECT, Page.RELEASES)
_OF_ALL = (Page.ROOT, Page.HOME, Page.STATISTICS, Page.DIRECTORY)
_ELSEWHERE = (Page.NEEDED, Page.FILES)
"""What follows from some events only, beside the package's own pages: pages of others, and copies that caches keep."""


@frozen
class _Row:
    """What is known of a package's row; of a hundred thousand together little enough for a small function."""

    version: int = 0
    changed: datetime | None = None


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
        page can stay stale, and a cache can serve what was removed, to a day. Returns the number of packages.
        """
        rows = {entry.name: _Row(entry.stream_version, entry.changed) for entry in self._catalogue.entries()}
        since = self._clock.now() - _LATELY
        names = self._lagging(rows, since)
        pieces = [names[start : start + _AT_ONCE] for start in range(0, len(names), _AT_ONCE)]
        for some in pieces:
            self._stale(some)
        self._lists_stale()
        # Last, as streams are read for it: that may fail, or take longer than a function has, and all pages are due.
        for some in pieces:
            self._bus.publish([due for name in some for due in self._elsewhere(name, rows.get(name, _Row()), since)])
        return len(names)

    def _lagging(self, rows: Mapping[str, _Row], since: datetime) -> Sequence[str]:
        """The packages whose row is of the last days, or not of their last event, in the order of names."""
        names = [key_of(stream) for stream in self._log.streams(PACKAGE)]
        quiet = {name: row for name, row in rows.items() if row.changed is not None and row.changed <= since}
        longer = self._store.longer({package_stream(name): quiet[name].version for name in names if name in quiet})
        return [name for name in names if name not in quiet or package_stream(name) in longer]

    def _elsewhere(self, name: str, row: _Row, since: datetime) -> Sequence[Message]:
        """What is due elsewhere because of the events of the last days, and of those that the row does not show."""
        stream = package_stream(name)
        recorded = (Recorded(stream, version, event) for version, event in enumerate(self._store.read(stream), 1))
        lately = (each for each in recorded if each.event.at > since or each.version > row.version)
        due = {message for each in lately for message in react(each)}
        return [message for message in (PageStale(page, name) for page in _ELSEWHERE) if message in due]

    def _stale(self, names: Sequence[str]) -> None:
        self._bus.publish([PageStale(page, name) for name in names for page in _OF_A_PACKAGE])
        # Nothing is asked where facts are newer than the newest file.
        self._bus.publish([FetchFacts(name) for name in names])

    def _lists_stale(self) -> None:
        """Also where there is no package: the lists show settings too."""
        self._bus.publish([PageStale(page) for page in _OF_ALL])
