"""uv, poetry and pdm install, add and lock from an own index that is their only one."""

import sys
from pathlib import Path

import pytest

from tests.clients.clients import Index, fail, installed, python_of, succeed
from tests.clients.tools import Tools
from tests.wheels import make_wheel

pytestmark = pytest.mark.clients

ONLY_WITH_EXTRA = "Requires-Dist: more-optional; extra == 'odd'"
WITH_EXTRA = {"more-top": "1!1.0", "More.Base_Part": "1.5+local.7", "more-optional": "3.0.post1"}

PYPROJECT = """
[project]
name = "tiny"
version = "1.0"
requires-python = ">=3.11"
dependencies = []
"""


@pytest.fixture(scope="module", autouse=True)
def packages(server: Index, token: str) -> None:
    """What the tests below install."""

    def publish(name: str, version: str, *extra: str) -> None:
        server.publish(token, name, version, make_wheel(name, version, metadata_extra=list(extra)))

    publish("More.Base_Part", "1.0")
    publish("More.Base_Part", "1.5+local.7")
    publish("More.Base_Part", "2.0b1")
    publish("more-top", "1!1.0", "Requires-Dist: more_base.part>=1", "Provides-Extra: odd", ONLY_WITH_EXTRA)
    publish("more-optional", "3.0.post1", "Requires-Python: >=3.9")
    publish("more-optional", "4.0", "Requires-Python: >=99")
    publish("more-yanked", "1.0")
    publish("more-yanked", "1.1")
    server.yank(token, "more-yanked", "more_yanked-1.1-py3-none-any.whl", "Broken.")


@pytest.fixture
def tiny(tmp_path: Path) -> Path:
    """A project that has no dependency yet."""
    root = tmp_path / "tiny"
    root.mkdir()
    (root / "pyproject.toml").write_text(PYPROJECT)
    return root


@pytest.fixture
def uv_install(tools: Tools, server: Index, venv: Path) -> list[object]:
    """The command line as the package pages print it."""
    return [tools.path("uv"), "pip", "install", "--python", python_of(venv), "--default-index", server.simple]


def test_uv_installs_extras_and_own_dependencies(
    uv_install: list[object], venv: Path, clean_env: dict[str, str]
) -> None:
    succeed(*uv_install, "More.Top[odd]", env=clean_env)
    assert installed(venv) == WITH_EXTRA


def test_uv_skips_a_yanked_file_unless_it_is_pinned(
    uv_install: list[object], venv: Path, clean_env: dict[str, str]
) -> None:
    succeed(*uv_install, "more-yanked", env=clean_env)
    assert installed(venv) == {"more-yanked": "1.0"}
    assert "yanked" in succeed(*uv_install, "more-yanked==1.1", env=clean_env).text
    assert installed(venv) == {"more-yanked": "1.1"}


def test_uv_honours_a_cut_off_date(uv_install: list[object], clean_env: dict[str, str]) -> None:
    fail(*uv_install, "more-base-part", "--exclude-newer", "2020-01-01T00:00:00Z", env=clean_env)
    outcome = succeed(*uv_install, "more-base-part", "--exclude-newer", "2999-01-01T00:00:00Z", env=clean_env)
    assert "upload" not in outcome.text


def test_uv_takes_pre_releases_when_asked(uv_install: list[object], venv: Path, clean_env: dict[str, str]) -> None:
    succeed(*uv_install, "--prerelease", "allow", "more-base-part", env=clean_env)
    assert installed(venv) == {"More.Base_Part": "2.0b1"}


def test_uv_adds_and_locks(tools: Tools, server: Index, tiny: Path, clean_env: dict[str, str]) -> None:
    uv, where = tools.path("uv"), ["--default-index", server.simple, "--python", sys.executable]
    succeed(uv, "add", *where, "more-top[odd]", env=clean_env, cwd=tiny)
    assert WITH_EXTRA.items() <= installed(tiny / ".venv").items()
    lock = (tiny / "uv.lock").read_text()
    file = server.page("more-optional")["files"][0]
    assert f'hash = "sha256:{file["hashes"]["sha256"]}", size = {file["size"]}, upload-time = "' in lock
    succeed(uv, "lock", "--check", *where, env=clean_env, cwd=tiny)
    succeed(uv, "sync", "--frozen", "--reinstall", "--no-cache", *where, env=clean_env, cwd=tiny)


def test_poetry_adds(tools: Tools, server: Index, tiny: Path, clean_env: dict[str, str]) -> None:
    poetry = tools.path("poetry")
    (tiny / "pyproject.toml").write_text(PYPROJECT + "\n[tool.poetry]\npackage-mode = false\n")
    succeed(poetry, "source", "add", "own", server.simple, env=clean_env, cwd=tiny)
    succeed(poetry, "env", "use", sys.executable, env=clean_env, cwd=tiny)
    succeed(poetry, "add", "--no-interaction", "more-top[odd]", env=clean_env, cwd=tiny)
    assert WITH_EXTRA.items() <= installed(tiny / ".venv").items()
    digest = server.page("more-top")["files"][0]["hashes"]["sha256"]
    assert f"sha256:{digest}" in (tiny / "poetry.lock").read_text()


def test_pdm_adds(tools: Tools, server: Index, tiny: Path, clean_env: dict[str, str]) -> None:
    pdm = tools.path("pdm")
    source = f'\n[[tool.pdm.source]]\nname = "pypi"\nurl = "{server.simple}"\nverify_ssl = false\n'
    (tiny / "pyproject.toml").write_text(PYPROJECT + source)
    succeed(pdm, "use", sys.executable, env=clean_env, cwd=tiny)
    succeed(pdm, "add", "--no-self", "more-top[odd]", env=clean_env, cwd=tiny)
    assert WITH_EXTRA.items() <= installed(tiny / ".venv").items()
    digest = server.page("more-top")["files"][0]["hashes"]["sha256"]
    assert f"sha256:{digest}" in (tiny / "pdm.lock").read_text()
