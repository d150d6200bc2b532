"""Every port's contract runs against every world: a new world is one more line in `WORLDS`."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from functools import partial
from pathlib import Path

import pytest
from attrs import frozen

from adapters.local.blobs import FolderBlobs
from adapters.local.catalogue import SqliteCatalogue
from adapters.local.database import Database
from adapters.local.event_log import SqliteEventLog
from adapters.local.event_store import SqliteEventStore
from adapters.local.objects import FolderObjects
from adapters.local.publisher import SqlitePublisher
from adapters.memory.blobs import MemoryBlobs
from adapters.memory.catalogue import MemoryCatalogue
from adapters.memory.event_log import MemoryEventLog
from adapters.memory.event_store import MemoryEventStore
from adapters.memory.objects import MemoryObjects
from adapters.memory.publisher import MemoryPublisher
from domain.messages import Message
from domain.ports.blobs import Blobs
from domain.ports.catalogue import Catalogue
from domain.ports.event_log import EventLog
from domain.ports.event_store import EventStore
from domain.ports.objects import Objects
from domain.ports.publisher import Publisher


@frozen
class World:
    """The ports of one world, empty. `waiting` are the messages that will be delivered."""

    store: EventStore
    log: EventLog
    objects: Objects
    blobs: Blobs
    catalogue: Catalogue
    publisher: Publisher
    waiting: Callable[[], Sequence[Message]]


@contextmanager
def _memory(_: Path) -> Iterator[World]:
    store, objects, publisher = MemoryEventStore(), MemoryObjects(), MemoryPublisher()
    yield World(
        store=store,
        log=MemoryEventLog(store),
        objects=objects,
        blobs=MemoryBlobs(objects),
        catalogue=MemoryCatalogue(),
        publisher=publisher,
        waiting=publisher.waiting,
    )


@contextmanager
def _local(folder: Path, *, hard_links: bool) -> Iterator[World]:
    database = Database(folder / "events.db")
    objects, publisher = FolderObjects(folder / "site", folder / "tmp"), SqlitePublisher(database)
    try:
        yield World(
            store=SqliteEventStore(database),
            log=SqliteEventLog(database),
            objects=objects,
            blobs=FolderBlobs(folder / "blobs", objects, hard_links=hard_links),
            catalogue=SqliteCatalogue(database),
            publisher=publisher,
            waiting=publisher.waiting,
        )
    finally:
        database.close()


WORLDS: dict[str, Callable[[Path], AbstractContextManager[World]]] = {
    "memory": _memory,
    "local": partial(_local, hard_links=False),
    "local-with-links": partial(_local, hard_links=True),
}


@pytest.fixture(params=WORLDS)
def world(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[World]:
    with WORLDS[request.param](tmp_path) as opened:
        yield opened


@pytest.fixture
def store(world: World) -> EventStore:
    return world.store


@pytest.fixture
def log(world: World) -> EventLog:
    return world.log


@pytest.fixture
def objects(world: World) -> Objects:
    return world.objects


@pytest.fixture
def blobs(world: World) -> Blobs:
    return world.blobs


@pytest.fixture
def catalogue(world: World) -> Catalogue:
    return world.catalogue


@pytest.fixture
def publisher(world: World) -> Publisher:
    return world.publisher


@pytest.fixture
def waiting(world: World) -> Callable[[], Sequence[Message]]:
    return world.waiting
