"""The functions of an index in memory, behind a test client."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from attrs import evolve, frozen
from dependency_injector import providers
from starlette.testclient import TestClient

from domain.policy import Bounds, Policy
from domain.site_settings import SiteSettings
from entrypoints.http.app import Functions, application
from infrastructure.index import Index
from infrastructure.memory import Memory

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


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    ports = Memory()
    settings = SiteSettings("https://index.test")
    index = Index(ports=ports, policy=providers.Object(Policy(bounds=BOUNDS)), site_settings=settings)
    functions = Functions(
        publishing=index.publishing(),
        tokens=index.tokens(),
        portfolio=index.portfolio(),
        bounds=BOUNDS,
        base_url=settings.base_url,
        folder=tmp_path,
        lag=lambda: 0,
    )
    with ThreadPoolExecutor(2) as executor:
        client = TestClient(application(functions, executor, executor), raise_server_exceptions=False)
        yield Site(ports, index, client, index.tokens().create_local("alice"), tmp_path)
