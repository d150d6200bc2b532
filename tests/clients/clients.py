"""What the tests of real clients share: starting them, their own environments, and the index they talk to."""

import hashlib
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx2
from attrs import field, frozen

ROOT = Path(__file__).resolve().parents[2]
CACHE = Path(os.environ.get("SLS_PYPI_TEST_CACHE") or ROOT / ".cache" / "clients")

JSON_PAGE = "application/vnd.pypi.simple.v1+json"
HTML_PAGE = "application/vnd.pypi.simple.v1+html"

WRONG_TOKEN = "slspypi-nobody-has-this"  # noqa: S105 (the point is that it opens nothing)
UNAUTHENTICATED = "Invalid or non-existent authentication information"

START_SECONDS = 60
SETTINGS = ("PIP_", "UV_", "POETRY_", "TWINE_", "PDM_", "HATCH_", "FLIT_", "VIRTUAL_ENV", "PYTHONPATH", "SLS_PYPI_")


class ClientError(AssertionError):
    """A command that should succeed did not, or the other way round."""


@frozen
class Outcome:
    """How a command ended."""

    status: int
    out: str
    err: str

    @property
    def text(self) -> str:
        """Everything it said."""
        return f"{self.out}\n{self.err}"


def run(*command: object, env: Mapping[str, str], cwd: Path | None = None, timeout: float = 300) -> Outcome:
    """Run a command to its end, whatever that is."""
    done = subprocess.run(
        [str(part) for part in command],
        env=dict(env),
        cwd=cwd,
        timeout=timeout,
        capture_output=True,
        text=True,
        check=False,
        stdin=subprocess.DEVNULL,
    )
    return Outcome(done.returncode, done.stdout, done.stderr)


def succeed(*command: object, env: Mapping[str, str], cwd: Path | None = None, timeout: float = 300) -> Outcome:
    """Run a command that must succeed."""
    outcome = run(*command, env=env, cwd=cwd, timeout=timeout)
    if outcome.status:
        raise ClientError(f"{' '.join(map(str, command))} ended with {outcome.status}\n{outcome.text}")
    return outcome


def fail(*command: object, env: Mapping[str, str], cwd: Path | None = None, timeout: float = 300) -> Outcome:
    """Run a command that must not succeed."""
    outcome = run(*command, env=env, cwd=cwd, timeout=timeout)
    if not outcome.status:
        raise ClientError(f"{' '.join(map(str, command))} succeeded\n{outcome.text}")
    return outcome


def without_settings(environment: Mapping[str, str], home: Path) -> dict[str, str]:
    """An environment in which no client finds a configuration, a cache or a credential of this machine."""
    kept = {key: value for key, value in environment.items() if not key.startswith(SETTINGS)}
    return kept | {
        "HOME": str(home),
        "XDG_CACHE_HOME": str(home / "cache"),
        "XDG_CONFIG_HOME": str(home / "config"),
        "XDG_DATA_HOME": str(home / "data"),
        "XDG_STATE_HOME": str(home / "state"),
        "NO_PROXY": "127.0.0.1,localhost",
        "no_proxy": "127.0.0.1,localhost",
        "NO_COLOR": "1",
        "COLUMNS": "200",
        "PIP_CONFIG_FILE": os.devnull,
        "PIP_DISABLE_PIP_VERSION_CHECK": "1",
        "PIP_NO_INPUT": "1",
        "PYTHON_KEYRING_BACKEND": "keyring.backends.null.Keyring",
        "UV_PYTHON_DOWNLOADS": "never",
        "POETRY_VIRTUALENVS_IN_PROJECT": "true",
        "PDM_CHECK_UPDATE": "false",
        "PDM_IGNORE_SAVED_PYTHON": "1",
    }


def sha256(content: bytes) -> str:
    """The digest that pages and clients show."""
    return hashlib.sha256(content).hexdigest()


def write(directory: Path, *distributions: tuple[str, bytes]) -> list[Path]:
    """Put distributions into a directory, as a build would."""
    directory.mkdir(parents=True, exist_ok=True)
    paths = [directory / filename for filename, _ in distributions]
    for path, (_, content) in zip(paths, distributions, strict=True):
        path.write_bytes(content)
    return paths


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
    """The URL of the line ``Serving <url>``, awaited."""
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline and process.poll() is None:
        for line in output.read_text().splitlines():
            if line.startswith("Serving "):
                return line.removeprefix("Serving ").strip().rstrip("/")
        time.sleep(0.05)
    raise ClientError(f"no `Serving <url>`; exit status {process.poll()}\n{output.read_text()}")


@contextmanager
def serving(home: Path, env: Mapping[str, str], *options: object) -> Iterator[Index]:
    """A running index that must also stop cleanly."""
    home.mkdir(parents=True, exist_ok=True)
    output = home.parent / f"{home.name}.output"
    command = index_command("serve", "--home", home, "--port", 0, *options)
    with output.open("wb") as log, httpx2.Client(trust_env=False, timeout=60) as http:
        process = subprocess.Popen(command, cwd=ROOT, env=dict(env), stdout=log, stderr=subprocess.STDOUT)
        try:
            yield Index(announced(process, output), home, http)
            process.send_signal(signal.SIGTERM)
            status = process.wait(30)
            assert status == 0, f"exit status {status} after SIGTERM\n{output.read_text()[-4000:]}"
        finally:
            process.kill()
            process.wait()


def python_of(venv: Path) -> Path:
    """The interpreter of a virtual environment."""
    return venv / "bin" / "python"


def installed(venv: Path) -> dict[str, str]:
    """Every distribution of a virtual environment and its version."""
    script = "import importlib.metadata as m, json; print(json.dumps({d.name: d.version for d in m.distributions()}))"
    found: dict[str, str] = json.loads(succeed(python_of(venv), "-I", "-c", script, env=os.environ).out)
    return found
