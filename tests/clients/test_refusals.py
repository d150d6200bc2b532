"""Refusals that a client must survive in words: large bodies, spent filenames, hidden projects."""

import random
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.clients.clients import (
    ROOT,
    UNAUTHENTICATED,
    WRONG_TOKEN,
    fail,
    installed,
    python_of,
    succeed,
    write,
)
from tests.clients.index import Index, create_token, eventually, index_command, serving
from tests.clients.tools import Tools
from tests.wheels import make_wheel

pytestmark = pytest.mark.clients

Publisher = Callable[[Tools, Index, str], list[object]]

LARGE_BYTES = 30_000_000
LIMIT_BYTES = 2_000_000


def large(name: str, size: int = LARGE_BYTES) -> tuple[str, bytes]:
    """A wheel that is about so large, and compresses badly."""
    data = random.Random(name).randbytes(size)  # noqa: S311 (not a secret)
    return make_wheel(name, "1.0", files={f"{name.replace('-', '_')}.bin": data}, compression=0)


def twine_upload(tools: Tools, index: Index, token: str) -> list[object]:
    """The command without the files."""
    where = ["--repository-url", index.legacy, "--username", "__token__", "--password", token]
    return [tools.path("twine"), "upload", "--verbose", "--non-interactive", "--disable-progress-bar", *where]


def uv_publish(tools: Tools, index: Index, token: str) -> list[object]:
    """The command without the files."""
    where = ["--publish-url", index.legacy, "--trusted-publishing", "never", "--token", token]
    return [tools.path("uv"), "publish", *where]


@pytest.fixture(scope="module")
def narrow(tmp_path_factory: pytest.TempPathFactory, index_env: dict[str, str]) -> Iterator[Index]:
    """An index that takes small files only."""
    env = index_env | {"SLS_PYPI_MAX_FILE_BYTES": str(LIMIT_BYTES)}
    with serving(tmp_path_factory.mktemp("narrow") / "home", env) as index:
        yield index


@pytest.mark.parametrize("publisher", [twine_upload, uv_publish])
def test_a_large_file_with_a_wrong_token_is_refused_in_words(
    publisher: Publisher, tools: Tools, server: Index, clean_env: dict[str, str], tmp_path: Path
) -> None:
    (path,) = write(tmp_path, large("refused-large"))
    outcome = fail(*publisher(tools, server, WRONG_TOKEN), path, env=clean_env)
    assert UNAUTHENTICATED in outcome.text


@pytest.mark.parametrize("publisher", [twine_upload, uv_publish])
def test_a_file_above_the_limit_is_refused_with_the_limit(
    publisher: Publisher, narrow: Index, tools: Tools, clean_env: dict[str, str], tmp_path: Path
) -> None:
    token = create_token(narrow.home, "alice", clean_env)
    (small,) = write(tmp_path, large(f"narrow-small-{publisher.__name__}", LIMIT_BYTES // 2))
    (path,) = write(tmp_path, large("narrow-large"))
    succeed(*publisher(tools, narrow, token), small, env=clean_env)
    outcome = fail(*publisher(tools, narrow, token), path, env=clean_env)
    assert "413" in outcome.text
    assert "too large" in outcome.text
    assert narrow.get("/simple/narrow-large/").status_code == 404


def test_a_deleted_filename_stays_spent(
    tools: Tools, server: Index, token: str, clean_env: dict[str, str], tmp_path: Path
) -> None:
    first, second = make_wheel("refused-spent", "1.0"), make_wheel("refused-spent", "1.0", description="Changed.")
    server.publish(token, "refused-spent", "1.0", first)
    url = f"{server.url}/api/packages/refused-spent/files/{first[0]}"
    gone = server.http.delete(url, headers={"Authorization": f"Bearer {token}"})
    assert gone.status_code == 204, gone.text
    for distribution in (first, second):
        outcome = fail(*twine_upload(tools, server, token), *write(tmp_path, distribution), env=clean_env)
        assert "This filename was previously used by a file that has since been deleted" in outcome.text


def test_a_quarantined_project_is_not_installed(
    tools: Tools, server: Index, token: str, venv: Path, clean_env: dict[str, str], index_env: dict[str, str]
) -> None:
    wheel = make_wheel("refused-hidden", "1.0")
    server.publish(token, "refused-hidden", "1.0", wheel)
    url = server.file_url("refused-hidden", wheel[0])
    status = index_command("status", "refused-hidden")
    where = ["--index-url", server.simple, "refused-hidden"]
    pip = [tools.path("pip"), "--python", python_of(venv), "install", *where]
    uv = [tools.path("uv"), "pip", "install", "--no-cache", "--python", python_of(venv), *where]
    succeed(*status, "quarantined", "--reason", "Odd.", "--home", server.home, env=index_env, cwd=ROOT)
    assert eventually(lambda: not server.filenames("refused-hidden"))
    fail(*pip, env=clean_env)
    fail(*uv, env=clean_env)
    assert server.get(url).status_code == 404
    succeed(*status, "active", "--home", server.home, env=index_env, cwd=ROOT)
    assert eventually(lambda: server.filenames("refused-hidden") == {wheel[0]})
    succeed(*uv, env=clean_env)
    assert installed(venv) == {"refused-hidden": "1.0"}


@pytest.mark.parametrize("publisher", [twine_upload, uv_publish])
def test_who_publishes_to_the_address_for_reading_is_told_the_right_one(
    publisher: Publisher, server: Index, token: str, tools: Tools, clean_env: dict[str, str], tmp_path: Path
) -> None:
    (path,) = write(tmp_path, make_wheel("refused-address", "1.0"))
    command = [server.simple if part == server.legacy else part for part in publisher(tools, server, token)]
    outcome = fail(*command, path, env=clean_env)
    assert "405" in outcome.text
    assert "/legacy/" in outcome.text
