"""The emulator's own virtual environment: it pins other versions than we do, and runs functions on CPython 3.13."""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
CACHE = ROOT / ".cache" / "emulator"
REQUIREMENTS = Path(__file__).with_name("requirements.txt")
VERSION = (3, 13)
MISSING = (
    "functions run on CPython 3.13, which is neither on PATH nor below ~/.pyenv: "
    "install it, for instance with `uv python install 3.13` or `pyenv install 3.13`"
)


NODE_MISSING = "MiniStack runs the functions at the edge with node, which is not on PATH: install Node.js 20 or newer"


class NoInterpreterError(Exception):
    """Something that runs functions is not on this machine."""


def candidates() -> Iterator[Path]:
    """Where CPython 3.13 may be."""
    if sys.version_info[:2] == VERSION:
        yield Path(sys.executable)
    named = "python3.13"
    found = shutil.which(named)
    if found:
        yield Path(found)
    yield from sorted(Path.home().glob(f".pyenv/versions/3.13*/bin/{named}"), reverse=True)
    yield from sorted(Path.home().glob(f".local/share/uv/python/cpython-3.13*/bin/{named}"), reverse=True)


def works(python: Path) -> bool:
    """Whether it starts and is what its name says (a pyenv shim may be neither)."""
    said = subprocess.run(
        [python, "-c", "import sys; print(sys.version_info[:2])"], capture_output=True, text=True, check=False
    )
    return said.returncode == 0 and said.stdout.strip() == str(VERSION)


def interpreter() -> Path:
    """CPython 3.13.

    Raises:
        NoInterpreterError: there is none.
    """
    for python in candidates():
        if works(python):
            return python
    raise NoInterpreterError(MISSING)


def edge_prepared() -> None:
    """Be sure that functions at the edge can run.

    Raises:
        NoInterpreterError: they cannot.
    """
    if shutil.which("node") is None:
        raise NoInterpreterError(NODE_MISSING)


def prepared() -> Path:
    """The environment's interpreter; the environment is made now if it is not there or wants other packages.

    Raises:
        NoInterpreterError: there is nothing to make it from.
    """
    python = CACHE / "bin" / "python"
    stamp = CACHE / "requirements.txt"
    wanted = REQUIREMENTS.read_text()
    if stamp.exists() and stamp.read_text() == wanted and works(python):
        return python
    base = interpreter()
    shutil.rmtree(CACHE, ignore_errors=True)
    subprocess.run([base, "-m", "venv", CACHE], check=True)
    install = ["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--require-hashes"]
    subprocess.run([python, *install, "-r", REQUIREMENTS], check=True, env=os.environ)
    stamp.write_text(wanted)
    return python


if __name__ == "__main__":
    try:
        prepared()
    except NoInterpreterError as error:
        print(f"Skipping: {error}")  # noqa: T201 (it is a command)
