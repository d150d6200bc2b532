"""Servers that are killed while they work."""

import contextlib
import subprocess
import threading
from pathlib import Path

import httpx2
import pytest

from tests.running import COMMAND, ROOT, Running, command, environment, serving, token_of
from tests.wheels import make_wheel

pytestmark = pytest.mark.crash
_UPLOADERS = 6
_ROUNDS = 5
# Each server listens on another port; pages that have to be written again for that are no matter here.
_ADDRESS = {"SLS_PYPI_BASE_URL": "http://index.test"}


class Uploads:
    """What uploaders of one round send until their server dies, and what was confirmed to them."""

    def __init__(self, server: Running, token: str, round_: int) -> None:
        self._server = server
        self._token = token
        self._round = round_
        self.confirmed: dict[str, bytes] = {}
        self.enough = threading.Event()

    def go_on(self, uploader: int) -> None:
        """Half of the uploaders publish into one project, the others into projects of their own."""
        with contextlib.suppress(httpx2.HTTPError), httpx2.Client() as client:
            for n in range(1000):
                name = "shared" if uploader % 2 else f"own-{self._round}-{uploader}-{n}"
                wheel = make_wheel(name, f"{self._round}.{uploader}.{n}")
                answer = self._server.upload(self._token, wheel, client)
                assert answer.status_code == 200, answer.text
                self.confirmed[wheel[0]] = wheel[1]
                if len(self.confirmed) >= 40:
                    self.enough.set()


def test_what_was_answered_200_is_listed_from_the_first_answer_after_a_kill(tmp_path: Path) -> None:
    home = tmp_path / "home"
    token = token_of(home)
    confirmed: dict[str, bytes] = {}
    for round_ in range(_ROUNDS):
        server = Running(home, **_ADDRESS)
        uploads = Uploads(server, token, round_)
        threads = [threading.Thread(target=uploads.go_on, args=(n,)) for n in range(_UPLOADERS)]
        for thread in threads:
            thread.start()
        assert uploads.enough.wait(60)
        server.kill()
        for thread in threads:
            thread.join()
        confirmed |= uploads.confirmed
        command("verify", "--home", home)
        with serving(home, **_ADDRESS) as again:
            listed = {project["name"] for project in again.root()["projects"]}
            assert {filename.partition("-")[0].replace("_", "-") for filename in confirmed} <= listed
            for filename, content in confirmed.items():
                name = filename.partition("-")[0].replace("_", "-")
                (file,) = [file for file in again.simple(name)["files"] if file["filename"] == filename]
                assert httpx2.get(f"{again.url}/simple/{name}/{file['url']}").content == content
        command("verify", "--home", home)


def test_a_killed_import_goes_on_where_it_stopped(tmp_path: Path) -> None:
    home, folder = tmp_path / "home", tmp_path / "files"
    folder.mkdir()
    names = [f"package-{n}" for n in range(60)]
    for name in names:
        filename, content = make_wheel(name, "1.0")
        (folder / filename).write_bytes(content)
    token_of(home)
    process = subprocess.Popen(
        [*COMMAND, "import", str(folder), "--as", "alice", "--home", str(home)],
        cwd=ROOT,
        env=environment(),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    blobs = home / "blobs"
    while not (blobs.is_dir() and len(list(blobs.iterdir())) > 10) and process.poll() is None:
        pass
    process.kill()
    process.wait()
    done = command("import", folder, "--as", "alice", "--home", home)
    published, known = (int(part.split()[0]) for part in done.stdout.split(", ")[:2])
    assert published + known == len(names)
    assert known > 0
    command("verify", "--home", home)
    with serving(home) as server:
        for name in names:
            assert len(server.filenames(name)) == 1
