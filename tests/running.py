"""Real processes of the real command."""

import io
import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from pathlib import Path
from typing import Any
from unittest.mock import patch

import httpx2

from entrypoints.local.__main__ import main
from tests.wheels import normalised

ROOT = Path(__file__).parents[1]
COMMAND = (sys.executable, "-m", "entrypoints.local")
# `verify` itself waits for a minute for whoever writes pages, such as a count that a killed server has left behind.
PATIENCE = 180
NOBODY = "http://127.0.0.1:9"


def environment(**changes: str) -> dict[str, str]:
    """This process's environment without settings and logins of ours. GitHub is where nobody answers."""
    kept = {key: value for key, value in os.environ.items() if not key.startswith("SLS_PYPI_")}
    return kept | {"SLS_PYPI_GITHUB_API_URL": NOBODY, "XDG_CONFIG_HOME": str(ROOT / ".cache" / "nothing")} | changes


def command(*arguments: object, status: int = 0, **changes: str) -> subprocess.CompletedProcess[str]:
    """Run `sls-pypi` to its end, and be sure of its exit status; in this process, as starting one takes far longer."""
    words = [str(argument) for argument in arguments]
    ended: str | int | None = 0
    with (
        patch.dict(os.environ, environment(**changes), clear=True),
        redirect_stdout(io.StringIO()) as out,
        redirect_stderr(io.StringIO()) as err,
    ):
        try:
            main(words)
        except SystemExit as error:
            ended = error.code
    said = out.getvalue(), err.getvalue()
    assert ended == status, f"{words} ended with {ended}: {''.join(said)}"
    return subprocess.CompletedProcess(words, status, *said)


class Running:
    """A server process."""

    def __init__(self, home: Path, *options: str, verb: str = "serve", **changes: str) -> None:
        self.process = subprocess.Popen(
            [*COMMAND, verb, "--home", str(home), "--port", "0", *options],
            cwd=ROOT,
            env=environment(**changes),
            stdout=subprocess.PIPE,
            text=True,
        )
        assert self.process.stdout is not None
        said = self.process.stdout.readline()
        found = re.fullmatch(r"Serving (http://\S+)\n", said)
        assert found, f"the server said {said!r}"
        self.url = found[1]

    def rest(self, last: str) -> str:
        """What it says more, up to the line that starts with `last`."""
        assert self.process.stdout is not None
        said = ""
        for line in self.process.stdout:
            said += line
            if line.startswith(last):
                return said
        raise AssertionError(f"it said no more than {said!r}")

    def kill(self) -> None:
        """As a power cut does it, as far as processes are concerned."""
        self.process.kill()
        self.close()

    def stop(self) -> int:
        """As an operator does it; returns the exit status."""
        self.process.send_signal(signal.SIGTERM)
        try:
            return self.process.wait(PATIENCE)
        finally:
            self.close()

    def close(self) -> None:
        self.process.wait(PATIENCE)
        if self.process.stdout is not None:
            self.process.stdout.close()

    def upload(self, token: str, file: tuple[str, bytes], client: httpx2.Client | None = None) -> httpx2.Response:
        """Send one file as publishers do."""
        filename, content = file
        wheel = filename.endswith(".whl")
        name, version, *_ = filename.removesuffix(".tar.gz").split("-")
        form = {
            ":action": "file_upload",
            "name": name,
            "version": normalised(version),
            "filetype": "bdist_wheel" if wheel else "sdist",
        }
        post = client.post if client else httpx2.post
        return post(
            f"{self.url}/legacy/",
            data=form,
            files={"content": (filename, content)},
            auth=("__token__", token),
            timeout=PATIENCE,
        )

    def simple(self, name: str) -> dict[str, Any]:
        """A project's page for installers."""
        return self._json(f"simple/{name}/")

    def root(self) -> dict[str, Any]:
        """The list of all projects for installers."""
        return self._json("simple/")

    def _json(self, path: str) -> dict[str, Any]:
        accept = {"Accept": "application/vnd.pypi.simple.v1+json"}
        answer = httpx2.get(f"{self.url}/{path}", headers=accept, timeout=PATIENCE)
        assert answer.status_code == 200, answer.text
        page: dict[str, Any] = answer.json()
        return page

    def filenames(self, name: str) -> list[str]:
        return [file["filename"] for file in self.simple(name)["files"]]


@contextmanager
def serving(home: Path, *options: str, **changes: str) -> Iterator[Running]:
    """A server that has to stop cleanly in the end."""
    server = Running(home, *options, **changes)
    try:
        yield server
    except BaseException:
        server.kill()
        raise
    assert server.stop() == 0


def token_of(home: Path, login: str = "alice") -> str:
    """A new upload token."""
    return command("token", "create", login, "--home", home).stdout.strip()
