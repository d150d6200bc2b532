"""Projects as their own tools build and publish them, from `pyproject.toml` to the index, also through the proxy."""

from pathlib import Path
from urllib.parse import urlsplit

import pytest
from attrs import frozen
from packaging.requirements import Requirement

from tests.clients.clients import WRONG_TOKEN, fail, succeed
from tests.clients.index import Index
from tests.clients.tools import Tools

pytestmark = pytest.mark.clients

PYPROJECT = """
[project]
name = "{name}"
version = "1.0"
description = "Built by a real backend."
readme = "README.md"
requires-python = ">=3.9"
dependencies = ["idna>=2"]
keywords = ["real", "client"]
authors = [{{ name = "Ålice", email = "alice@example.org" }}]
classifiers = ["Programming Language :: Python :: 3"]

[project.urls]
Source = "https://github.com/example/{name}"

[build-system]
requires = ["{requires}"]
build-backend = "{backend}"
"""


@frozen
class Project:
    """A tiny project, and the two environments of its maintainer.

    Attributes:
        root: its directory.
        name: its name, canonical.
        building: knows this machine's own index, where build requirements come from.
        publishing: knows nothing but what the test says.
    """

    root: Path
    name: str
    building: dict[str, str]
    publishing: dict[str, str]

    def write(self, requires: str, backend: str) -> None:
        """Put the files of a project with this build backend."""
        package = self.root / self.name.replace("-", "_")
        package.mkdir(parents=True)
        (package / "__init__.py").write_text('"""A package."""\n\n__version__ = "1.0"\n')
        (self.root / "README.md").write_text("# A package\n\nWith *words*.\n")
        pyproject = PYPROJECT.format(name=self.name, requires=requires, backend=backend)
        (self.root / "pyproject.toml").write_text(pyproject)

    def published(self, index: Index) -> None:
        """Both files are there, and the metadata is the project's."""
        stem = f"{self.name.replace('-', '_')}-1.0"
        assert index.filenames(self.name) == {f"{stem}-py3-none-any.whl", f"{stem}.tar.gz"}
        info = index.get(f"/pypi/{self.name}/json").json()["info"]
        assert info["summary"] == "Built by a real backend."
        assert "With *words*." in info["description"]
        assert list(map(Requirement, info["requires_dist"])) == [Requirement("idna>=2")]


@pytest.fixture(params=["index", "proxy"])
def address(request: pytest.FixtureRequest, server: Index) -> str:
    """Where to upload to."""
    return server.legacy if request.param == "index" else str(request.getfixturevalue("proxied"))


@pytest.fixture
def project(
    request: pytest.FixtureRequest, address: str, tmp_path: Path, clean_env: dict[str, str], build_env: dict[str, str]
) -> Project:
    """A project named after the test's tool and the address."""
    name = f"{request.function.__name__.split('_')[1]}-made-{urlsplit(address).port}"
    return Project(tmp_path / name, name, build_env, clean_env)


def test_poetry_builds_and_publishes(tools: Tools, server: Index, address: str, token: str, project: Project) -> None:
    poetry, root, env = tools.path("poetry"), project.root, project.publishing
    project.write("poetry-core>=2", "poetry.core.masonry.api")
    succeed(poetry, "build", env=project.building, cwd=root)
    succeed(poetry, "config", "repositories.own", address, env=env, cwd=root)
    publish = [poetry, "publish", "--no-interaction", "--repository", "own"]
    succeed(poetry, "config", "http-basic.own", "__token__", WRONG_TOKEN, env=env, cwd=root)
    assert "403" in fail(*publish, env=env, cwd=root).text
    succeed(poetry, "config", "http-basic.own", "__token__", token, env=env, cwd=root)
    succeed(*publish, env=env, cwd=root)
    project.published(server)
    succeed(*publish, "--skip-existing", env=env, cwd=root)


def test_pdm_builds_and_publishes(tools: Tools, server: Index, address: str, token: str, project: Project) -> None:
    pdm, root, env = tools.path("pdm"), project.root, project.publishing
    project.write("pdm-backend", "pdm.backend")
    succeed(pdm, "build", env=project.building, cwd=root)
    publish = [pdm, "publish", "--no-build", "--repository", address, "--username", "__token__", "--password"]
    assert "403" in fail(*publish, WRONG_TOKEN, env=env, cwd=root).text
    succeed(*publish, token, env=env, cwd=root)
    project.published(server)
    succeed(*publish, token, "--skip-existing", env=env, cwd=root)


def test_hatch_builds_and_publishes(tools: Tools, server: Index, address: str, token: str, project: Project) -> None:
    hatch, root, env = tools.path("hatch"), project.root, project.publishing
    project.write("hatchling", "hatchling.build")
    succeed(hatch, "build", env=project.building, cwd=root)
    publish = [hatch, "publish", "--no-prompt", "--repo", address, "--user", "__token__", "--auth"]
    assert "403" in fail(*publish, WRONG_TOKEN, env=env, cwd=root).text
    succeed(*publish, token, env=env, cwd=root)
    project.published(server)
    succeed(*publish, token, env=env, cwd=root)


def test_flit_builds_and_publishes(tools: Tools, server: Index, address: str, token: str, project: Project) -> None:
    flit, root = tools.path("flit"), project.root
    project.write("flit_core>=3.12", "flit_core.buildapi")
    env = project.publishing | {"FLIT_INDEX_URL": address, "FLIT_USERNAME": "__token__", "FLIT_NO_NETWORK": "1"}
    assert "403" in fail(flit, "publish", env=env | {"FLIT_PASSWORD": WRONG_TOKEN}, cwd=root).text
    succeed(flit, "publish", env=env | {"FLIT_PASSWORD": token}, cwd=root)
    project.published(server)
