"""Keeping what is served equal to what the events say."""

from collections.abc import Callable, Mapping, Sequence

from domain.events import Event
from domain.messages import Page, PageStale
from domain.package import Package, fold
from domain.ports.blobs import Blobs
from domain.ports.caches import Caches
from domain.ports.catalogue import Catalogue
from domain.ports.event_store import EventStore
from domain.ports.objects import ObjectChanged, Objects
from domain.ports.publisher import Publisher
from domain.ports.usage_table import UsageTable
from domain.streams import package_stream
from domain.usage import Usage, day_of, is_followed
from domain.usecases.rendering import HOME_KEY, ROOT_KEYS, Rendering, installer_keys, project_key, stats_key
from domain.usecases.unsettled import Unsettled
from domain.usecases.usage_history import UsageHistory, row_of, summary_of

_ROUNDS = 100
_NONE = Usage()


class Site:
    """Writes pages.

    Each write reads the stream again, replaces only the objects that it saw before it read, and looks at the stream
    once more at the end. So of two writers the later state wins whatever their order, messages may repeat and arrive
    late, and a page never falls back behind an answer that was given.
    """

    def __init__(
        self,
        store: EventStore,
        objects: Objects,
        blobs: Blobs,
        catalogue: Catalogue,
        usage_table: UsageTable,
        history: UsageHistory,
        publisher: Publisher,
        caches: Caches,
        rendering: Rendering,
    ) -> None:
        self._store = store
        self._objects = objects
        self._blobs = blobs
        self._catalogue = catalogue
        self._usage_table = usage_table
        self._history = history
        self._publisher = publisher
        self._caches = caches
        self._rendering = rendering

    def handle(self, message: PageStale) -> None:
        """Do what is due."""
        match message:
            case PageStale(Page.SIMPLE, str(name)):
                self.refresh(name)
            case PageStale(Page.PROJECT | Page.DEPENDENTS, str(name)):
                self.describe(name)
            case PageStale(Page.STATS, str(name)):
                self.chart(name)
            case PageStale(Page.FIGURES):
                self.move_figures()
            case PageStale(Page.FILES, str(name)):
                self.forget_copies(name)
            case PageStale(Page.ROOT):
                self.list_for_installers()
            case PageStale(Page.HOME):
                self.list_for_people()
            case PageStale(page):
                raise ValueError(f"a stale {page} page needs a name")

    def refresh(self, name: str, *, anew: bool = False) -> None:
        """Make files, pages for installers and the catalogue's row say what the package's events say.

        Args:
            name: canonical name.
            anew: offer files again that are there already, as their bytes may be damaged.
        """

        def write(
            package: Package, events: Sequence[Event], _: Usage, seen: Mapping[str, str], files_seen: frozenset[str]
        ) -> None:
            offered = self._rendering.files(package)
            for key, offer in offered.items():
                if anew or key not in files_seen:
                    self._blobs.offer(offer.blob, key)
            self._replace(self._rendering.for_installers(package, len(events)), seen)
            for key in files_seen.difference(offered):
                self._objects.delete(key)
            self._forget_spent_blobs(package)
            self._catalogue.put(self._rendering.entry(package, events))

        self._settle(name, installer_keys(name), write, files_under=f"packages/{name}/")

    def describe(self, name: str) -> None:
        """Make the page for people say what the package's events say, and lists of all packages due."""

        def write(
            package: Package, events: Sequence[Event], usage: Usage, seen: Mapping[str, str], _: frozenset[str]
        ) -> None:
            self._replace(self._rendering.for_people(package, usage), seen)
            self._catalogue.put(self._rendering.entry(package, events))

        self._settle(name, (project_key(name), stats_key(name)), write, with_usage=True)
        # After the row: whoever handles these reads it.
        self._publisher.publish([PageStale(Page.ROOT), PageStale(Page.HOME)])

    def chart(self, name: str) -> None:
        """Make the package's figures say what its usage is, and the lists that show some of them due."""

        def write(
            package: Package, _: Sequence[Event], usage: Usage, seen: Mapping[str, str], __: frozenset[str]
        ) -> None:
            self._replace(self._rendering.stats(package, usage), seen)
            row = row_of(name, usage)
            if row:
                self._usage_table.put(row, summary_of(usage))

        self._settle(name, (stats_key(name),), write, with_usage=True)
        self._publisher.publish([PageStale(Page.HOME)])

    def move_figures(self) -> None:
        """Another day is finished: make due what shows figures of the last days, and no more than that."""
        end = self._history.complete_through()
        if end is None:
            return
        # Whatever shows something of the last days, or would; another page is settled and stays as it is.
        moving = {row.name for row in self._usage_table.rows() if row.last_30_days or is_followed(row.latest, end)}
        moving |= {
            row.name for row in self._catalogue.entries() if row.updated and is_followed(day_of(row.updated), end)
        }
        pages = [PageStale(page, name) for name in sorted(moving) for page in (Page.STATS, Page.PROJECT)]
        self._publisher.publish([*pages, PageStale(Page.HOME)])

    def forget_copies(self, name: str) -> None:
        """Be sure that nobody is served a file from a cache that is gone from the site."""
        # Read before the files are removed: whoever removes more later has another occasion.
        version = self._store.version(package_stream(name))
        self.refresh(name)
        self._caches.forget(f"packages/{name}/", f"{package_stream(name)} at {version}")

    def list_for_installers(self) -> None:
        """Write the list of all projects for installers."""
        self._list(ROOT_KEYS, lambda: self._rendering.root(self._catalogue.entries()))

    def list_for_people(self) -> None:
        """Write the home page."""
        self._list((HOME_KEY,), lambda: self._rendering.home(self._catalogue.entries(), self._usage_table.rows()))

    def ensure_start(self) -> None:
        """Write what every site has: what is fixed, and the home page and the list if they are not there."""
        for key, body in self._rendering.fixed().items():
            self._objects.put(key, body)
        if not all(self._objects.etag(key) for key in ROOT_KEYS):
            self.list_for_installers()
        if not self._objects.etag(HOME_KEY):
            self.list_for_people()

    def forget_old_assets(self) -> None:
        """Remove style sheets that no page refers to any more, once all pages are written with the present ones."""
        present = self._rendering.fixed()
        for key in list(self._objects.keys("static/")):
            if key not in present:
                self._objects.delete(key)

    def _settle(
        self,
        name: str,
        keys: Sequence[str],
        write: Callable[[Package, Sequence[Event], Usage, Mapping[str, str], frozenset[str]], None],
        files_under: str | None = None,
        *,
        with_usage: bool = False,
    ) -> None:
        stream = package_stream(name)
        for _ in range(_ROUNDS):
            # First the objects, then the stream: what is there and not in the state is then stale for certain.
            seen = {key: self._objects.etag(key) for key in keys}
            files_seen = frozenset(self._objects.keys(files_under)) if files_under else frozenset()
            usage = self._history.of(name) if with_usage else _NONE
            events = self._store.read(stream)
            package = fold(events)
            if package is None:
                return
            try:
                write(package, events, usage, seen, files_seen)
            except (ObjectChanged, LookupError):
                # Another writer was faster, or removed the blob of a file that is deleted meanwhile.
                if self._store.version(stream) == len(events) and self._unchanged(seen):
                    raise
                continue
            if self._store.version(stream) == len(events) and (
                not with_usage or self._history.stamp(name) == usage.stamp
            ):
                return
        raise Unsettled(f"{stream} keeps changing")

    def _list(self, keys: Sequence[str], render: Callable[[], Mapping[str, bytes]]) -> None:
        for _ in range(_ROUNDS):
            seen = {key: self._objects.etag(key) for key in keys}
            try:
                self._replace(render(), seen)
            except ObjectChanged:
                continue
            return
        raise Unsettled(f"{keys[0]} keeps changing")

    def _replace(self, bodies: Mapping[str, bytes], seen: Mapping[str, str]) -> None:
        for key, body in bodies.items():
            self._objects.put(key, body, if_match=seen[key])
        for key in seen.keys() - bodies.keys():
            self._objects.delete(key)

    def _unchanged(self, seen: Mapping[str, str]) -> bool:
        return all(self._objects.etag(key) == etag for key, etag in seen.items())

    def _forget_spent_blobs(self, package: Package) -> None:
        if not package.spent:
            return
        for key in list(self._blobs.keys(f"{package.name}/")):
            filename = key.rpartition("/")[2]
            if filename in package.spent or filename.removesuffix(".metadata") in package.spent:
                self._blobs.remove(key)
