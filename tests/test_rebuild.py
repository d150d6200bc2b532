"""Everything is derived again beside a server that goes on, and by commands that are killed."""

import shutil
import subprocess
import threading
from pathlib import Path

import httpx2
import pytest

from tests.running import COMMAND, ROOT, Running, command, environment, serving, token_of
from tests.wheels import make_wheel

pytestmark = pytest.mark.crash
_PACKAGES = 120
_ADDRESS = {"SLS_PYPI_BASE_URL": "http://index.test"}


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """A home of some hundred packages, of whose site nothing is left."""
    folder, home = tmp_path / "files", tmp_path / "home"
    folder.mkdir()
    for n in range(_PACKAGES):
        filename, content = make_wheel(f"package-{n}", "1.0")
        (folder / filename).write_bytes(content)
    command("import", folder, "--as", "alice", "--home", home, SLS_PYPI_BASE_URL=_ADDRESS["SLS_PYPI_BASE_URL"])
    return home


def emptied(home: Path) -> None:
    """Remove the whole site, once; a server may be writing some of it meanwhile."""
    for path in (home / "site").iterdir():
        if path.is_dir():
            shutil.rmtree(path, ignore_errors=True)
        else:
            path.unlink(missing_ok=True)


def listed_files_are_there(server: Running, name: str) -> bool:
    """Whether what the page lists can be had; without a page nothing is listed."""
    page = httpx2.get(f"{server.url}/simple/{name}/", headers={"Accept": "application/vnd.pypi.simple.v1+json"})
    if page.status_code != 200:
        return True
    return all(
        httpx2.get(f"{server.url}/simple/{name}/{file['url']}").status_code == 200 for file in page.json()["files"]
    )


def rebuilding(home: Path) -> "subprocess.Popen[bytes]":
    return subprocess.Popen(
        [*COMMAND, "rebuild", "--home", str(home)],
        cwd=ROOT,
        env=environment(**_ADDRESS),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )


def test_a_rebuild_beside_a_server_shows_no_page_without_its_files_and_loses_no_upload(home: Path) -> None:
    token = token_of(home)
    with serving(home, **_ADDRESS) as server:
        emptied(home)
        process = rebuilding(home)
        missing: list[str] = []
        confirmed: list[str] = []
        done = threading.Event()

        def read() -> None:
            while not done.is_set():
                names = [f"package-{n}" for n in range(0, _PACKAGES, 7)]
                missing.extend(name for name in names if not listed_files_are_there(server, name))

        reader = threading.Thread(target=read)
        reader.start()
        while process.poll() is None:
            name = f"new-{len(confirmed)}"
            answer = server.upload(token, make_wheel(name, "1.0"))
            assert answer.status_code == 200, answer.text
            confirmed.append(name)
        done.set()
        reader.join()
        assert process.returncode == 0
        assert missing == []
        assert confirmed
        for name in confirmed:
            assert len(server.filenames(name)) == 1
        command("verify", "--home", home)
    command("verify", "--home", home)


def test_a_rebuild_that_is_killed_goes_on(home: Path) -> None:
    emptied(home)
    for enough in (5, 60):
        process = rebuilding(home)
        pages = home / "site" / "simple"
        while process.poll() is None and not (pages.is_dir() and len(list(pages.iterdir())) > enough):
            pass
        process.kill()
        process.wait()
    command("rebuild", "--home", home)
    command("verify", "--home", home)
