"""The package of code that all functions run: ours and what it needs, for Lambda's Python and processor.

Whatever Python and machine the operator has, pip fetches the locked wheels for the target. Equal sources give equal
bytes, so the archive is named by its digest and an unchanged one is never deployed again.
"""

import hashlib
import importlib.util
import os
import re
import shutil
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Iterator
from pathlib import Path

from attrs import frozen

from infrastructure.bytecode import compiled
from infrastructure.closure import Sources
from infrastructure.cloud import MACHINES, CloudUnusable

ROOT = Path(__file__).parents[1]
"""Where our packages lie: the checkout, or the wheel's folder in site-packages."""
PYTHON = "3.13"
"""The runtime of the template's functions."""

_REQUIREMENTS = Path(__file__).with_name("functions.txt")
_OWN = ("domain", "adapters", "infrastructure", "entrypoints")
# Lambda runs the first ones, and those the others. A change of what none of them imports deploys nothing.
_PROGRAMS = ("entrypoints/aws/*.py", "adapters/readme_child.py", "adapters/building/cell/enter.py")
_DATA = ("infrastructure/athena/*.sql", "templates/**/*")
# Amazon Linux 2023 has glibc 2.34.
_NEWEST_GLIBC, _OLDEST_GLIBC = 34, 17
_UNUSED_SUFFIXES = (".c", ".h", ".pxd", ".pyc", ".pyi", ".pyx")
_UNUSED_FOLDERS = frozenset({"__pycache__", "bin", "test", "tests"})
# Nothing of what the functions import asks for its own metadata but by name and version.
_KEPT_METADATA = "METADATA"
_MOST_BYTES = 250 * 2**20
_EARLIEST = (1980, 1, 1, 0, 0, 0)
_FILE_MODE = 0o100644 << 16


class CannotBundle(CloudUnusable):
    """The package cannot be made; the text says what to do."""


@frozen
class Bundle:
    """A finished archive.

    Attributes:
        path: where it lies.
        sha256: of its bytes, hexadecimal.
        size, unpacked: bytes, packed and unpacked.
    """

    path: Path
    sha256: str
    size: int
    unpacked: int

    @property
    def key(self) -> str:
        """Its place in a bucket; equal bytes have the same."""
        return f"functions/{self.sha256}.zip"


def build(architecture: str, folder: Path, cache: Path | None = None, python: str | None = None) -> Bundle:
    """Make the archive in `folder`.

    Args:
        architecture: ``arm64`` or ``x86_64``.
        folder: where it is written.
        cache: where fetched dependencies are kept for the next time; by default below the user's cache folder.
        python: a Python of the runtime's version that compiles all modules (`infrastructure.bytecode`); None for none.

    Raises:
        CannotBundle: dependencies cannot be fetched, or it is too large for Lambda.
    """
    cache = cache or _user_cache()
    dependencies = _dependencies(architecture, cache)
    members = dict(_own())
    for path in _files(dependencies):
        name = path.relative_to(dependencies).as_posix()
        if _is_needed(name):
            members.setdefault(name, path)
    if python is not None:
        members |= compiled(members, python, cache / "bytecode")
    unpacked = sum(path.stat().st_size for path in members.values())
    if unpacked > _MOST_BYTES:
        raise CannotBundle(
            f"The functions' code has {unpacked / 2**20:.0f} MiB unpacked, and Lambda takes {_MOST_BYTES >> 20}. "
            f"Remove something from {_REQUIREMENTS.name}."
        )
    archive = folder / "functions.zip"
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as target:
        for name in sorted(members):
            entry = zipfile.ZipInfo(name, _EARLIEST)
            entry.external_attr = _FILE_MODE
            entry.create_system = 3
            target.writestr(entry, members[name].read_bytes(), zipfile.ZIP_DEFLATED)
    return Bundle(archive, hashlib.sha256(archive.read_bytes()).hexdigest(), archive.stat().st_size, unpacked)


def _own() -> Iterator[tuple[str, Path]]:
    programs = (path for pattern in _PROGRAMS for path in ROOT.glob(pattern))
    data = (path for pattern in _DATA for path in ROOT.glob(pattern) if path.is_file())
    for path in sorted({*Sources(ROOT, _OWN).closure(programs), *data}):
        yield path.relative_to(ROOT).as_posix(), path


def _files(folder: Path) -> Iterator[Path]:
    return (path for path in sorted(folder.rglob("*")) if path.is_file())


def _is_needed(name: str) -> bool:
    *folders, filename = name.split("/")
    if any(folder in _UNUSED_FOLDERS for folder in folders) or filename.endswith(_UNUSED_SUFFIXES):
        return False
    return filename == _KEPT_METADATA if folders and folders[0].endswith(".dist-info") else True


def _dependencies(architecture: str, cache: Path) -> Path:
    """The folder with the locked dependencies for this processor; fetched once."""
    lock = _REQUIREMENTS.read_bytes()
    kept = cache / f"{architecture}-{PYTHON}-{hashlib.sha256(lock).hexdigest()[:16]}"
    if kept.is_dir():
        return kept
    if importlib.util.find_spec("pip") is None:
        raise CannotBundle(
            f"Making the functions' package needs pip, which this Python does not have: run `{sys.executable} -m "
            "ensurepip`, or `uv pip install pip` in an environment of uv's."
        )
    try:
        cache.mkdir(parents=True, exist_ok=True)
        draft = Path(tempfile.mkdtemp(dir=cache, prefix="fetching-"))
    except OSError as error:
        raise CannotBundle(
            f"Cannot keep downloads in {cache}: {error.strerror}. Set XDG_CACHE_HOME to a folder that can be written."
        ) from None
    try:
        _fetch(architecture, draft)
        try:
            draft.rename(kept)
        except OSError:
            if not kept.is_dir():  # else another deployment was faster, with the same files
                raise
    finally:
        shutil.rmtree(draft, ignore_errors=True)
    return kept


def _fetch(architecture: str, target: Path) -> None:
    machine = MACHINES[architecture]
    platforms = [f"manylinux_2_{minor}_{machine}" for minor in range(_NEWEST_GLIBC, _OLDEST_GLIBC - 1, -1)]
    # pip takes tags as they are written, and the old spelling of 2.17 as another one.
    platforms.append(f"manylinux2014_{machine}")
    options = [argument for platform in platforms for argument in ("--platform", platform)]
    command = [sys.executable, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-input"]
    command += ["--target", str(target), *options, "--implementation", "cp", "--python-version", PYTHON]
    command += ["--only-binary=:all:", "--require-hashes", "--no-deps", "--no-compile", "-r", str(_REQUIREMENTS)]
    # An operator's own settings for pip (a mirror, a proxy) hold; only these two would change what is fetched or where.
    environment = {key: value for key, value in os.environ.items() if key not in ("PIP_TARGET", "PIP_USER")}
    done = subprocess.run(command, capture_output=True, text=True, check=False, env=environment)  # noqa: S603 - our own words
    if done.returncode:
        raise CannotBundle(
            f"pip could not fetch the functions' dependencies ({_reason(done.stderr)}). Look at the network and at "
            f"`{sys.executable} -m pip config list`, then run this again."
        )


def _reason(told: str) -> str:
    errors = re.findall(r"^(?:ERROR|error): (.+)$", told, re.MULTILINE)
    lines = [line for line in told.splitlines() if line.strip()]
    return str(errors[-1] if errors else lines[-1] if lines else "it did not say why").strip().rstrip(".")


def _user_cache() -> Path:
    given = os.environ.get("XDG_CACHE_HOME")
    return (Path(given) if given else Path.home() / ".cache") / "sls-pypi" / "functions"
