"""Every port's contract runs against every world: a new world is one more line in `WORLDS`."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, closing
from functools import cached_property
from pathlib import Path
from typing import Protocol

import pytest

from adapters.local.blobs import FolderBlobs
from adapters.local.catalogue import SqliteCatalogue
from adapters.local.database import Database
from adapters.local.event_log import SqliteEventLog
from adapters.local.event_store import SqliteEventStore
from adapters.local.objects import FolderObjects
from adapters.local.publisher import SqlitePublisher
from adapters.local.sessions import SqliteSessions
from adapters.local.staging import FolderStaging
from adapters.memory.blobs import MemoryBlobs
from adapters.memory.catalogue import MemoryCatalogue
from adapters.memory.event_log import MemoryEventLog
from adapters.memory.event_store import MemoryEventStore
from adapters.memory.objects import MemoryObjects
from adapters.memory.publisher import MemoryPublisher
from adapters.memory.sessions import MemorySessions
from adapters.memory.staging import MemoryStaging
from domain.messages import Message
from domain.ports.blobs import Blobs
from domain.ports.catalogue import Catalogue
from domain.ports.event_log import EventLog
from domain.ports.event_store import EventStore
from domain.ports.objects import Objects
from domain.ports.publisher import Publisher
from domain.ports.sessions import Sessions
from domain.ports.staging import Staging


class World(Protocol):
    """The ports of one world, empty. `waiting` are the messages that will be delivered."""

    @property
    def store(self) -> EventStore: ...
    @property
    def log(self) -> EventLog: ...
    @property
    def objects(self) -> Objects: ...
    @property
    def blobs(self) -> Blobs: ...
    @property
    def catalogue(self) -> Catalogue: ...
    @property
    def publisher(self) -> Publisher: ...
    @property
    def sessions(self) -> Sessions: ...
    @property
    def staging(self) -> Staging: ...
    def waiting(self) -> Sequence[Message]: ...
    def close(self) -> None: ...


class Memory:
    def __init__(self, _: Path) -> None:
        self.store = MemoryEventStore()
        self.log = MemoryEventLog(self.store)
        self.objects = MemoryObjects()
        self.blobs = MemoryBlobs(self.objects)
        self.catalogue = MemoryCatalogue()
        self.publisher = MemoryPublisher()
        self.sessions = MemorySessions()
        self.staging = MemoryStaging()

    def waiting(self) -> Sequence[Message]:
        return self.publisher.waiting()

    def close(self) -> None:
        pass


class Local:
    """Makes what a test asks for: a database takes time."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._opened = ExitStack()

    @cached_property
    def database(self) -> Database:
        return self._opened.enter_context(closing(Database(self._folder / "events.db")))

    @cached_property
    def store(self) -> SqliteEventStore:
        return SqliteEventStore(self.database)

    @cached_property
    def log(self) -> SqliteEventLog:
        return SqliteEventLog(self.database)

    @cached_property
    def objects(self) -> FolderObjects:
        return FolderObjects(self._folder / "site", self._folder / "tmp")

    @cached_property
    def blobs(self) -> FolderBlobs:
        return FolderBlobs(self._folder / "blobs", self.objects)

    @cached_property
    def catalogue(self) -> SqliteCatalogue:
        return SqliteCatalogue(self.database)

    @cached_property
    def publisher(self) -> SqlitePublisher:
        return SqlitePublisher(self.database)

    @cached_property
    def sessions(self) -> SqliteSessions:
        return SqliteSessions(self.database)

    @cached_property
    def staging(self) -> FolderStaging:
        return FolderStaging(self._folder / "tmp")

    def waiting(self) -> Sequence[Message]:
        return self.publisher.waiting()

    def close(self) -> None:
        self._opened.close()


WORLDS: dict[str, Callable[[Path], World]] = {
    "memory": Memory,
    "local": Local,
}


@pytest.fixture(params=WORLDS)
def world(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[World]:
    with closing(WORLDS[request.param](tmp_path)) as opened:
        yield opened


@pytest.fixture(params=[Memory, Local])
def followed(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Memory | Local]:
    """A world whose log tells what is new; others are told by their services."""
    with closing(request.param(tmp_path)) as opened:
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
def sessions(world: World) -> Sessions:
    return world.sessions


@pytest.fixture
def staging(world: World) -> Staging:
    return world.staging


@pytest.fixture
def waiting(world: World) -> Callable[[], Sequence[Message]]:
    return world.waiting
