"""uv, poetry and pdm install, add and lock from an own index that is their only one."""

import sys
import tomllib
from pathlib import Path

import pytest

from tests.clients.clients import fail, installed, python_of, succeed
from tests.clients.index import Index
from tests.clients.projects import make_tiny, pdm_adds, poetry_adds
from tests.clients.tools import Tools
from tests.wheels import make_wheel

pytestmark = pytest.mark.clients

ONLY_WITH_EXTRA = "Requires-Dist: more-optional; extra == 'odd'"
WITH_EXTRA = {"more-top": "1!1.0", "More.Base_Part": "1.5+local.7", "more-optional": "3.0.post1"}


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


def test_uv_adds_and_locks(tools: Tools, server: Index, clean_env: dict[str, str], tmp_path: Path) -> None:
    uv, where = tools.path("uv"), ["--default-index", server.simple, "--python", sys.executable]
    tiny = make_tiny(tmp_path / "tiny")
    succeed(uv, "add", *where, "more-top[odd]", env=clean_env, cwd=tiny)
    assert WITH_EXTRA.items() <= installed(tiny / ".venv").items()
    lock = (tiny / "uv.lock").read_text()
    file = server.page("more-optional")["files"][0]
    assert f'hash = "sha256:{file["hashes"]["sha256"]}", size = {file["size"]}, upload-time = "' in lock
    succeed(uv, "lock", "--check", *where, env=clean_env, cwd=tiny)
    succeed(uv, "sync", "--frozen", "--reinstall", "--no-cache", *where, env=clean_env, cwd=tiny)


def test_poetry_adds_and_locks(tools: Tools, server: Index, clean_env: dict[str, str], tmp_path: Path) -> None:
    found = poetry_adds(tools, tmp_path / "tiny", server, "more-top[odd]", clean_env)
    assert WITH_EXTRA.items() <= found.items()
    digest = server.page("more-top")["files"][0]["hashes"]["sha256"]
    assert f"sha256:{digest}" in (tmp_path / "tiny" / "poetry.lock").read_text()


def test_pdm_adds_and_locks(tools: Tools, server: Index, clean_env: dict[str, str], tmp_path: Path) -> None:
    found = pdm_adds(tools, tmp_path / "tiny", server, "more-top[odd]", clean_env)
    assert WITH_EXTRA.items() <= found.items()
    digest = server.page("more-top")["files"][0]["hashes"]["sha256"]
    assert f"sha256:{digest}" in (tmp_path / "tiny" / "pdm.lock").read_text()


def test_pip_locks_and_installs_from_the_lock(
    tools: Tools, server: Index, venv: Path, clean_env: dict[str, str], tmp_path: Path
) -> None:
    pip, lock = [tools.path("pip"), "--python", python_of(venv)], tmp_path / "pylock.toml"
    succeed(*pip, "lock", "--index-url", server.simple, "--output", lock, "more-top[odd]", env=clean_env)
    locked = tomllib.loads(lock.read_text())["packages"]
    (wheel,) = [package["wheels"][0] for package in locked if package["name"] == "more-top"]
    assert wheel["hashes"] == server.page("more-top")["files"][0]["hashes"]
    succeed(*pip, "install", "--index-url", server.simple, "--requirement", lock, env=clean_env)
    assert installed(venv) == WITH_EXTRA
