"""Comparing what is served with a replay of the events."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from enum import StrEnum

from attrs import frozen

from domain.browse import pages_of
from domain.package import fold
from domain.ports.blobs import Blobs
from domain.ports.details import Details, detail_key
from domain.ports.event_log import EventLog
from domain.ports.event_store import EventStore
from domain.ports.facts import FactsTable
from domain.ports.objects import Objects
from domain.ports.replicas import Replica, Replicas, Tables
from domain.search_tree import ROOTS, Shape, bits_of, leaf_json, leaf_key, leaves_of, map_key, shape_json
from domain.streams import PACKAGE, key_of, package_stream
from domain.usecases.directory_reading import listings_between, names_of, pieces_of
from domain.usecases.keys import installer_keys, people_keys, release_key
from domain.usecases.list_rendering import ListRendering
from domain.usecases.owners import owner_at
from domain.usecases.people_rows import PeopleRows
from domain.usecases.rendering import Offer, Rendering, labels_of
from domain.usecases.replaying import Replay
from domain.usecases.surroundings import Surroundings
from domain.usecases.table_faults import TABLES, TableFault, table_faults
from domain.usecases.usage_history import UsageHistory

BLOBS = "blobs/"
"""What damaged private copies are called; no key of the site begins so."""
DETAILS = "usage/"
"""What damaged details of downloads are called; no key of the site begins so."""


class Fault(StrEnum):
    """How something differs from the replay."""

    MISSING = "missing"
    DIFFERENT = "different"
    STRAY = "stray"
    LOST = "lost"
    UNSAFE = "unsafe"


@frozen
class Difference:
    """An object, a row or a blob that is not what the events say.

    Attributes:
        key: of the object; with `TABLES`, `BLOBS` or `DETAILS` in front of it, if it is none of the site's.
        fault: `UNSAFE`: of the file's two copies only the served one is whole. `LOST`: neither is, or it is a detail.
    """

    key: str
    fault: Fault


class Stage(StrEnum):
    """What is being done, a package at a time."""

    REPLAY = "Replaying"
    WRITE = "Writing"
    COMPARE = "Comparing"


Told = Callable[[Stage], None]
"""Called when a package is done."""


def untold(_: Stage) -> None:
    """Nobody wants to know."""


class Verification:
    """Replays every stream, in room that does not grow with their number."""

    def __init__(
        self,
        store: EventStore,
        log: EventLog,
        objects: Objects,
        blobs: Blobs,
        details: Details,
        tables: Tables,
        replicas: Replicas,
        history: UsageHistory,
        facts: FactsTable,
        people_rows: PeopleRows,
        rendering: Rendering,
        list_rendering: ListRendering,
    ) -> None:
        self._store = store
        self._log = log
        self._objects = objects
        self._blobs = blobs
        self._details = details
        self._tables = tables
        self._replicas = replicas
        self._history = history
        self._facts = facts
        self._people_rows = people_rows
        self._rendering = rendering
        self._list_rendering = list_rendering

    def names(self) -> Iterator[str]:
        """The canonical names of all packages that ever were."""
        return (key_of(stream) for stream in self._log.streams(PACKAGE))

    def table_faults(self, told: Told = untold) -> Iterator[TableFault]:
        """Compare every row with a replay.

        Raises:
            ValueError: a row cannot be read.
        """
        with self._replica(told) as (replica, replay):
            yield from table_faults(self._tables, replica.tables, replay.owners, replay.needed)

    def differences(self, told: Told = untold) -> Iterator[Difference]:
        """Compare every object of the site, every blob, every detail and every row with a replay."""
        with self._replica(told) as (replica, replay):
            yield from self._rows_that_differ(replica, replay)
            surroundings = Surroundings(
                self._store, replica.tables.catalogue, replica.tables.dependents, self._facts, self._rendering
            )
            for name in self.names():
                yield from self._of_package(name, surroundings, replica)
                told(Stage.COMPARE)
            for pages in self._lists(replica.tables, replay):
                yield from self._pages_that_differ(pages)
                replica.keys.discard(pages)
            yield from (Difference(key, Fault.STRAY) for key in replica.keys)
            for day in sorted(replay.days):
                # Listed after the figures were read: a detail is there before the figures that it explains.
                replica.details.discard(detail_key(name, day) for name in self._details.whole(day))
            yield from (Difference(f"{DETAILS}{key}", Fault.LOST) for key in replica.details)

    @contextmanager
    def _replica(self, told: Told) -> Iterator[tuple[Replica, Replay]]:
        with self._replicas.opened() as replica:
            # Listed before any stream is read: what no stream explains then is stray, also while others publish.
            replica.keys.add(self._objects.keys())
            replay = Replay(self._store, self._history, self._rendering, replica)
            for name in self.names():
                replay.add(name)
                told(Stage.REPLAY)
            yield replica, replay

    def _rows_that_differ(self, replica: Replica, replay: Replay) -> Iterator[Difference]:
        try:
            found = {
                (fault.table, fault.name): fault
                for fault in table_faults(self._tables, replica.tables, replay.owners, replay.needed)
            }
            yield from (_of_row(fault) for _, fault in sorted(found.items()))
            yield from map(_of_row, self._people_rows.faults())
        except ValueError as damaged:
            yield Difference(f"{TABLES}: {damaged}", Fault.DIFFERENT)

    def _of_package(self, name: str, surroundings: Surroundings, replica: Replica) -> Iterator[Difference]:
        events = self._store.read(package_stream(name))
        package = fold(events)
        if package is None:
            return
        labels = labels_of(package)
        # Where the metadata is lost nothing can be said of its pages, and the blob's difference says why.
        known = [*installer_keys(name), *people_keys(name), *(release_key(name, label) for label in labels)]
        with suppress(LookupError):
            pages = {
                **self._rendering.for_installers(package, len(events)),
                **self._rendering.for_people(package, self._history.of(name), surroundings.of(package)),
                **self._rendering.releases(package, labels),
            }
            yield from self._pages_that_differ(pages)
            known = list(pages)
        served = {offer: key for key, offer in self._rendering.files(package).items()}
        for offer in self._rendering.kept(package):
            yield from self._copies_that_differ(offer, served.get(offer))
        replica.keys.discard((*known, *served.values()))

    def _copies_that_differ(self, offer: Offer, key: str | None) -> Iterator[Difference]:
        """The private copy of a file or of its metadata, and the served one if there is to be one."""
        served = self._objects.sha256(key) if key else None
        if self._blobs.sha256(offer.blob) != offer.sha256:
            is_served = served == offer.sha256
            own = f"{BLOBS}{offer.blob}"
            yield Difference(own, Fault.UNSAFE) if is_served else Difference(key or own, Fault.LOST)
        elif key and served != offer.sha256:
            yield Difference(key, Fault.MISSING if served is None else Fault.DIFFERENT)

    def _lists(self, tables: Tables, replay: Replay) -> Iterator[Mapping[str, bytes]]:
        """All objects that are about many packages, some at a time."""
        rendering, directory = self._list_rendering, tables.directory
        yield rendering.fixed()
        yield rendering.root(tables.catalogue)
        yield rendering.for_people(tables.catalogue, tables.usage_table)
        yield rendering.statistics(tables.catalogue, tables.usage_table, self._history.complete_through())
        for owner in sorted(replay.owners):
            yield rendering.owner(owner_at(self._store, owner), directory.owned_by(owner))
        for prefix, names in pages_of(list(names_of(directory))):
            yield rendering.browse(prefix, listings_between(directory, names[0], names[-1]))
        for root in ROOTS:
            shape: list[str] = []
            for node, postings in pieces_of(directory, bits_of(root)):
                leaves = leaves_of(node, postings)
                shape += leaves
                yield {leaf_key(leaf): leaf_json(found) for leaf, found in leaves.items()}
            yield {map_key(root): shape_json(Shape(root, tuple(shape)))}

    def _pages_that_differ(self, pages: Mapping[str, bytes]) -> Iterator[Difference]:
        for key, body in pages.items():
            found = self._objects.get(key)
            if found is None:
                yield Difference(key, Fault.MISSING)
            elif found != body:
                yield Difference(key, Fault.DIFFERENT)


def _of_row(fault: TableFault) -> Difference:
    kind = Fault.MISSING if not fault.is_there else Fault.DIFFERENT if fault.is_due else Fault.STRAY
    return Difference(f"{TABLES}{fault.table}/{fault.name}", kind)
