"""Each scenario is told once and runs in every world."""

import gzip
import hashlib
import json
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from attrs import define, field
from dependency_injector import providers

from adapters.local.bus import Lane
from adapters.local.home import Home
from adapters.memory.builder import MemoryBuilder
from adapters.memory.identities import MemoryIdentities
from adapters.memory.identity_tokens import MemoryIdentityTokens
from adapters.memory.repositories import MemoryRepositories
from adapters.memory.sources import MemorySources
from domain.caller import Caller
from domain.digests import Digester
from domain.messages import Message
from domain.ports.identities import Identified
from domain.received import ReceivedFile
from domain.site_settings import SiteSettings
from domain.usecases.verification import Difference
from infrastructure.handling import handle
from infrastructure.local import Local
from infrastructure.memory import Memory
from infrastructure.resources import Resources
from tests.athena import Athena
from tests.aws import Clients, account, client, made
from tests.following import relayed
from tests.indexes import index_over
from tests.logs import DAY
from tests.logs import log as access_log
from tests.scenarios.aws_world import Triggers, functions_of, ports_of

SETTINGS = SiteSettings("https://index.test", "sls-pypi")
START = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)


class Ticking:
    """A clock that goes on by a second each time it is asked."""

    def __init__(self) -> None:
        self._now = START

    def now(self) -> datetime:
        self.pass_by(timedelta(seconds=1))
        return self._now

    def pass_by(self, time: timedelta) -> None:
        self._now += time


@define
class Outside:
    """GitHub and others, as scenarios make them: they are there whatever happens to the index."""

    repositories: MemoryRepositories = field(factory=MemoryRepositories)
    identities: MemoryIdentities = field(factory=MemoryIdentities)
    identity_tokens: MemoryIdentityTokens = field(factory=MemoryIdentityTokens)
    sources: MemorySources = field(factory=MemorySources)


class World:
    """What scenarios do and see; the same words in every world."""

    def __init__(
        self,
        ports: Any,
        settle: Callable[["World"], None],
        folder: Path,
        *,
        log: Callable[[str, str], None],
        arrived: Callable[[str], None] | None = None,
        night: Callable[[str], None] | None = None,
        emulated: bool = False,
        outside: Outside | None = None,
        builder: MemoryBuilder | None = None,
    ) -> None:
        outside = outside or Outside()
        self.ports = ports
        self.emulated = emulated
        self.repositories = outside.repositories
        ports.repositories.override(providers.Object(self.repositories))
        self.identities = outside.identities
        ports.identities.override(providers.Object(self.identities))
        self.identity_tokens = outside.identity_tokens
        ports.identity_tokens.override(providers.Object(self.identity_tokens))
        self.sources = outside.sources
        ports.sources.override(providers.Object(self.sources))
        self.builder = builder or MemoryBuilder(ports.build_logs())
        ports.builder.override(providers.Object(self.builder))
        self.index = index_over(ports, SETTINGS)
        self._settle = settle
        self._folder = folder
        self.arrived = arrived or self.index.uploads().arrived
        self._log = log
        self.night = night or self._night

    def submitter(self, login: str) -> Caller:
        return self.index.tokens().authenticate(self.index.tokens().create_local(login))

    def logs_in(self, person: Identified) -> str:
        """Let somebody log in with GitHub; returns the secret of the session."""
        logins = self.index.logins()
        attempt = logins.start(None)
        code = self.identities.agree(logins.github(attempt), person)
        logins.resume(attempt)
        return self.index.login_sessions().begin(logins.from_github(code, attempt.verifier))

    def received(self, filename: str, content: bytes) -> ReceivedFile:
        digester = Digester()
        digester.update(content)
        path = self._folder / hashlib.sha256(content).hexdigest()
        path.write_bytes(content)
        return ReceivedFile(filename, path, len(content), digester.digests())

    def upload(self, caller: Caller, file: tuple[str, bytes], **form: str) -> None:
        filename, content = file
        kind = "bdist_wheel" if filename.endswith(".whl") else "sdist"
        fields = {"name": filename.partition("-")[0], "filetype": kind, **form}
        self.index.publishing().upload(caller, fields, self.received(filename, content))

    def reserve(self, caller: Caller, file: tuple[str, bytes]) -> str:
        """Announce an upload; returns its identifier."""
        filename, content = file
        reserved = self.index.uploads().reserve(caller, filename, len(content), hashlib.sha256(content).hexdigest())
        assert reserved is not None, f"{filename} is there already"
        return reserved.id

    def send(self, upload: str, content: bytes) -> None:
        """Let bytes arrive in the staging area, and be noticed there."""
        self.ports.staging().keep(upload, self.received("sent", content).path)
        self.arrived(upload)

    def is_staged(self, upload: str) -> bool:
        found: bool = self.ports.staging().fetch(upload, self._folder / "staged")
        return found

    def settle(self) -> None:
        """Let everything happen that is due."""
        self._settle(self)

    def logged(self, *lines: str, day: str = DAY) -> None:
        """Let an access log arrive, in the day's folder where there are any."""
        self._log(day, access_log(*lines))

    def _night(self, day: str) -> None:
        """Count the day, and let everything happen that follows."""
        counting = self.index.counting()
        for request in counting.plan(day):
            counting.count(request)
        self.settle()

    def object(self, key: str) -> bytes | None:
        body: bytes | None = self.ports.objects().get(key)
        return body

    def text(self, key: str) -> str:
        body = self.object(key)
        assert body is not None, f"{key} is not served"
        return body.decode()

    def simple(self, name: str) -> dict[str, Any]:
        page: dict[str, Any] = json.loads(self.text(f"simple/{name}/index.v1_json"))
        return page

    def filenames(self, name: str) -> list[str]:
        return [file["filename"] for file in self.simple(name)["files"]]

    def listed(self) -> list[str]:
        return [project["name"] for project in json.loads(self.text("simple/index.v1_json"))["projects"]]

    def differences(self) -> list[Difference]:
        """What is served and not what events say."""
        return list(self.index.verification().differences())

    def snapshot(self) -> dict[str, bytes | None]:
        return {key: self.object(key) for key in self.keys()}

    def keys(self, prefix: str = "") -> list[str]:
        return list(self.ports.objects().keys(prefix))

    def handle(self, message: Message) -> None:
        handle(self.index, message)


def _settle_memory(world: World) -> None:
    position = 0
    while True:
        position = relayed(world.ports, position)
        # More events may follow from messages.
        if not world.ports.bus().drain(world.handle):
            return


def _settle_local(world: World) -> None:
    from entrypoints.local.worker import Worker  # noqa: PLC0415 - the local world's own crank

    bus = world.ports.bus()
    worker = Worker(bus, world.ports.objects(), world.index)
    while True:
        for _ in worker.drain():
            pass
        # In this thread, where a crash stops everything.
        aside = [each for lane in (Lane.FACTS, Lane.BUILDS) for each in bus.take(1, early=True, lane=lane)]
        if not aside:
            break
        for each in aside:
            world.handle(each.message)
        bus.done(*aside)
    assert not bus.waiting()
    assert not bus.dead()


@contextmanager
def _memory(folder: Path) -> Iterator[World]:
    ports = Memory()
    ports.clock.override(providers.Singleton(Ticking))
    yield World(ports, _settle_memory, folder, log=lambda _, text: ports.access_logs().add(text))


@contextmanager
def local_world(folder: Path) -> Iterator[World]:
    home = Home(folder / "home")
    home.prepare()
    ports = Local(home=home)
    ports.clock.override(providers.Singleton(Ticking))

    def log(_: str, text: str) -> None:
        (home.logs / f"{uuid4().hex}.gz").write_bytes(gzip.compress(text.encode()))

    with closing(ports.database()):
        yield World(ports, _settle_local, folder, log=log)


@contextmanager
def _aws(folder: Path, resources: Resources, clients: Clients) -> Iterator[World]:
    athena = Athena(clients, resources)
    ports, triggers = ports_of(resources, clients, athena), Triggers(resources, clients, athena)
    ports.clock.override(providers.Singleton(Ticking))
    world = World(
        ports,
        lambda _: triggers.settle(),
        folder,
        log=triggers.log,
        arrived=triggers.arrived,
        night=triggers.night,
        emulated=True,
    )
    with functions_of(ports, world.index):
        yield world


@contextmanager
def _world(name: str, folder: Path, request: pytest.FixtureRequest) -> Iterator[World]:
    match name:
        case "memory":
            with _memory(folder) as world:
                yield world
        case "local":
            with local_world(folder) as world:
                yield world
        case "aws":
            with account() as resources, _aws(folder, resources, client) as world:
                yield world
        case _:
            clients = cache(request.getfixturevalue("ministack").client)
            with _aws(folder, made(clients, f"index-{uuid4().hex[:12]}"), clients) as world:
                yield world


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Every scenario in every world; what happens at the same time needs one that isolates transactions."""
    if "world" not in metafunc.fixturenames:
        return
    marked = metafunc.definition.get_closest_marker
    on_aws, mark = ("ministack", pytest.mark.emulator) if marked("concurrent") else ("aws", pytest.mark.aws)
    metafunc.parametrize("world", ["memory", "local", pytest.param(on_aws, marks=mark)], indirect=True)


@pytest.fixture
def world(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[World]:
    with _world(request.param, tmp_path, request) as opened:
        opened.index.lists().ensure_start()
        yield opened
