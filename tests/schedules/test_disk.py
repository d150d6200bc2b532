"""Disks that are full, locked databases and files that were cut off, with real servers."""

import hashlib
import json
import os
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from random import Random

import httpx2
import pytest

from tests.running import COMMAND, ROOT, Running, command, environment, serving, token_of
from tests.wheels import make_sdist, make_wheel

pytestmark = pytest.mark.crash
_ADDRESS = {"SLS_PYPI_BASE_URL": "http://index.test"}
_ALONE = ("unshare", "--map-root-user", "--mount")
_WHOLE = "Everything that is served is what the events say."


def noise(seed: int, size: int = 150_000) -> dict[str, bytes]:
    """A module that no archive makes smaller."""
    return {"frob/__init__.py": f"DATA = {Random(seed).randbytes(size)!r}".encode()}  # noqa: S311


def check_listed(server: Running, name: str, confirmed: dict[str, bytes]) -> None:
    """Whatever was confirmed is listed with its bytes, and nothing is listed that is not there."""
    if not confirmed:
        return
    files = server.simple(name)["files"]
    assert confirmed.keys() <= {file["filename"] for file in files}
    for file in files:
        answer = httpx2.get(f"{server.url}/simple/{name}/{file['url']}")
        assert answer.status_code == 200
        assert hashlib.sha256(answer.content).hexdigest() == file["hashes"]["sha256"]
        assert confirmed.get(file["filename"], answer.content) == answer.content


_INSIDE = """
import os, subprocess, sys
home, size, *program = sys.argv[1:]
subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={size}", "small", home], check=True)
subprocess.run([*program, "token", "create", "alice", "--home", home], check=True)
server = subprocess.Popen([*program, "serve", "--home", home, "--port", "0"])
os.dup2(os.open(os.devnull, os.O_WRONLY), 1)  # so that whoever waits for a server that is gone is told
sys.stdin.read()
server.terminate()
server.wait()
sys.exit(subprocess.run([*program, "verify", "--home", home]).returncode)
"""


class OnSmallDisk(Running):
    """A server whose home is a file system of so many bytes, which nobody but its processes sees."""

    def __init__(self, home: Path, size: int) -> None:
        self.process = subprocess.Popen(
            [*_ALONE, sys.executable, "-c", _INSIDE, str(home), str(size), *COMMAND],
            cwd=ROOT,
            env=environment(**_ADDRESS),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        )
        assert self.process.stdout is not None
        self.token = self.process.stdout.readline().strip()
        self.url = self.process.stdout.readline().split()[-1]
        self.folder = Path(f"/proc/{self.process.pid}/root{home}")

    def verified(self) -> bool:
        """Stop it; whether `verify` finds nothing then."""
        self.process.communicate(timeout=60)
        return self.process.returncode == 0


@pytest.fixture
def small(tmp_path: Path) -> Iterator[OnSmallDisk]:
    trial = [*_ALONE, "mount", "-t", "tmpfs", "small", str(tmp_path)]
    if shutil.which("unshare") is None or subprocess.run(trial, check=False, capture_output=True).returncode:
        pytest.skip("this machine lets nobody mount a small disk")
    server = OnSmallDisk(tmp_path, 8 * 2**20)
    yield server
    if server.process.poll() is None:
        server.verified()


@pytest.mark.parametrize("slack", range(0, 400_000, 130_000))
def test_a_full_disk_is_told_and_nothing_that_was_confirmed_is_lost(small: OnSmallDisk, slack: int) -> None:
    ballast = small.folder / "ballast"
    confirmed: dict[str, bytes] = {}

    def upload(number: int) -> int:
        wheel = make_wheel("frob", f"1.{number}", files=noise(number))
        answer = small.upload(small.token, wheel)
        if answer.status_code == 200:
            confirmed[wheel[0]] = wheel[1]
        else:
            assert answer.status_code == 503, answer.text
            assert "disk of this index is full" in answer.text
        return answer.status_code

    assert upload(0) == 200
    left = os.statvfs(small.folder)
    ballast.write_bytes(bytes(max(0, left.f_bavail * left.f_frsize - 900_000 - slack)))
    statuses = [upload(number) for number in range(1, 6)]
    assert 503 in statuses
    check_listed(small, "frob", confirmed)
    assert httpx2.get(f"{small.url}/healthz").status_code == 200
    ballast.unlink()
    for number in range(1, 6):
        assert upload(number) == 200
    check_listed(small, "frob", confirmed)
    assert len(small.filenames("frob")) == 6
    assert small.verified()


_COMMANDS_ON_FULL = """
import json, os, subprocess, sys
home, left, *program = sys.argv[1:]
subprocess.run(["mount", "-t", "tmpfs", "-o", "size=4m", "small", home], check=True)
subprocess.run([*program, "token", "create", "alice", "--home", home], check=True, stdout=subprocess.DEVNULL)
with open(f"{home}/ballast", "wb") as ballast:
    disk = os.statvfs(home)
    ballast.write(bytes(disk.f_bavail * disk.f_frsize - int(left)))
for line in ("token create b", "nightly", "status x active", "rebuild", "verify", "stats x", "doctor", "serve"):
    words = line.split()
    done = subprocess.run([*program, *words, "--home", home], capture_output=True, text=True)
    print(json.dumps([words[0], done.returncode, done.stdout if words == ["doctor"] else done.stderr]))
"""


@pytest.mark.parametrize("left", [0, 16_384])
def test_commands_on_a_full_disk_say_so_and_what_to_do(tmp_path: Path, left: int) -> None:
    if shutil.which("unshare") is None:
        pytest.skip("this machine lets nobody mount a small disk")
    done = subprocess.run(
        [*_ALONE, sys.executable, "-c", _COMMANDS_ON_FULL, str(tmp_path), str(left), *COMMAND],
        cwd=ROOT,
        env=environment(**_ADDRESS),
        check=False,
        capture_output=True,
        text=True,
    )
    if done.returncode:
        pytest.skip("this machine lets nobody mount a small disk")
    for line in done.stdout.splitlines():
        word, status, said = json.loads(line)
        assert (word, status) == (word, 1)
        assert "No space left on device" in said
        assert f"{tmp_path}/events.db. Make room there" in said
        assert word == "doctor" or said.count("\n") == 1
    assert len(done.stdout.splitlines()) == 8


def test_a_locked_database_is_told_and_readers_go_on(tmp_path: Path) -> None:
    home = tmp_path / "home"
    token = token_of(home)
    first, second = make_wheel("frob", "1.0"), make_wheel("frob", "2.0")
    with serving(home, **_ADDRESS) as server:
        assert server.upload(token, first).status_code == 200
        with closing(sqlite3.connect(home / "events.db", isolation_level=None)) as other:
            other.execute("BEGIN EXCLUSIVE")
            assert server.filenames("frob") == [first[0]]
            answer = server.upload(token, second)
            assert answer.status_code == 503
            assert "busy with other changes" in answer.text
            assert server.filenames("frob") == [first[0]]
            assert httpx2.get(f"{server.url}/healthz").status_code == 200
            other.execute("ROLLBACK")
        assert server.upload(token, second).status_code == 200
        check_listed(server, "frob", dict([first, second]))
    assert command("verify", "--home", home).stdout.endswith(f"{_WHOLE}\n")


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home with a package of two files."""
    home: Path = tmp_path_factory.mktemp("whole") / "home"
    token = token_of(home)
    with serving(home, **_ADDRESS) as server:
        for file in (make_wheel("frob", "1.0", files=noise(1)), make_sdist("frob", "1.0")):
            assert server.upload(token, file).status_code == 200
    command("verify", "--home", home)
    return home


def _cut(path: Path, part: float) -> None:
    body = path.read_bytes()
    path.chmod(0o644)
    path.write_bytes(body[: int(len(body) * part)])


@pytest.mark.parametrize("part", [0, 0.5], ids=["empty", "half"])
def test_what_is_served_and_was_cut_off_is_found_and_mended(tmp_path: Path, whole: Path, part: float) -> None:
    home = tmp_path / "home"
    shutil.copytree(whole, home)
    (wheel,), (sdist,) = (list(home.glob(f"site/packages/frob/1.0/*{ending}")) for ending in (".whl", ".tar.gz"))
    pages = (
        "simple/frob/index.v1_json",
        "simple/index.html",
        "pypi/frob/json",
        "project/frob/index.html",
        "index.html",
    )
    paths = [wheel, Path(f"{wheel}.metadata"), sdist, *(home / "site" / page for page in pages)]
    before = {path: path.read_bytes() for path in paths}
    for path in paths:
        _cut(path, part)
    found = command("verify", "--home", home, status=1).stdout
    for path in paths:
        assert f"different {path.relative_to(home / 'site')}" in found
    command("rebuild", "--home", home)
    assert {path: path.read_bytes() for path in paths} == before
    assert command("verify", "--home", home).stdout.endswith(f"{_WHOLE}\n")


@pytest.mark.parametrize("part", [0, 0.5], ids=["empty", "half"])
def test_private_copies_that_were_cut_off_are_found_never_served_and_mended(
    tmp_path: Path, whole: Path, part: float
) -> None:
    home = tmp_path / "home"
    shutil.copytree(whole, home)
    served = {path: path.read_bytes() for path in (home / "site/packages").rglob("frob*") if path.is_file()}
    twins = [path for one in served for path in (home / "blobs").rglob(one.name)]
    assert len(twins) == len(served) == 3
    for path in twins:
        _cut(path, part)
    found = command("verify", "--home", home, status=1).stdout
    assert all(path.name in found for path in served)
    with serving(home, **_ADDRESS) as server:
        check_listed(server, "frob", {path.name: body for path, body in served.items() if path.suffix != ".metadata"})
    command("rebuild", "--home", home)
    assert {path: path.read_bytes() for path in served} == served
    assert command("verify", "--home", home).stdout.endswith(f"{_WHOLE}\n")


def test_the_only_copy_that_was_cut_off_is_told_as_lost(tmp_path: Path, whole: Path) -> None:
    """The core metadata of an sdist is served to nobody."""
    home = tmp_path / "home"
    shutil.copytree(whole, home)
    (metadata,) = (home / "blobs").rglob("*.tar.gz.metadata")
    _cut(metadata, 0.5)
    told = f"lost      {metadata.relative_to(home)}"
    assert told in command("verify", "--home", home, status=1).stdout
    assert told in command("rebuild", "--home", home, status=1).stdout
