"""Keeping what is served about one package equal to what its events say."""

from collections.abc import Mapping, Sequence

from attrs import evolve as changed

from domain.events import Event
from domain.messages import Page, PageStale
from domain.package import Package
from domain.ports.blobs import Blobs
from domain.ports.bus import MessageBus
from domain.ports.caches import Caches
from domain.ports.dependents import DependentsTable, Untold
from domain.ports.event_store import EventStore
from domain.ports.objects import Objects
from domain.streams import package_stream
from domain.usage import Usage
from domain.usecases.keys import installer_keys, people_keys
from domain.usecases.rendering import Rendering
from domain.usecases.rows import Rows
from domain.usecases.settling import Part, Seen, Settling
from domain.usecases.surroundings import Surroundings


class PackagePages:
    """Parts of what is written of one package: files, pages and rows, each as something to settle."""

    def __init__(
        self,
        settling: Settling,
        store: EventStore,
        objects: Objects,
        blobs: Blobs,
        rows: Rows,
        dependents: DependentsTable,
        surroundings: Surroundings,
        bus: MessageBus,
        caches: Caches,
        rendering: Rendering,
    ) -> None:
        self._settling = settling
        self._store = store
        self._objects = objects
        self._blobs = blobs
        self._rows = rows
        self._dependents = dependents
        self._surroundings = surroundings
        self._bus = bus
        self._caches = caches
        self._rendering = rendering

    def refresh(self, name: str, *, anew: bool = False) -> None:
        """Make files, pages for installers and the catalogue's row say what the package's events say."""
        self._settling.package(name, self.for_installers(name, anew=anew))

    def remove(self, name: str) -> None:
        """Remove whatever is served of a package that is withdrawn."""
        self._settling.package(name, self.for_installers(name), self.surroundings(name))

    def for_installers(self, name: str, *, anew: bool = False) -> Part:
        """Files, pages for installers and the catalogue's row.

        Args:
            name: canonical name.
            anew: offer files again that are there already, as their bytes may be damaged.
        """

        def write(package: Package, events: Sequence[Event], _: Usage, seen: Seen) -> None:
            offered = self._rendering.files(package)
            for key, offer in offered.items():
                # What is whole stays: the private copy may be the one that is damaged.
                if key not in seen.files or (anew and self._objects.sha256(key) != offer.sha256):
                    self._blobs.offer(offer.blob, key)
            self._settling.replace(self._rendering.for_installers(package, len(events)), seen.pages)
            for key in seen.files.difference(offered):
                self._objects.delete(key)
            self._forget_spent_blobs(package)
            self._rows.put_entry(package, events)

        return Part(installer_keys(name), write, files_under=f"packages/{name}/")

    def for_people(self, name: str) -> Part:
        """Pages for people and the package's rows; then the lists, and the pages of packages that it needs, are due."""
        untold: list[Untold] = []

        def write(package: Package, events: Sequence[Event], usage: Usage, seen: Seen) -> None:
            # Rows first: whoever founds a package that this one needs finds in them that this page has to change.
            untold[:] = [self._rows.put(package, events, usage)]
            self._replace(package, usage, seen.pages)

        def then() -> None:
            # After the rows: whoever handles these reads them.
            lists = (Page.ROOT, Page.HOME, Page.STATISTICS, Page.DIRECTORY)
            needed = [PageStale(Page.DEPENDENTS, other) for one in untold for other in sorted(one.packages)]
            self._bus.publish([*(PageStale(page) for page in lists), *needed])
            for one in untold:
                if one.packages:
                    self._dependents.told(one)

        return Part(people_keys(name), write, with_usage=True, then=then)

    def rows(self) -> Part:
        """The package's rows alone, as `for_people` writes them. Nothing follows."""

        def write(package: Package, events: Sequence[Event], usage: Usage, _: Seen) -> None:
            self._rows.put(package, events, usage)

        return Part((), write, with_usage=True)

    def surroundings(self, name: str) -> Part:
        """The pages of `for_people`, because something outside of the package changed. Nothing follows."""

        def write(package: Package, _: Sequence[Event], usage: Usage, seen: Seen) -> None:
            self._replace(package, usage, seen.pages)

        return Part(people_keys(name), write, with_usage=True)

    def presence(self, name: str) -> Part:
        """The row that says whether this package is here; then the pages of its dependents are due, which say so."""

        def write(package: Package, events: Sequence[Event], _: Usage, __: Seen) -> None:
            self._rows.put_entry(package, events)

        def then() -> None:
            needs = self._dependents.of(name).needs
            dependents = sorted({one.dependent for one in needs})
            self._bus.publish([PageStale(Page.DEPENDENTS, other) for other in dependents])

        return Part((), write, then=then)

    def without_copies(self, name: str) -> Part:
        """As `for_installers`; then caches drop their copies of the package's files, some of which are gone."""
        # Read before files are removed: what is removed later is another occasion.
        version = self._store.version(package_stream(name))

        def then() -> None:
            self._caches.forget(f"packages/{name}/", f"{package_stream(name)} at {version}")

        return changed(self.for_installers(name), then=then)

    def _replace(self, package: Package, usage: Usage, seen: Mapping[str, str]) -> None:
        around = self._surroundings.of(package)
        self._settling.replace(self._rendering.for_people(package, usage, around), seen)

    def _forget_spent_blobs(self, package: Package) -> None:
        if not package.spent:
            return
        for key in list(self._blobs.keys(f"{package.name}/")):
            filename = key.rpartition("/")[2]
            if filename in package.spent or filename.removesuffix(".metadata") in package.spent:
                self._blobs.remove(key)
