"""Two writers over one storage, in memory and on disk: two compositions, each with its own clock."""

import gzip
import hashlib
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Protocol
from uuid import uuid4

from attrs import define
from dependency_injector import providers

from adapters.local.bus import Delivery, Lane, SqliteBus
from adapters.local.home import Home
from adapters.memory.builder import MemoryBuilder
from adapters.memory.repositories import MemoryRepositories
from adapters.memory.sources import MemorySources
from domain.digests import Digester
from domain.messages import Message
from domain.reactions import react
from domain.received import ReceivedFile
from domain.site_settings import SiteSettings
from infrastructure.handling import handle
from infrastructure.index import Index
from infrastructure.local import Local
from infrastructure.memory import Memory
from tests.following import relayed
from tests.indexes import index_over
from tests.logs import log as access_log
from tests.schedules.stepping import PORTS, stoppable

SETTINGS = SiteSettings("https://index.test", "sls-pypi")
START = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)


class Clock:
    """A clock that somebody sets, and that goes on by a second each time it is asked."""

    def __init__(self) -> None:
        self.reset()

    def reset(self) -> None:
        self._now = START

    def now(self) -> datetime:
        self.jump(timedelta(seconds=1))
        return self._now

    def jump(self, by: timedelta) -> None:
        self._now += by

    def seconds(self) -> float:
        return self._now.timestamp()


class Post(Protocol):
    """What a world has between an event and whoever does what follows from it."""

    def relay(self) -> object:
        """Make messages of new events."""

    def take(self, most: int) -> Sequence[Any]:
        """Some messages, which wait on until they are done."""

    def handle(self, taken: Any) -> None:
        """Do what one of them says."""

    def done(self, taken: Any) -> None:
        """Forget it."""

    def failed(self, taken: Any) -> None:
        """Try it again later."""

    def is_empty(self) -> bool:
        """Whether nothing waits at all."""


@define
class Side:
    """One writer: a process as it were."""

    ports: Any
    index: Index
    clock: Clock
    folder: Path
    post: Post

    def received(self, filename: str, content: bytes) -> ReceivedFile:
        """A file that arrived at this one."""
        digester = Digester()
        digester.update(content)
        path = self.folder / uuid4().hex
        path.write_bytes(content)
        return ReceivedFile(filename, path, len(content), digester.digests())


class Storage(Protocol):
    """What both writers share."""

    def side(self, clock: Clock) -> Side:
        """A writer that has just started."""

    def log(self, day: str, *lines: str) -> None:
        """Let an access log arrive."""


class Queue:
    """A MessageBus whose messages wait until they are done; one that comes again meanwhile waits on."""

    def __init__(self) -> None:
        self._waiting: dict[Message, int] = {}
        self._comings = 0

    def publish(self, messages: Sequence[Message]) -> None:
        for message in messages:
            self._comings += 1
            self._waiting[message] = self._comings

    def take(self, most: int) -> Sequence[tuple[Message, int]]:
        return list(self._waiting.items())[:most]

    def done(self, message: Message, coming: int) -> None:
        if self._waiting.get(message) == coming:
            del self._waiting[message]


class MemoryPost:
    """The events as they are, and a queue."""

    def __init__(self, ports: Any, index: Index, position: list[int]) -> None:
        self._ports = ports
        self._index = index
        self._position = position

    def relay(self) -> None:
        # A relay that is overtaken hands the same over again.
        self._position[0] = relayed(self._ports, self._position[0])

    def take(self, most: int) -> Sequence[tuple[Message, int]]:
        taken: Sequence[tuple[Message, int]] = self._ports.bus().take(most)
        return taken

    def handle(self, taken: tuple[Message, int]) -> None:
        handle(self._index, taken[0])

    def done(self, taken: tuple[Message, int]) -> None:
        self._ports.bus().done(*taken)

    def failed(self, taken: tuple[Message, int]) -> None:
        """It is still there."""

    def is_empty(self) -> bool:
        return not self.take(1)


class LocalPost:
    """Rows in SQLite."""

    def __init__(self, ports: Any, index: Index) -> None:
        self._bus: SqliteBus = ports.bus()
        self._ports = ports
        self._index = index

    def relay(self) -> None:
        while self._bus.relay(react):
            pass

    def take(self, most: int) -> Sequence[Delivery]:
        return [each for lane in Lane for each in self._bus.take(most, early=True, lane=lane)][:most]

    def handle(self, taken: Delivery) -> None:
        handle(self._index, taken.message)

    def done(self, taken: Delivery) -> None:
        self._ports.objects().flush()
        self._bus.done(taken)

    def failed(self, taken: Delivery) -> None:
        self._bus.failed(taken, "a test")

    def is_empty(self) -> bool:
        assert not self._bus.dead()
        return not self._bus.waiting() and not self._bus.behind()


def _composed(ports: Any, clock: Clock, elsewhere: "Elsewhere") -> Index:
    ports.clock.override(providers.Object(clock))
    for port in ("repositories", "sources"):
        getattr(ports, port).override(providers.Object(getattr(elsewhere, port)))
    ports.builder.override(providers.Object(elsewhere.builder or MemoryBuilder(ports.build_logs())))
    elsewhere.builder = ports.builder()
    return index_over(ports, SETTINGS)


class Elsewhere:
    """What is not the index: GitHub, and whoever builds."""

    def __init__(self) -> None:
        self.repositories = MemoryRepositories()
        self.sources = MemorySources()
        self.builder: MemoryBuilder | None = None


class InMemory:
    """Adapters that both writers hold."""

    def __init__(self, folder: Path) -> None:
        self.elsewhere = Elsewhere()
        self._folder = folder
        self._first = Memory()
        self._first.bus.override(providers.Singleton(Queue))
        self._position = [0]
        _composed(self._first, Clock(), self.elsewhere)
        stoppable(self._first)

    def side(self, clock: Clock) -> Side:
        ports = Memory()
        for port in PORTS:
            getattr(ports, port).override(providers.Object(getattr(self._first, port)()))
        index = _composed(ports, clock, self.elsewhere)
        return Side(ports, index, clock, _own(self._folder), MemoryPost(ports, index, self._position))

    def log(self, day: str, *lines: str) -> None:
        del day
        self._first.access_logs().add(access_log(*lines))


class OnDisk:
    """Two processes' worth of adapters over one home."""

    def __init__(self, folder: Path) -> None:
        self.elsewhere = Elsewhere()
        self._folder = folder
        self.home = Home(folder / "home")
        self.home.prepare()
        self._opened: list[Local] = []

    def side(self, clock: Clock) -> Side:
        ports = Local(home=self.home)
        ports.bus.override(providers.Singleton(SqliteBus, ports.database, now=clock.seconds))
        index = _composed(ports, clock, self.elsewhere)
        stoppable(ports)
        self._opened.append(ports)
        return Side(ports, index, clock, _own(self._folder), LocalPost(ports, index))

    def log(self, day: str, *lines: str) -> None:
        del day
        (self.home.logs / f"{uuid4().hex}.gz").write_bytes(gzip.compress(access_log(*lines).encode()))

    def close(self) -> None:
        for ports in self._opened:
            ports.database().close()


def _own(folder: Path) -> Path:
    own = folder / uuid4().hex
    own.mkdir()
    return own


@contextmanager
def in_memory(folder: Path) -> Iterator[Any]:
    yield InMemory(folder)


@contextmanager
def on_disk(folder: Path) -> Iterator[Any]:
    storage = OnDisk(folder)
    try:
        yield storage
    finally:
        storage.close()


def work_off(side: Side) -> None:
    """Do all that is due."""
    side.post.relay()
    while due := side.post.take(100):
        for taken in due:
            side.post.handle(taken)
            side.post.done(taken)
        side.post.relay()


World = Callable[[Path], Any]


def sha256(content: bytes) -> str:
    """As pages show it."""
    return hashlib.sha256(content).hexdigest()
