"""Real clients in environments of their own, against a real index on this machine."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.clients.clients import CACHE, empty_venv, without_settings
from tests.clients.index import Index, create_token, running, serving
from tests.clients.tools import Tools


@pytest.fixture(scope="session")
def tools() -> Tools:
    return Tools(CACHE / "tools")


@pytest.fixture(scope="session")
def index_env(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """What the index itself runs in."""
    return without_settings(os.environ, tmp_path_factory.mktemp("index-user"))


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory, index_env: dict[str, str]) -> Iterator[Index]:
    """One index for the tests that only add packages of their own."""
    with serving(tmp_path_factory.mktemp("server") / "home", index_env) as index:
        yield index


@pytest.fixture(scope="session")
def token(server: Index, index_env: dict[str, str]) -> str:
    return create_token(server.home, "alice", index_env)


@pytest.fixture(scope="session")
def proxied(tmp_path_factory: pytest.TempPathFactory, server: Index, index_env: dict[str, str]) -> Iterator[str]:
    """Where publishers upload to the same index through `sls-pypi proxy`."""
    output = tmp_path_factory.mktemp("proxy") / "output"
    with running(output, index_env, "proxy", "--url", server.url) as url:
        yield f"{url}/"


@pytest.fixture
def clean_env(tmp_path: Path) -> dict[str, str]:
    """What a client runs in that may know nothing but what the test tells it."""
    home = tmp_path / "user"
    home.mkdir()
    return without_settings(os.environ, home) | {"COLUMNS": "200"}


@pytest.fixture
def build_env() -> dict[str, str]:
    """What a build runs in: this machine's own settings, for build requirements come from its usual index."""
    return {key: value for key, value in os.environ.items() if key != "VIRTUAL_ENV"}


@pytest.fixture
def venv(tmp_path: Path) -> Path:
    """An empty virtual environment to install into."""
    return empty_venv(tmp_path / "venv")
