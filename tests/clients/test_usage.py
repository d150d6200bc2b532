"""Real installs become figures: each once, and nothing else that installers ask for."""

import gzip
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from tests.clients.clients import ROOT, installed, python_of, succeed, write
from tests.clients.index import Index, create_token, eventually, index_command, serving
from tests.clients.tools import Tools
from tests.wheels import make_wheel

pytestmark = pytest.mark.clients

NAME = "usage-demo"


@pytest.fixture
def index(tmp_path: Path, index_env: dict[str, str]) -> Iterator[Index]:
    with serving(tmp_path / "home", index_env) as index:
        yield index


def logged(index: Index, marker: str) -> bool:
    """Whether a request of this agent is on disk."""
    return any(marker in gzip.decompress(path.read_bytes()).decode() for path in (index.home / "logs").glob("*.gz"))


def stats(index: Index) -> dict[str, Any]:
    figures: dict[str, Any] = index.get(f"/stats/{NAME}.json").json()
    return figures


def count(index: Index, index_env: dict[str, str], *days: str) -> str:
    """Run `nightly` for days, while the index serves."""
    outs = [
        succeed(*index_command("nightly", "--home", index.home, "--day", day), env=index_env, cwd=ROOT).out
        for day in days
    ]
    return "".join(outs)


def test_an_install_with_pip_and_one_with_uv_are_two_downloads(
    index: Index, index_env: dict[str, str], clean_env: dict[str, str], tools: Tools, venv: Path, tmp_path: Path
) -> None:
    token = create_token(index.home, "alice", index_env)
    (wheel,) = write(tmp_path / "dist", make_wheel(NAME, "1.0"))
    login = ["--username", "__token__", "--password", token, "--non-interactive"]
    succeed(tools.path("twine"), "upload", "--repository-url", index.legacy, *login, wheel, env=clean_env)
    first = datetime.now(UTC).date().isoformat()

    pip = [tools.path("pip"), "--python", python_of(venv), "install", "--no-cache-dir"]
    succeed(*pip, "--index-url", index.simple, NAME, env=clean_env)
    assert installed(venv) == {NAME: "1.0"}
    uv = [tools.path("uv"), "pip", "install", "--no-cache", "--reinstall", "--python", python_of(venv)]
    succeed(*uv, "--default-index", index.simple, NAME, env=clean_env)

    url = index.file_url(NAME, wheel.name)
    index.http.head(url)
    index.get(f"{url}.metadata")
    index.get(url, Range="bytes=1-")
    index.get(f"/project/{NAME}/", User_Agent="the-last-one")
    assert eventually(lambda: logged(index, "the-last-one"))
    last = datetime.now(UTC).date().isoformat()
    assert count(index, index_env, *sorted({first, last}))

    assert eventually(lambda: stats(index)["total"] == 2)
    days = stats(index)["days"]
    assert sum(day["downloads"] for day in days) == 2
    assert {name: number for day in days for name, number in day["installers"].items()} == {"pip": 1, "uv": 1}
    assert {number for day in days for number in day["files"]} == {wheel.name}
    assert {edge for day in days for edge in day["edges"]} == {"LCL"}
    before = index.get(f"/stats/{NAME}.json").content
    assert "; 0 packages with new figures" in count(index, index_env, last)
    assert index.get(f"/stats/{NAME}.json").content == before


def test_the_page_of_a_package_shows_its_downloads(
    index: Index, index_env: dict[str, str], clean_env: dict[str, str], tools: Tools, tmp_path: Path
) -> None:
    token = create_token(index.home, "alice", index_env)
    index.publish(token, NAME, "1.0", make_wheel(NAME, "1.0"))
    assert eventually(lambda: index.get(f"/project/{NAME}/").status_code == 200)
    before = index.get(f"/project/{NAME}/").text
    download = [tools.path("pip"), "download", "--no-cache-dir", "--no-deps", "--dest", tmp_path / "got"]
    days = {datetime.now(UTC).date().isoformat()}
    succeed(*download, "--index-url", index.simple, NAME, env=clean_env)
    index.get("/", User_Agent="the-last-one")
    assert eventually(lambda: logged(index, "the-last-one"))
    count(index, index_env, *sorted(days | {datetime.now(UTC).date().isoformat()}))
    assert eventually(lambda: index.get(f"/project/{NAME}/").text != before)
    assert stats(index)["total"] == 1
