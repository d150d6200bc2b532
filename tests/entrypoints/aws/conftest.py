"""Functions over the memory world: what they do with what triggers send, without any AWS."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from dependency_injector import providers

from adapters.aws.queues import FailedDelivery
from domain.caller import Caller
from domain.digests import Digester
from domain.received import ReceivedFile
from domain.site_settings import SiteSettings
from entrypoints.aws import messages, nightly, objects, relay
from infrastructure.memory import Memory
from tests.indexes import index_over
from tests.wheels import make_wheel


class Queues:
    """Remembers what is to be tried again."""

    def __init__(self) -> None:
        self.failed: list[FailedDelivery] = []

    def retry_soon(self, failed: Iterator[FailedDelivery]) -> None:
        self.failed += failed


class Stack:
    """A stack of functions over memory."""

    def __init__(self, folder: Path) -> None:
        self.ports = Memory()
        self.queues = Queues()
        self.ports.set_provider("queues", providers.Object(self.queues))
        self.index = index_over(self.ports, SiteSettings("https://index.test"))
        self._folder = folder
        tokens = self.index.tokens()
        self.alice: Caller = tokens.authenticate(tokens.create_local("alice"))

    def upload(self, name: str, version: str) -> None:
        filename, content = make_wheel(name, version)
        path = self._folder / filename
        path.write_bytes(content)
        digester = Digester()
        digester.update(content)
        received = ReceivedFile(filename, path, len(content), digester.digests())
        self.index.publishing().upload(self.alice, {"name": name, "filetype": "bdist_wheel"}, received)

    def site(self) -> dict[str, bytes | None]:
        objects = self.ports.objects()
        return {key: objects.get(key) for key in objects.keys()}


@pytest.fixture
def stacks(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[], Stack]:
    """Makes an empty one, which functions then have."""
    monkeypatch.setenv("POWERTOOLS_METRICS_NAMESPACE", "sls-pypi")
    monkeypatch.setenv("POWERTOOLS_SERVICE_NAME", "test")

    def make() -> Stack:
        made = Stack(tmp_path)
        for module in (relay, messages, nightly):
            monkeypatch.setattr(module, "ports", lambda: made.ports)
        for module in (messages, objects, nightly):
            monkeypatch.setattr(module, "index", lambda: made.index)
        return made

    return make


@pytest.fixture
def stack(stacks: Callable[[], Stack]) -> Stack:
    return stacks()
