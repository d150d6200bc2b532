"""Each scenario is told once and runs in every world."""

import hashlib
import json
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from dependency_injector import providers

from adapters.local.home import Home
from domain.caller import Caller
from domain.digests import Digester
from domain.messages import Message
from domain.policy import Policy
from domain.reactions import react
from domain.received import ReceivedFile
from domain.site_settings import SiteSettings
from domain.usecases.verification import Difference
from infrastructure.index import Index
from infrastructure.local import Local
from infrastructure.memory import Memory

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


class World:
    """What scenarios do and see; the same words in every world."""

    def __init__(self, ports: Any, settle: Callable[["World"], None], folder: Path) -> None:
        self.ports = ports
        self.index = Index(ports=ports, policy=providers.Object(Policy()), site_settings=SETTINGS)
        self._settle = settle
        self._folder = folder

    def submitter(self, login: str) -> Caller:
        return self.index.tokens().authenticate(self.index.tokens().create_local(login))

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
        self.index.uploads().arrived(upload)

    def is_staged(self, upload: str) -> bool:
        found: bool = self.ports.staging().fetch(upload, self._folder / "staged")
        return found

    def settle(self) -> None:
        """Let everything happen that is due."""
        self._settle(self)

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
        self.index.site().handle(message)


def _settle_memory(world: World) -> None:
    cursor = None
    while True:
        recorded, cursor = world.ports.event_log().since(cursor)
        if not recorded:
            break
        for each in recorded:
            world.ports.publisher().publish(react(each))
    world.ports.publisher().drain(world.handle)


def _settle_local(world: World) -> None:
    from entrypoints.local.worker import Worker  # noqa: PLC0415 - the local world's own crank

    worker = Worker(world.ports.publisher(), world.ports.objects(), world.index.site())
    for _ in worker.drain():
        pass
    assert not world.ports.publisher().waiting()
    assert not world.ports.publisher().dead()


@pytest.fixture(params=["memory", "local"])
def world(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[World]:
    incoming = tmp_path / "incoming"
    incoming.mkdir()
    if request.param == "memory":
        memory = Memory()
        with memory.clock.override(providers.Singleton(Ticking)):
            made = World(memory, _settle_memory, incoming)
            made.index.site().ensure_start()
            yield made
        return
    home = Home(tmp_path / "home")
    home.prepare()
    local = Local(home=home)
    with local.clock.override(providers.Singleton(Ticking)):
        made = World(local, _settle_local, incoming)
        made.index.site().ensure_start()
        yield made
    local.database().close()


@pytest.fixture
def at_once(world: World) -> None:
    """For tests that act at the same time."""
