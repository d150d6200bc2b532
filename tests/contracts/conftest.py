"""Every port's contract runs against every world.

The world on AWS is there twice: in this process (moto), where nothing may happen at the same time, and on an emulator
that is slower and isolates transactions (MiniStack, marked `emulator`), where everything runs.
"""

from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, closing, contextmanager
from functools import cache, cached_property
from pathlib import Path
from typing import Any, Protocol
from uuid import uuid4

import pytest

from adapters.aws.blobs import S3Blobs
from adapters.aws.build_logs import S3BuildLogs
from adapters.aws.bus import SnsBus
from adapters.aws.catalogue import DynamoCatalogue
from adapters.aws.dependents import DynamoDependents
from adapters.aws.details import S3Details
from adapters.aws.directory import DynamoDirectory
from adapters.aws.event_log import DynamoEventLog
from adapters.aws.event_store import DynamoEventStore
from adapters.aws.facts import DynamoFactsTable
from adapters.aws.objects import S3Objects
from adapters.aws.sessions import DynamoSessions
from adapters.aws.staging import S3Staging
from adapters.aws.submission_table import DynamoSubmissionTable
from adapters.aws.trust_table import DynamoTrustTable
from adapters.aws.usage_table import DynamoUsageTable
from adapters.clock import SystemClock
from adapters.codec import decode_message
from adapters.local.blobs import FolderBlobs
from adapters.local.build_logs import FolderBuildLogs
from adapters.local.bus import SqliteBus
from adapters.local.catalogue import SqliteCatalogue
from adapters.local.database import Database
from adapters.local.dependents import SqliteDependents
from adapters.local.details import FolderDetails
from adapters.local.directory import SqliteDirectory
from adapters.local.event_log import SqliteEventLog, recorded_after
from adapters.local.event_store import SqliteEventStore
from adapters.local.facts import SqliteFactsTable
from adapters.local.objects import FolderObjects
from adapters.local.sessions import SqliteSessions
from adapters.local.staging import FolderStaging
from adapters.local.submission_table import SqliteSubmissionTable
from adapters.local.trust_table import SqliteTrustTable
from adapters.local.usage_table import SqliteUsageTable
from adapters.memory.blobs import MemoryBlobs
from adapters.memory.build_logs import MemoryBuildLogs
from adapters.memory.bus import MemoryBus
from adapters.memory.catalogue import MemoryCatalogue
from adapters.memory.dependents import MemoryDependents
from adapters.memory.details import MemoryDetails
from adapters.memory.directory import MemoryDirectory
from adapters.memory.event_log import MemoryEventLog
from adapters.memory.event_store import MemoryEventStore
from adapters.memory.facts import MemoryFactsTable
from adapters.memory.objects import MemoryObjects
from adapters.memory.sessions import MemorySessions
from adapters.memory.staging import MemoryStaging
from adapters.memory.submission_table import MemorySubmissionTable
from adapters.memory.trust_table import MemoryTrustTable
from adapters.memory.usage_table import MemoryUsageTable
from domain.events import Recorded
from domain.messages import Message
from domain.ports.blobs import Blobs
from domain.ports.build_logs import BuildLogs
from domain.ports.bus import MessageBus
from domain.ports.catalogue import Catalogue
from domain.ports.dependents import DependentsTable
from domain.ports.details import Details
from domain.ports.directory import Directory
from domain.ports.event_log import EventLog
from domain.ports.event_store import EventStore
from domain.ports.facts import FactsTable
from domain.ports.objects import Objects
from domain.ports.sessions import Sessions
from domain.ports.staging import Staging
from domain.ports.submission_table import SubmissionTable
from domain.ports.trust_table import TrustTable
from domain.ports.usage_table import UsageTable
from tests.aws import Clients, account, client, make_bucket, make_table, make_topic
from tests.emulator.ministack import MiniStack


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
    def bus(self) -> MessageBus: ...
    @property
    def sessions(self) -> Sessions: ...
    @property
    def staging(self) -> Staging: ...
    @property
    def details(self) -> Details: ...
    @property
    def trust_table(self) -> TrustTable: ...
    @property
    def usage_table(self) -> UsageTable: ...
    @property
    def directory(self) -> Directory: ...
    @property
    def dependents(self) -> DependentsTable: ...
    @property
    def facts_table(self) -> FactsTable: ...
    @property
    def submission_table(self) -> SubmissionTable: ...
    @property
    def build_logs(self) -> BuildLogs: ...
    def waiting(self) -> Sequence[Message]: ...


class Memory:
    def __init__(self) -> None:
        self.store = MemoryEventStore()
        self.log = MemoryEventLog(self.store)
        self.objects = MemoryObjects()
        self.blobs = MemoryBlobs(self.objects)
        self.catalogue = MemoryCatalogue()
        self.bus = MemoryBus()
        self.sessions = MemorySessions()
        self.staging = MemoryStaging()
        self.details = MemoryDetails()
        self.trust_table = MemoryTrustTable()
        self.usage_table = MemoryUsageTable()
        self.directory = MemoryDirectory()
        self.dependents = MemoryDependents()
        self.facts_table = MemoryFactsTable()
        self.submission_table = MemorySubmissionTable()
        self.build_logs = MemoryBuildLogs()

    def waiting(self) -> Sequence[Message]:
        return self.bus.waiting()

    def events_after(self, position: int, limit: int = 1000) -> tuple[Sequence[Recorded], int]:
        recorded = self.store.recorded(position, limit)
        return recorded, position + len(recorded)


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
    def bus(self) -> SqliteBus:
        return SqliteBus(self.database)

    @cached_property
    def sessions(self) -> SqliteSessions:
        return SqliteSessions(self.database)

    @cached_property
    def staging(self) -> FolderStaging:
        return FolderStaging(self._folder / "tmp")

    @cached_property
    def details(self) -> FolderDetails:
        return FolderDetails(self._folder / "usage", self._folder / "tmp")

    @cached_property
    def trust_table(self) -> SqliteTrustTable:
        return SqliteTrustTable(self.database)

    @cached_property
    def usage_table(self) -> SqliteUsageTable:
        return SqliteUsageTable(self.database)

    @cached_property
    def directory(self) -> SqliteDirectory:
        return SqliteDirectory(self.database)

    @cached_property
    def dependents(self) -> SqliteDependents:
        return SqliteDependents(self.database)

    @cached_property
    def facts_table(self) -> SqliteFactsTable:
        return SqliteFactsTable(self.database)

    @cached_property
    def submission_table(self) -> SqliteSubmissionTable:
        return SqliteSubmissionTable(self.database)

    @cached_property
    def build_logs(self) -> FolderBuildLogs:
        return FolderBuildLogs(self._folder / "builds", self._folder / "tmp", 0, SystemClock())

    def waiting(self) -> Sequence[Message]:
        return self.bus.waiting()

    def events_after(self, position: int, limit: int = 1000) -> tuple[Sequence[Recorded], int]:
        return recorded_after(self.database.rows, position, limit)

    def close(self) -> None:
        self._opened.close()


class Aws:
    """Makes what a test asks for, under names that no other test uses."""

    def __init__(self, clients: Clients) -> None:
        self._clients = clients
        self._stack = f"index-{uuid4().hex[:12]}"
        self._received: list[Message] = []

    @cached_property
    def table(self) -> str:
        return make_table(self._clients("dynamodb"), self._stack)

    @cached_property
    def site_bucket(self) -> str:
        return make_bucket(self._clients("s3"), f"{self._stack}-site")

    @cached_property
    def data_bucket(self) -> str:
        return make_bucket(self._clients("s3"), f"{self._stack}-data")

    @cached_property
    def topic(self) -> dict[str, Any]:
        return make_topic(self._clients, self._stack)

    @cached_property
    def store(self) -> DynamoEventStore:
        return DynamoEventStore(self._clients("dynamodb"), self.table)

    @cached_property
    def log(self) -> DynamoEventLog:
        return DynamoEventLog(self._clients("dynamodb"), self.table)

    @cached_property
    def objects(self) -> S3Objects:
        return S3Objects(self._clients("s3"), self.site_bucket)

    @cached_property
    def blobs(self) -> S3Blobs:
        return S3Blobs(self._clients("s3"), self.data_bucket, self.site_bucket)

    @cached_property
    def catalogue(self) -> DynamoCatalogue:
        return DynamoCatalogue(self._clients("dynamodb"), self.table)

    @cached_property
    def bus(self) -> SnsBus:
        return SnsBus(self._clients("sns"), self.topic["topic"])

    @cached_property
    def sessions(self) -> DynamoSessions:
        return DynamoSessions(self._clients("dynamodb"), self.table)

    @cached_property
    def staging(self) -> S3Staging:
        return S3Staging(self._clients("s3"), self.data_bucket)

    @cached_property
    def details(self) -> S3Details:
        return S3Details(self._clients("s3"), self.data_bucket)

    @cached_property
    def trust_table(self) -> DynamoTrustTable:
        return DynamoTrustTable(self._clients("dynamodb"), self.table)

    @cached_property
    def usage_table(self) -> DynamoUsageTable:
        return DynamoUsageTable(self._clients("dynamodb"), self.table)

    @cached_property
    def directory(self) -> DynamoDirectory:
        return DynamoDirectory(self._clients("dynamodb"), self.table)

    @cached_property
    def dependents(self) -> DynamoDependents:
        return DynamoDependents(self._clients("dynamodb"), self.table)

    @cached_property
    def facts_table(self) -> DynamoFactsTable:
        return DynamoFactsTable(self._clients("dynamodb"), self.table)

    @cached_property
    def submission_table(self) -> DynamoSubmissionTable:
        return DynamoSubmissionTable(self._clients("dynamodb"), self.table)

    @cached_property
    def build_logs(self) -> S3BuildLogs:
        return S3BuildLogs(self._clients("s3"), self.data_bucket)

    def waiting(self) -> Sequence[Message]:
        sqs = self._clients("sqs")
        for url in self.topic["queues"]:
            while found := sqs.receive_message(
                QueueUrl=url, MaxNumberOfMessages=10, MessageAttributeNames=["All"], WaitTimeSeconds=0
            ).get("Messages"):
                for message in found:
                    attributes = message["MessageAttributes"]
                    self._received.append(decode_message(attributes["type"]["StringValue"], message["Body"]))
        return self._received


@contextmanager
def _world(name: str, folder: Path, request: pytest.FixtureRequest) -> Iterator[World]:
    match name:
        case "memory":
            yield Memory()
        case "local":
            with closing(Local(folder)) as local:
                yield local
        case "aws":
            with account():
                yield Aws(client)
        case _:
            emulator: MiniStack = request.getfixturevalue("ministack")
            yield Aws(cache(emulator.client))


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "world" not in metafunc.fixturenames:
        return
    worlds: list[Any] = ["memory", "local"]
    if metafunc.definition.get_closest_marker("concurrent") is None:
        worlds.append("aws")
    worlds.append(pytest.param("ministack", marks=pytest.mark.emulator))
    metafunc.parametrize("world", worlds, indirect=True)


@pytest.fixture
def world(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[World]:
    with _world(request.param, tmp_path, request) as opened:
        yield opened


@pytest.fixture(params=["memory", "local"])
def followed(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Memory | Local]:
    """A world that can be asked what is new; others are told by their services."""
    if request.param == "memory":
        yield Memory()
        return
    with closing(Local(tmp_path)) as local:
        yield local


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
def bus(world: World) -> MessageBus:
    return world.bus


@pytest.fixture
def sessions(world: World) -> Sessions:
    return world.sessions


@pytest.fixture
def staging(world: World) -> Staging:
    return world.staging


@pytest.fixture
def details(world: World) -> Details:
    return world.details


@pytest.fixture
def trust_table(world: World) -> TrustTable:
    return world.trust_table


@pytest.fixture
def usage_table(world: World) -> UsageTable:
    return world.usage_table


@pytest.fixture
def directory(world: World) -> Directory:
    return world.directory


@pytest.fixture
def dependents(world: World) -> DependentsTable:
    return world.dependents


@pytest.fixture
def facts_table(world: World) -> FactsTable:
    return world.facts_table


@pytest.fixture
def submission_table(world: World) -> SubmissionTable:
    return world.submission_table


@pytest.fixture
def build_logs(world: World) -> BuildLogs:
    return world.build_logs


@pytest.fixture
def waiting(world: World) -> Callable[[], Sequence[Message]]:
    return world.waiting
