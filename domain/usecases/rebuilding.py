"""Making everything that is served again."""

import contextlib
from collections.abc import Collection, Iterable, Iterator, Mapping
from hashlib import sha256

from domain.package import fold
from domain.ports.blobs import Blobs
from domain.ports.event_store import EventStore
from domain.ports.objects import Objects
from domain.streams import package_stream
from domain.usecases.directory_pages import DirectoryPages
from domain.usecases.keys import package_in
from domain.usecases.lists import Lists
from domain.usecases.package_pages import PackagePages
from domain.usecases.people_rows import PeopleRows
from domain.usecases.release_pages import ReleasePages
from domain.usecases.rendering import Offer, Rendering
from domain.usecases.rows import Rows
from domain.usecases.settling import Settling
from domain.usecases.table_faults import DEPENDENTS, DIRECTORY, TableFault
from domain.usecases.verification import Difference, Fault, Stage, Told, Verification, untold


class Rebuilding:
    """Derives files, pages and rows from the events."""

    def __init__(
        self,
        verification: Verification,
        store: EventStore,
        objects: Objects,
        blobs: Blobs,
        rendering: Rendering,
        rows: Rows,
        people_rows: PeopleRows,
        settling: Settling,
        packages: PackagePages,
        releases: ReleasePages,
        directory_pages: DirectoryPages,
        lists: Lists,
    ) -> None:
        self._verification = verification
        self._store = store
        self._objects = objects
        self._blobs = blobs
        self._rendering = rendering
        self._rows = rows
        self._people_rows = people_rows
        self._settling = settling
        self._packages = packages
        self._releases = releases
        self._directory_pages = directory_pages
        self._lists = lists

    def rebuild(self, told: Told = untold) -> Iterator[Difference]:
        """Derive everything again, while others read and publish; yields what is lost.

        Whoever stops half way leaves nothing worse than it was, and calls it again. What is right is left alone.
        """
        # Private copies first: all else is made of them. Then rows: pages of others show some of them.
        damaged = {name for name in self._verification.names() if self._restored(name)}
        self._mend_rows(told)
        self._people_rows.mend()
        for name in self._verification.names():
            with contextlib.suppress(LookupError):  # `differences` names what is lost
                self._write(name, anew=name in damaged)
            told(Stage.WRITE)
        self.renew_lists()
        removed = []
        for difference in self._verification.differences(told):
            if difference.fault is Fault.STRAY:
                self._objects.delete(difference.key)
                removed.append(difference.key)
            elif difference.fault is Fault.LOST:
                yield difference
        if removed:
            self._write_what_came_back(removed)

    def renew(self, name: str) -> None:
        """Write a package's pages again, as another software or other settings make them.

        Raises:
            LookupError: bytes of one of its files are lost.
        """
        parts = self._packages.for_installers(name), self._packages.for_people(name), self._releases.of_all(name)
        self._settling.package(name, *parts)

    def renew_lists(self) -> None:
        """Write again what is about all packages."""
        self._lists.ensure_start()
        self._lists.for_installers()
        self._lists.for_people()
        self._lists.statistics()
        self._directory_pages.rewrite()

    def _mend_rows(self, told: Told) -> None:
        try:
            places = _places(self._verification.table_faults(told))
        except ValueError:  # a row cannot be read: all are written, and then there is something to compare
            self._mend({name: {} for name in self._verification.names()})
            places = _places(self._verification.table_faults())
        self._mend(places)

    def _mend(self, places: Mapping[str, Mapping[str, Collection[str]]]) -> None:
        """Write the rows of packages anew; `places` as of `_places`."""
        for name, found in places.items():
            self._rows.forget(name, found.get(DIRECTORY, ()), found.get(DEPENDENTS, ()))
            with contextlib.suppress(LookupError):
                self._settling.package(name, self._packages.rows())

    def _write(self, name: str, *, anew: bool) -> None:
        """Write files and pages of a package. Its rows are right, so nothing follows from it."""
        parts = (
            self._packages.for_installers(name, anew=anew),
            self._packages.surroundings(name),
            self._releases.of_all(name),
        )
        self._settling.package(name, *parts)

    def _write_what_came_back(self, removed: Iterable[str]) -> None:
        """What was stray when it was looked at may have been written since, by whoever published meanwhile."""
        for name in sorted({name for name in map(package_in, removed) if name}):
            with contextlib.suppress(LookupError):
                self._write(name, anew=False)
        self.renew_lists()

    def _restored(self, name: str) -> bool:
        """Replace damaged private copies by served ones that are whole; returns whether a served one is damaged."""
        package = fold(self._store.read(package_stream(name)))
        files = self._rendering.files(package) if package else {}
        damaged = False
        for key, offer in files.items():
            is_served = self._objects.sha256(key) == offer.sha256
            damaged = damaged or not is_served
            if is_served and self._blobs.sha256(offer.blob) != offer.sha256:
                self._restore(offer, self._objects.get(key))
        return damaged

    def _restore(self, offer: Offer, body: bytes | None) -> None:
        """Replace the private copy by these bytes, if they are the file's: others may have removed or replaced it."""
        if body is not None and sha256(body).hexdigest() == offer.sha256:
            self._blobs.remove(offer.blob)
            self._blobs.add_bytes(offer.blob, body)


def _places(faults: Iterable[TableFault]) -> Mapping[str, Mapping[str, Collection[str]]]:
    """By package and table, where parts of its rows stand or should stand. A fault of a whole row adds no place."""
    places: dict[str, dict[str, set[str]]] = {}
    for fault in faults:
        of_package = places.setdefault(fault.name, {})
        if fault.place:
            of_package.setdefault(fault.table, set()).add(fault.place)
    return places
