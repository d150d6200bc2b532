"""The functions of an index in memory, behind a test client."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from attrs import evolve, frozen
from httpx2 import Response
from starlette.testclient import TestClient

from adapters.memory.event_store import MemoryEventStore
from adapters.pages import JinjaPages
from domain.policy import Bounds, Policy
from domain.site_settings import SiteSettings
from entrypoints.http import functions as composition
from entrypoints.http.app import application
from entrypoints.http.functions import Functions
from entrypoints.http.login import Way
from entrypoints.local.__main__ import main
from infrastructure.github_double.double import GitHub, github
from infrastructure.index import Index
from infrastructure.memory import Memory
from infrastructure.settings import Settings
from tests.entrypoints.described import check_described
from tests.entrypoints.stacks import Account, Run, account_with_a_stack
from tests.indexes import index_over

BASE_URL = "https://index.test"
BOUNDS = evolve(Bounds(), file_bytes=200_000, form_fields=50, field_bytes=10_000)


@frozen
class Site:
    """An index and a client of it."""

    ports: Memory
    index: Index
    client: TestClient
    token: str
    folder: Path

    def as_submitter(self, token: str | None = None) -> dict[str, str]:
        return {"Authorization": f"Bearer {token or self.token}"}

    def functions(self, **changes: Any) -> Functions:
        """The functions of this index, some of it otherwise."""
        return evolve(functions_of(self.index, self.folder), **changes)

    @contextmanager
    def limited(self, bounds: Bounds, legacy_bytes: int) -> Iterator[TestClient]:
        """A client of this index with other bounds."""
        with ThreadPoolExecutor(2) as executor:
            functions = self.functions(bounds=bounds, legacy_bytes=legacy_bytes)
            yield TestClient(application(functions, executor, executor))


def functions_of(index: Index, folder: Path, way: Way = Way.GITHUB, base_url: str = BASE_URL) -> Functions:
    """The functions of this index, in which nothing is missing and nobody is behind."""
    made = composition.functions_of(
        index,
        Settings(bounds=BOUNDS),
        SiteSettings(base_url),
        pages=JinjaPages,
        store=MemoryEventStore(),
        folder=folder,
        lag=lambda: 0,
    )
    return evolve(made, entrance=evolve(made.entrance, way=way))


def is_described(response: Response) -> None:
    """An answer to what the OpenAPI description tells of is as that says."""
    request, body = response.request, response.read()
    check_described(request.method, request.url.path, response.status_code, response.headers, body)


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    ports = Memory()
    settings = SiteSettings(BASE_URL)
    index = index_over(ports, settings, Policy(bounds=BOUNDS))
    with ThreadPoolExecutor(2) as executor:
        app = application(functions_of(index, tmp_path), executor, executor)
        client = TestClient(app, raise_server_exceptions=False)
        client.event_hooks = {"response": [is_described]}
        yield Site(ports, index, client, index.tokens().create_local("alice"), tmp_path)


@pytest.fixture
def double() -> Iterator[GitHub]:
    """GitHub on this machine, with nothing in it."""
    with github() as running:
        yield running


@pytest.fixture
def aws(monkeypatch: pytest.MonkeyPatch) -> Iterator[Account]:
    """An account with a deployed index."""
    with account_with_a_stack(monkeypatch) as made:
        yield made


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str]) -> Run:
    """Run a command in this process."""

    def do(*arguments: object, status: int = 0) -> tuple[str, str]:
        with pytest.raises(SystemExit) as ended:
            main([str(argument) for argument in arguments])
        said = capsys.readouterr()
        assert ended.value.code == status, said
        return said.out, said.err

    return do
