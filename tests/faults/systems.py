"""An index in each world that can be stopped at any point and started again over what it left."""

import gzip
import os
import shutil
from collections.abc import Iterator
from contextlib import closing, contextmanager, nullcontext
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any, NoReturn, Protocol
from uuid import uuid4

from attrs import define, field
from dependency_injector import providers

from adapters.local import durable
from adapters.local.home import Home
from adapters.local.leftovers import sweep
from adapters.memory.builder import MemoryBuilder
from adapters.pages import JinjaPages
from entrypoints.local.worker import Worker
from infrastructure.local import Local
from infrastructure.memory import Memory
from tests.athena import Athena
from tests.aws import account, client
from tests.faults.calls import Watch, Watched, changing, methods, watch_all
from tests.following import relayed
from tests.scenarios.aws_world import Triggers, functions_of, ports_of
from tests.scenarios.conftest import START, Outside, World, _settle_local

KILLED = 137


@cache
def _pages() -> JinjaPages:
    """Pure, and its templates and assets take longer than what is tried with them."""
    pages = JinjaPages()
    assets = pages.assets()
    pages.assets = lambda: assets  # type: ignore[method-assign]
    return pages


class Still:
    """A clock that shows the time of the present step, whoever asks how often: equal events are of equal times."""

    def __init__(self) -> None:
        self.step = 0

    def now(self) -> datetime:
        return START + timedelta(minutes=self.step)


class Stopped(BaseException):
    """The machine stops here."""


class Unavailable(OSError):
    """What was called fails; the process goes on."""


def stop() -> NoReturn:
    raise Stopped


def fail() -> NoReturn:
    raise Unavailable("what was called fails")


def kill() -> NoReturn:
    """As the system's killer does it: nothing is written, closed or caught any more."""
    os._exit(KILLED)


class System(Protocol):
    """One index with all that it keeps."""

    name: str
    kills: bool
    watch: Watch
    clock: Still

    def opened(self) -> Any:
        """The index as new objects over what is kept, in a context."""


@define
class InMemory:
    """Adapters are the storage, so they stay. The relay remembers how far it came, once that is handed over."""

    folder: Path
    every_method: bool = False
    name: str = "memory"
    kills: bool = False
    watch: Watch = field(factory=Watch)
    clock: Still = field(factory=Still)
    outside: Outside = field(factory=Outside)
    _ports: Any = None
    _builder: Any = None
    _position: int = 0

    @contextmanager
    def opened(self) -> Iterator[World]:
        if self._ports is None:
            wanted = methods() if self.every_method else changing()
            self._ports = Memory()
            self._builder = MemoryBuilder(self._ports.build_logs())
            self._ports.clock.override(providers.Object(self.clock))
            self._ports.pages.override(providers.Object(_pages()))
            self.outside, self._builder = _watched(self.outside, self._builder, self.watch, wanted)
            watch_all(self._ports, self.watch, _own(wanted))
        ports = self._ports
        yield World(
            ports,
            self._settle,
            self.folder,
            log=lambda _, text: ports.access_logs().add(text),
            outside=self.outside,
            builder=self._builder,
        )

    def _settle(self, world: World) -> None:
        while True:
            self._position = relayed(world.ports, self._position)
            if not world.ports.bus().drain(world.handle):
                return


@define
class OnDisk:
    """A home. What is open is closed before anybody forks, and a new process opens it again.

    Attributes:
        waits: for the disk, which matters to nobody whose process alone is killed.
    """

    folder: Path
    waits: bool = False
    name: str = "local"
    kills: bool = True
    watch: Watch = field(factory=Watch)
    clock: Still = field(factory=Still)
    outside: Outside = field(factory=Outside)

    @contextmanager
    def opened(self) -> Iterator[World]:
        home = Home(self.folder / "home")
        home.prepare()
        ports = Local(home=home)
        with nullcontext() if self.waits else durable.unwaited(), closing(ports.database()):
            ports.clock.override(providers.Object(self.clock))
            ports.pages.override(providers.Object(_pages()))
            builder = MemoryBuilder(ports.build_logs())
            outside, builder = _watched(self.outside, builder, self.watch, changing())
            watch_all(ports, self.watch, _own(changing()))

            def log(_: str, text: str) -> None:
                (home.logs / f"{uuid4().hex}.gz").write_bytes(gzip.compress(text.encode(), mtime=0))

            world = World(ports, _settle_local, self.folder, log=log, outside=outside, builder=builder)
            # As `serve` does before it says that it serves.
            sweep(home)
            ports.bus().revive()
            Worker(ports.bus(), ports.objects(), world.index).recover()
            yield world

    def copied(self, folder: Path) -> "OnDisk":
        """The same with a home of its own."""
        folder.mkdir()
        shutil.copytree(self.folder / "home", folder / "home")
        return OnDisk(folder, self.waits, outside=self.outside)


@define
class OnAws:
    """A stack in this process."""

    folder: Path
    resources: Any
    name: str = "aws"
    kills: bool = False
    watch: Watch = field(factory=Watch)
    clock: Still = field(factory=Still)
    outside: Outside = field(factory=Outside)
    _triggers: Any = None

    @contextmanager
    def opened(self) -> Iterator[World]:
        if self._triggers is None:
            athena = Athena(client, self.resources)
            self._triggers = Triggers(self.resources, client, athena)
        triggers = self._triggers
        ports = ports_of(self.resources, client, triggers._athena)
        ports.clock.override(providers.Object(self.clock))
        ports.pages.override(providers.Object(_pages()))
        builder = MemoryBuilder(ports.build_logs())
        outside, builder = _watched(self.outside, builder, self.watch, changing())
        watch_all(ports, self.watch, _own(changing()))
        world = World(
            ports,
            lambda _: triggers.settle(),
            self.folder,
            log=triggers.log,
            arrived=triggers.arrived,
            night=triggers.night,
            emulated=True,
            outside=outside,
            builder=builder,
        )
        with functions_of(ports, world.index):
            yield world


@contextmanager
def system(world: str, folder: Path, *, every_method: bool = False, waits: bool = False) -> Iterator[Any]:
    """An empty index in the world of this name.

    Args:
        world: ``memory``, ``local`` or ``aws``.
        folder: empty.
        every_method: in memory, watch those methods of ports too that only read.
        waits: on disk, wait for it.
    """
    match world:
        case "memory":
            yield InMemory(folder, every_method)
        case "local":
            yield OnDisk(folder, waits)
        case _:
            with account() as resources:
                yield OnAws(folder, resources)


_OUTSIDE = ("identities", "identity_tokens", "repositories", "sources")


def _own(wanted: Any) -> Any:
    return {port: names for port, names in wanted.items() if port not in (*_OUTSIDE, "builder", "clock")}


def _watched(outside: Outside, builder: Any, watch: Watch, wanted: Any) -> tuple[Outside, Any]:
    """Those who are not the index's own are called through it too."""
    doubles: dict[str, Any] = {
        name: Watched(name, getattr(outside, name), wanted.get(name, frozenset()), watch) for name in _OUTSIDE
    }
    return Outside(**doubles), Watched("builder", builder, wanted["builder"], watch)
