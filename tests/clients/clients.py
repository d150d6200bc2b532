"""How the tests start real clients, and in which environments."""

import hashlib
import json
import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

from attrs import frozen

ROOT = Path(__file__).resolve().parents[2]
CACHE = Path(os.environ.get("SLS_PYPI_TEST_CACHE") or ROOT / ".cache" / "clients")

WRONG_TOKEN = "slspypi-nobody-has-this"  # noqa: S105 (the point is that it opens nothing)
UNAUTHENTICATED = "Invalid or non-existent authentication information"

SETTINGS = (
    "PIP_",
    "UV_",
    "POETRY_",
    "TWINE_",
    "PDM_",
    "HATCH_",
    "FLIT_",
    "SLS_PYPI_",
    "VIRTUAL_ENV",
    "PYTHONPATH",
    "COLUMNS",
)


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


def python_of(venv: Path) -> Path:
    """The interpreter of a virtual environment."""
    return venv / "bin" / "python"


def installed(venv: Path) -> dict[str, str]:
    """Every distribution of a virtual environment and its version."""
    script = "import importlib.metadata as m, json; print(json.dumps({d.name: d.version for d in m.distributions()}))"
    found: dict[str, str] = json.loads(succeed(python_of(venv), "-I", "-c", script, env=os.environ).out)
    return found


def empty_venv(path: Path) -> Path:
    """A virtual environment to install into from without; returns its path."""
    succeed(sys.executable, "-m", "venv", "--without-pip", path, env=os.environ)
    return path
