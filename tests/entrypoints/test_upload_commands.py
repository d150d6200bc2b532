"""`upload` and `proxy` as people use them: real processes, real sockets, files of any size."""

import os
import re
import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx2
import pytest

from entrypoints.local import uploading
from entrypoints.local.sending import Outgoing
from entrypoints.local.uploading import outgoing
from tests.running import COMMAND, PATIENCE, ROOT, Running, command, environment, serving, token_of
from tests.wheels import make_sdist, make_wheel

BIG = 20 * 2**20


@pytest.fixture
def home(tmp_path: Path) -> Path:
    return tmp_path / "home"


@pytest.fixture
def token(home: Path) -> str:
    return token_of(home)


@pytest.fixture
def server(home: Path) -> Iterator[Running]:
    """An index that takes no large file in one request."""
    with serving(home, SLS_PYPI_LEGACY_MAX_BYTES="1000000") as server:
        yield server


@pytest.fixture(scope="module")
def big() -> tuple[str, bytes]:
    return make_wheel("big", "1.0", files={"big/__init__.py": b"", "big/data": os.urandom(BIG)})


def written(folder: Path, *files: tuple[str, bytes]) -> list[Path]:
    folder.mkdir(exist_ok=True)
    for filename, content in files:
        (folder / filename).write_bytes(content)
    return [folder / filename for filename, _ in files]


def test_files_of_any_size_are_published_once(
    server: Running, token: str, big: tuple[str, bytes], home: Path, tmp_path: Path
) -> None:
    files = written(tmp_path / "dist", big, make_sdist("frob", "1.0"))
    done = command("upload", "--url", server.url, "--token", token, *files)
    assert done.stdout == f"{big[0]}: published\nfrob-1.0.tar.gz: published\n"
    assert done.stderr == ""
    assert httpx2.get(f"{server.url}/packages/big/1.0/{big[0]}").content == big[1]
    again = command("upload", *files, SLS_PYPI_URL=f"{server.url}/", SLS_PYPI_TOKEN=token)
    assert again.stdout == f"{big[0]}: already there\nfrob-1.0.tar.gz: already there\n"
    assert [path.name for path in (home / "tmp").iterdir()] == ["lock"]
    command("verify", "--home", home)


def test_each_refusal_is_one_line_and_the_others_are_published(server: Running, token: str, tmp_path: Path) -> None:
    (good,) = written(tmp_path / "dist", make_wheel("frob", "1.0"))
    (junk, wrong) = written(tmp_path / "dist", ("junk-1.0-py3-none-any.whl", b"junk"), ("frob.exe", b"x"))
    done = command("upload", "--url", server.url, "--token", token, junk, wrong, good, status=1)
    assert done.stdout == "frob-1.0-py3-none-any.whl: published\n"
    first, second = done.stderr.splitlines()
    assert first == "junk-1.0-py3-none-any.whl: Invalid distribution file. File is not a zipfile"
    assert second.startswith("frob.exe: Invalid file extension")
    nobody = command("upload", "--url", server.url, "--token", "slspypi-x", good, status=1).stderr
    assert nobody.startswith("frob-1.0-py3-none-any.whl: ")
    assert nobody.endswith(f" Log in with `sls-pypi login --url {server.url}`, or give another token.\n")


def test_a_file_that_goes_meanwhile_is_told_and_the_others_are_published(
    server: Running, token: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    gone, other = written(tmp_path / "dist", make_wheel("frob", "1.0"), make_wheel("other", "1.0"))

    def measured(path: Path, filename: str) -> Outgoing:
        file = outgoing(path, filename)
        gone.unlink(missing_ok=True)
        return file

    monkeypatch.setattr(uploading, "outgoing", measured)
    done = command("upload", "--url", server.url, "--token", token, gone, other, status=1)
    assert done.stdout == f"{other.name}: published\n"
    assert done.stderr == f"{gone.name}: It cannot be read: No such file or directory.\n"


def test_a_local_submitter_is_not_sent_to_github(server: Running, token: str) -> None:
    here = ("--url", server.url, "--token", token)
    assert command("packages", *here).stdout == f"You have no packages on {server.url} yet.\n"
    refused = command("publish", "octocat/frob", *here, status=1).stderr
    assert f"Log in with `sls-pypi login --url {server.url}` if it offers that, or send files with" in refused
    assert refused.count("\n") == 1


def test_an_index_that_is_not_there_is_told_once(tmp_path: Path) -> None:
    files = written(tmp_path, make_wheel("frob", "1.0"), make_wheel("frob", "2.0"))
    done = command("upload", "--url", "http://127.0.0.1:9", "--token", "t", *files, status=1)
    assert done.stdout == ""
    assert re.fullmatch(r"frob-1.0\S+: http://127.0.0.1:9 cannot be reached: .* \(1 more not tried\)\n", done.stderr)


@pytest.mark.parametrize(
    ("arguments", "line"),
    [
        (["upload", "pyproject.toml"], "Say which index: --url"),
        (["upload", "--url", "pypi.example.org", "pyproject.toml"], "is not a base URL"),
        (["upload", "--url", "http://[x", "pyproject.toml"], "is not a base URL"),
        (["packages", "--url", "http://localhost:abc"], "is not a base URL"),
        (["packages", "--url", "http://exa mple.org"], "is not a base URL"),
        (["upload", "--url", "https://pypi.example.org/simple/", "pyproject.toml"], "has a path"),
        (["upload", "--url", "https://a:b@pypi.example.org", "pyproject.toml"], "give no user in the URL"),
        (
            ["upload", "--url", "http://127.0.0.1:9", "pyproject.toml"],
            "sls-pypi login --url http://127.0.0.1:9`, or give an upload token",
        ),
        (["upload", "--url", "http://127.0.0.1:9", "--token", "é", "pyproject.toml"], "no upload token"),
        (["upload", "--url", "http://127.0.0.1:9", "--token", "t"], "Missing argument 'FILE...'"),
        (["upload", "--url", "http://127.0.0.1:9", "--token", "t", "tests"], "is a directory"),
        (["upload", "--url", "http://127.0.0.1:9", "--token", "t", "missing.whl"], "does not exist"),
        (["publish", "--url", "http://127.0.0.1:9", "--token", "t", "a/b", "--ref", ""], "Invalid value for '--ref'"),
        (["proxy"], "Say which index: --url"),
        (["proxy", "--url", "http://127.0.0.1:9", "--port", "x"], "Invalid value for '--port'"),
    ],
)
def test_wrong_calls_are_told_in_one_line(arguments: list[str], line: str) -> None:
    done = command(*arguments, status=2)
    assert done.stdout == ""
    assert line in done.stderr
    assert done.stderr.count("\n") == 1


def test_a_way_that_can_be_read_is_warned_of(tmp_path: Path) -> None:
    done = command("upload", "--url", "http://index.invalid", written(tmp_path, ("a.whl", b""))[0], status=2)
    assert "http://index.invalid is plain http" in done.stderr


@contextmanager
def forwarding(url: str) -> Iterator[str]:
    """A proxy that has to stop cleanly in the end; its address."""
    process = subprocess.Popen(
        [*COMMAND, "proxy", "--url", url, "--port", "0"],
        cwd=ROOT,
        env=environment(),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        assert process.stdout is not None
        said = process.stdout.readline()
        found = re.fullmatch(rf"Uploading to {re.escape(url)} through (http://127\.0\.0\.1:\d+)/legacy/\n", said)
        assert found, f"the proxy said {said!r}"
        yield found[1]
        process.send_signal(signal.SIGTERM)
        rest, errors = process.communicate(timeout=PATIENCE)
        assert (process.returncode, rest, errors) == (0, "", "")
    finally:
        process.kill()
        process.communicate()


def test_publishers_reach_the_index_through_an_address_here(
    server: Running, token: str, big: tuple[str, bytes]
) -> None:
    refused = server.upload(token, big)
    assert refused.status_code == 413
    assert f"sls-pypi proxy --url {server.url}" in refused.text
    with forwarding(server.url) as url:
        form = {":action": "file_upload", "name": "big", "version": "1.0", "filetype": "bdist_wheel"}
        answer = httpx2.post(
            f"{url}/legacy/", data=form, files={"content": big}, auth=("__token__", token), timeout=PATIENCE
        )
        assert answer.status_code == 200, answer.text
    assert server.filenames("big") == [big[0]]


def test_a_port_in_use_is_told_with_what_to_do(server: Running) -> None:
    port = server.url.rpartition(":")[2]
    done = command("proxy", "--url", server.url, "--port", port, status=1)
    assert "--port 0 picks a free port" in done.stderr
