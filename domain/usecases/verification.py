"""Comparing what is served with a replay of the events."""

import hashlib
from collections import defaultdict
from collections.abc import Iterator, Mapping
from enum import StrEnum

from attrs import frozen

from domain.package import fold
from domain.ports.blobs import Blobs
from domain.ports.directory import Listing
from domain.ports.event_log import EventLog
from domain.ports.event_store import EventStore
from domain.ports.facts import FactsTable
from domain.ports.objects import Objects
from domain.search_tree import search_objects
from domain.streams import PACKAGE, key_of, package_stream
from domain.usecases.list_rendering import ListRendering
from domain.usecases.owner_pages import owner_at
from domain.usecases.rendering import Offer, Rendering, labels_of
from domain.usecases.replaying import Replay
from domain.usecases.surroundings import Surroundings
from domain.usecases.usage_history import UsageHistory


class Fault(StrEnum):
    """How an object differs from the replay."""

    MISSING = "missing"
    DIFFERENT = "different"
    STRAY = "stray"
    LOST = "lost"


@frozen
class Difference:
    """An object that is not what the events say. `LOST`: the private copy of the file is damaged too."""

    key: str
    fault: Fault


class Verification:
    """Replays every stream."""

    def __init__(
        self,
        store: EventStore,
        log: EventLog,
        objects: Objects,
        blobs: Blobs,
        history: UsageHistory,
        facts: FactsTable,
        rendering: Rendering,
        list_rendering: ListRendering,
    ) -> None:
        self._store = store
        self._log = log
        self._objects = objects
        self._blobs = blobs
        self._history = history
        self._facts = facts
        self._rendering = rendering
        self._list_rendering = list_rendering

    def names(self) -> Iterator[str]:
        """The canonical names of all packages that ever were."""
        return (key_of(stream) for stream in self._log.streams(PACKAGE))

    def differences(self) -> Iterator[Difference]:
        """Compare every object of the site with a replay."""
        # Listed before any stream is read: what no stream explains then is stray, also while others publish.
        strays = set(self._objects.keys())
        replay = Replay(self._store, self._history, self._rendering)
        replay.add(self.names())
        surroundings = Surroundings(self._store, replay, replay, self._facts, self._rendering)
        for name in self.names():
            events = self._store.read(package_stream(name))
            package = fold(events)
            if package is None:
                continue
            try:
                pages = {
                    **self._rendering.for_installers(package, len(events)),
                    **self._rendering.for_people(package, self._history.of(name), surroundings.of(package)),
                    **self._rendering.releases(package, labels_of(package)),
                }
            except LookupError as lost:
                yield Difference(str(lost.args[0]) if lost.args else name, Fault.LOST)
                pages = {}
            files = self._rendering.files(package)
            yield from self._pages_that_differ(pages)
            yield from self._files_that_differ(files)
            strays.difference_update(pages, files)
        lists = self._lists(replay)
        yield from self._pages_that_differ(lists)
        strays.difference_update(lists)
        yield from (Difference(key, Fault.STRAY) for key in sorted(strays))

    def _lists(self, replay: Replay) -> Mapping[str, bytes]:
        rendering = self._list_rendering
        return {
            **rendering.root(replay.entries),
            **rendering.for_people(replay.entries, replay.rows),
            **rendering.statistics(replay.entries, replay.rows, replay.summaries, self._history.complete_through()),
            **self._owners(replay),
            **rendering.browse(replay.listings),
            **search_objects(replay.listings),
            **rendering.fixed(),
        }

    def _owners(self, replay: Replay) -> Mapping[str, bytes]:
        owned: dict[str, list[Listing]] = defaultdict(list)
        for listing in replay.listings:
            owned[listing.owner].append(listing)
        pages: dict[str, bytes] = {}
        for account, listings in owned.items():
            pages |= self._list_rendering.owner(owner_at(self._store, account), listings)
        return pages

    def _pages_that_differ(self, pages: Mapping[str, bytes]) -> Iterator[Difference]:
        for key, body in pages.items():
            found = self._objects.get(key)
            if found is None:
                yield Difference(key, Fault.MISSING)
            elif found != body:
                yield Difference(key, Fault.DIFFERENT)

    def _files_that_differ(self, files: Mapping[str, Offer]) -> Iterator[Difference]:
        for key, offer in files.items():
            found = self._objects.sha256(key)
            if found == offer.sha256:
                continue
            if not self._is_whole(offer):
                yield Difference(key, Fault.LOST)
            else:
                yield Difference(key, Fault.MISSING if found is None else Fault.DIFFERENT)

    def _is_whole(self, offer: Offer) -> bool:
        try:
            return hashlib.sha256(self._blobs.read(offer.blob)).hexdigest() == offer.sha256
        except LookupError:
            return False
