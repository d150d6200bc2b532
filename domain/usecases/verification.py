"""Comparing what is served with a replay of the events, and making it equal again."""

import contextlib
import hashlib
from collections.abc import Iterable, Iterator, Mapping
from enum import StrEnum

from attrs import frozen

from domain.messages import CountDownloads, FetchFacts, Message, Page, PageStale
from domain.package import fold
from domain.ports.blobs import Blobs
from domain.ports.catalogue import Entry
from domain.ports.event_log import EventLog
from domain.ports.event_store import EventStore
from domain.ports.objects import Objects
from domain.ports.usage_table import UsageRow
from domain.streams import PACKAGE, key_of, package_stream
from domain.usecases.rendering import HOME_KEY, ROOT_KEYS, Offer, Rendering, installer_keys, project_key, stats_key
from domain.usecases.site import Site
from domain.usecases.usage_history import UsageHistory, row_of


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


def is_due(key: str, messages: Iterable[Message]) -> bool:
    """Whether the object is known to be stale, so that a difference is no fault yet."""
    return any(_is_due_by(key, message) for message in messages)


def _is_due_by(key: str, message: Message) -> bool:
    match message:
        case PageStale(Page.SIMPLE | Page.FILES, str(name)):
            return key in installer_keys(name) or key.startswith(f"packages/{name}/")
        case PageStale(Page.PROJECT | Page.DEPENDENTS, str(name)):
            return key in (project_key(name), stats_key(name), HOME_KEY, *ROOT_KEYS)
        case PageStale(Page.STATS, str(name)):
            return key in (stats_key(name), HOME_KEY)
        case PageStale(Page.FIGURES):
            return key == HOME_KEY or key.startswith(("project/", "stats/"))
        case PageStale(Page.ROOT):
            return key in ROOT_KEYS
        case PageStale(Page.HOME):
            return key == HOME_KEY
        case PageStale() | CountDownloads() | FetchFacts():
            return False


class Verification:
    """Replays every stream."""

    def __init__(
        self,
        store: EventStore,
        log: EventLog,
        objects: Objects,
        blobs: Blobs,
        history: UsageHistory,
        rendering: Rendering,
        site: Site,
    ) -> None:
        self._store = store
        self._log = log
        self._objects = objects
        self._blobs = blobs
        self._history = history
        self._rendering = rendering
        self._site = site

    def names(self) -> Iterator[str]:
        """The canonical names of all packages that ever were."""
        return (key_of(stream) for stream in self._log.streams(PACKAGE))

    def differences(self) -> Iterator[Difference]:
        """Compare every object of the site with a replay."""
        # Listed before any stream is read: what no stream explains then is stray, also while others publish.
        strays = set(self._objects.keys())
        entries: list[Entry] = []
        rows: list[UsageRow] = []
        for name in self.names():
            events = self._store.read(package_stream(name))
            package = fold(events)
            if package is None:
                continue
            serial, usage = len(events), self._history.of(name)
            rows += filter(None, (row_of(name, usage),))
            try:
                entries.append(self._rendering.entry(package, events))
                pages = {
                    **self._rendering.for_installers(package, serial),
                    **self._rendering.for_people(package, usage),
                }
            except LookupError as lost:
                yield Difference(str(lost.args[0]) if lost.args else name, Fault.LOST)
                pages = {}
            files = self._rendering.files(package)
            yield from self._pages_that_differ(pages)
            yield from self._files_that_differ(files)
            strays.difference_update(pages, files)
        common = {**self._rendering.root(entries), **self._rendering.home(entries, rows), **self._rendering.fixed()}
        yield from self._pages_that_differ(common)
        strays.difference_update(common)
        yield from (Difference(key, Fault.STRAY) for key in sorted(strays))

    def rebuild(self) -> Iterator[str]:
        """Derive everything again; yields each package's name when it is done, also if its bytes are lost."""
        for name in self.names():
            with contextlib.suppress(LookupError):  # `differences` names what is lost
                self._site.refresh(name, anew=True)
                self._site.describe(name)
                self._site.chart(name)
            yield name
        self._site.ensure_start()
        self._site.list_for_installers()
        self._site.list_for_people()
        for difference in self.differences():
            if difference.fault is Fault.STRAY:
                self._objects.delete(difference.key)

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
