"""The index that the clients talk to: a real process of this checkout, seen over HTTP."""

import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx2
from attrs import field, frozen

from tests.clients.clients import ROOT, ClientError, sha256, succeed

JSON_PAGE = "application/vnd.pypi.simple.v1+json"
START_SECONDS = 60
FOLLOW_SECONDS = 15


def eventually(seen: Callable[[], bool]) -> bool:
    """Whether it is seen within the time in which the slower pages follow."""
    deadline = time.monotonic() + FOLLOW_SECONDS
    while not seen():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.1)
    return True


@frozen
class Index:
    """A running index, seen over HTTP.

    Attributes:
        url: its base URL, without a slash at the end.
        home: its data directory.
        http: a client that follows nothing and takes no setting of this machine.
    """

    url: str
    home: Path
    http: httpx2.Client = field(repr=False)

    @property
    def simple(self) -> str:
        """What installers are given."""
        return f"{self.url}/simple/"

    @property
    def legacy(self) -> str:
        """What publishers are given."""
        return f"{self.url}/legacy/"

    def get(self, path: str, **headers: str) -> httpx2.Response:
        """GET below the base URL, or an absolute URL."""
        sent = {key.replace("_", "-"): value for key, value in headers.items()}
        return self.http.get(path if "://" in path else self.url + path, headers=sent)

    def page(self, name: str) -> dict[str, Any]:
        """The project's page as JSON."""
        answer = self.get(f"/simple/{name}/", Accept=JSON_PAGE)
        assert answer.status_code == httpx2.codes.OK, answer.text
        page: dict[str, Any] = answer.json()
        return page

    def filenames(self, name: str) -> set[str]:
        """The files that the project's page lists."""
        return {file["filename"] for file in self.page(name)["files"]}

    def file_url(self, name: str, filename: str) -> str:
        """The absolute URL of a file, from the project's page."""
        urls = [file["url"] for file in self.page(name)["files"] if file["filename"] == filename]
        return str(httpx2.URL(f"{self.simple}{name}/").join(urls[0]))

    def upload(self, token: str, name: str, version: str, distribution: tuple[str, bytes]) -> httpx2.Response:
        """Upload as the protocol wants it, without a client in between."""
        filename, content = distribution
        wheel = filename.endswith(".whl")
        form = {
            ":action": "file_upload",
            "protocol_version": "1",
            "metadata_version": "2.1",
            "name": name,
            "version": version,
            "filetype": "bdist_wheel" if wheel else "sdist",
            "pyversion": "py3" if wheel else "source",
            "sha256_digest": sha256(content),
        }
        return self.http.post(self.legacy, data=form, files={"content": (filename, content)}, auth=("__token__", token))

    def publish(self, token: str, name: str, version: str, *distributions: tuple[str, bytes]) -> None:
        """Upload, and insist that the index takes it."""
        for distribution in distributions:
            answer = self.upload(token, name, version, distribution)
            assert answer.status_code == httpx2.codes.OK, answer.text

    def yank(self, token: str, name: str, filename: str, reason: str) -> None:
        """Yank one file."""
        answer = self.http.patch(
            f"{self.url}/api/packages/{name}/files/{filename}",
            json={"yanked": True, "reason": reason},
            headers={"Authorization": f"Bearer {token}"},
        )
        assert answer.status_code == httpx2.codes.OK, answer.text


def index_command(*arguments: object) -> list[str]:
    """The index's own command line, from this checkout."""
    return [sys.executable, "-m", "entrypoints.local", *map(str, arguments)]


def create_token(home: Path, login: str, env: Mapping[str, str]) -> str:
    """An upload token for a local submitter."""
    outcome = succeed(*index_command("token", "create", login, "--home", home), env=env, cwd=ROOT)
    (token,) = outcome.out.split()
    return token


def announced(process: "subprocess.Popen[bytes]", output: Path) -> str:
    """The last URL of the line that a server says when it is ready, awaited."""
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline and process.poll() is None:
        for line in output.read_text().splitlines(keepends=True):
            if line.startswith(("Serving ", "Uploading to ")) and line.endswith("\n"):
                return line.split()[-1].rstrip("/")
        time.sleep(0.05)
    raise ClientError(f"no `Serving <url>`; exit status {process.poll()}\n{output.read_text()}")


@contextmanager
def running(output: Path, env: Mapping[str, str], *command: object) -> Iterator[str]:
    """A server of ours that must also stop cleanly; its URL.

    Args:
        output: file for what it says.
        env: what it runs in.
        command: `serve` or `proxy`, with options.
    """
    with output.open("wb") as log:
        process = subprocess.Popen(
            index_command(*command, "--port", 0), cwd=ROOT, env=dict(env), stdout=log, stderr=subprocess.STDOUT
        )
        try:
            yield announced(process, output)
            process.send_signal(signal.SIGTERM)
            status = process.wait(30)
            assert status == 0, f"exit status {status} after SIGTERM\n{output.read_text()[-4000:]}"
        finally:
            process.kill()
            process.wait()


@contextmanager
def serving(home: Path, env: Mapping[str, str], *options: object) -> Iterator[Index]:
    """A running index."""
    home.mkdir(parents=True, exist_ok=True)
    output = home.parent / f"{home.name}.output"
    with (
        httpx2.Client(trust_env=False, timeout=60) as http,
        running(output, env, "serve", "--home", home, *options) as url,
    ):
        yield Index(url, home, http)
