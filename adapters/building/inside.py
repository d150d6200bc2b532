"""What runs where a project's own code runs: a program of its own that needs the standard library only.

``python -I -S inside.py REQUEST`` in the folder of the build. REQUEST is JSON with a key `do`; the answer is
``{"said": ...}``, or ``{"refused": "One sentence."}``, in `ANSWER`. Everything printed is for the log.
"""

import importlib
import io
import json
import os
import runpy
import site
import sys
import tarfile
import tomllib
from pathlib import Path, PurePosixPath
from typing import Any

ARCHIVE, SOURCE, DIST, ANSWER = "source.tar.gz", "source", "dist", "answer.json"
"""What lies in the folder of a build."""
PACKAGING_FILES = ("pyproject.toml", "setup.py", "setup.cfg")

_MOST_ENTRIES = 100_000
_LARGEST_PYPROJECT = 1024 * 1024
_EARLIEST, _LATEST = 315_532_800, 4_102_444_800  # 1980, where ZIP begins, to 2100
# PEP 517 and 518: what holds for projects that say nothing.
_LEGACY = {"requires": ["setuptools>=40.8.0"], "backend": "setuptools.build_meta:__legacy__", "path": []}


class Refused(Exception):
    """It cannot be built; one sentence says why."""


def unpack() -> dict[str, Any]:
    """Unpack the archive into `SOURCE`; answers how to build it and, in seconds, when its newest file was changed."""
    newest = _EARLIEST
    top: str | None = None
    Path(SOURCE).mkdir()
    try:
        with tarfile.open(ARCHIVE, "r|gz") as archive:
            for number, info in enumerate(archive):
                if number >= _MOST_ENTRIES:
                    raise Refused(f"The archive has more than {_MOST_ENTRIES} entries.")
                parts = _parts(info.name)
                if top is None:
                    top = parts[0]
                if parts[0] != top or (len(parts) == 1 and not info.isdir()):
                    raise Refused("The archive has more than one folder at its top.")
                newest = max(newest, int(info.mtime))
                if len(parts) > 1:
                    _extract(archive, info, Path(SOURCE, *parts[1:]))
    except (tarfile.TarError, EOFError, ValueError, OSError) as error:
        raise Refused(f"The archive cannot be unpacked: {error}.") from None
    return build_system(Path(SOURCE)) | {"changed": min(newest, _LATEST)}


def _parts(name: str) -> tuple[str, ...]:
    path = PurePosixPath(name)
    if path.is_absolute() or ".." in path.parts or not path.parts:
        raise Refused("The archive has a name that leads out of it.")
    return path.parts


def _extract(archive: tarfile.TarFile, info: tarfile.TarInfo, path: Path) -> None:
    _stays_inside(path.parent)
    if info.isdir():
        path.mkdir(parents=True, exist_ok=True)
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    if path.is_symlink() or path.is_file():
        path.unlink()
    if info.issym():
        _stays_inside(path.parent / info.linkname)
        path.symlink_to(info.linkname)
    elif info.islnk():
        first = Path(SOURCE, *_parts(info.linkname)[1:])
        _stays_inside(first)
        path.write_bytes(first.read_bytes())
    elif info.isreg():
        content = archive.extractfile(info)
        with path.open("xb") as file:
            while content is not None and (piece := content.read(1024 * 1024)):
                file.write(piece)
        path.chmod(0o755 if info.mode & 0o100 else 0o644)
        os.utime(path, (info.mtime, info.mtime))
    else:
        raise Refused("The archive has an entry that is no file, folder or link.")


def _stays_inside(path: Path) -> None:
    if not path.resolve().is_relative_to(Path(SOURCE).resolve()):
        raise Refused("The archive has a link that leads out of it.")


def build_system(folder: Path) -> dict[str, Any]:
    """What ``[build-system]`` says: `requires`, `backend` and `path`."""
    pyproject = folder / "pyproject.toml"
    if not any((folder / name).is_file() for name in PACKAGING_FILES):
        raise Refused("The repository has no pyproject.toml, setup.py or setup.cfg at its root.")
    if not pyproject.is_file():
        return _LEGACY
    try:
        with pyproject.open("rb") as file:
            text = file.read(_LARGEST_PYPROJECT + 1)
        if len(text) > _LARGEST_PYPROJECT:
            raise Refused("pyproject.toml cannot be read: it is larger than 1 MiB.")
        told = tomllib.loads(text.decode())
    except (ValueError, OSError, RecursionError) as error:
        raise Refused(f"pyproject.toml cannot be read: {error}.") from None
    system = told.get("build-system")
    if system is None:
        return _LEGACY
    return _checked(folder, system)


def _checked(folder: Path, system: object) -> dict[str, Any]:
    if not isinstance(system, dict) or not _are_texts(system.get("requires")):
        raise Refused("pyproject.toml cannot be read: [build-system] needs a list `requires`.")
    backend = system.get("build-backend", _LEGACY["backend"])
    path = system.get("backend-path", [])
    if not isinstance(backend, str) or not _are_texts(path):
        raise Refused("pyproject.toml cannot be read: build-backend is a text and backend-path a list of texts.")
    root = folder.resolve()
    if not all((root / entry).resolve().is_relative_to(root) for entry in path):
        raise Refused("pyproject.toml cannot be used: backend-path leads out of the project.")
    return {"requires": system["requires"], "backend": backend, "path": path}


def _are_texts(value: object) -> bool:
    return isinstance(value, list) and all(isinstance(entry, str) for entry in value)


def call(hook: str, backend: str, path: list[str], changed: int, told: dict[str, str]) -> object:
    """Call one of the backend's hooks (PEP 517) in the project's folder; `told` is what it finds in its environment."""
    dist = str(Path(DIST).resolve())
    Path(DIST).mkdir(exist_ok=True)
    os.chdir(SOURCE)
    os.environ.update(told, SOURCE_DATE_EPOCH=str(changed))
    sys.path[:0] = [str(Path(entry).resolve()) for entry in path]
    module, _, attributes = backend.partition(":")
    found: Any = importlib.import_module(module)
    for attribute in filter(None, attributes.split(".")):
        found = getattr(found, attribute)
    if hook.startswith("get_requires"):
        return list(getattr(found, hook, lambda _: [])(None) or [])
    try:
        return os.fspath(getattr(found, hook)(dist, None))
    except getattr(found, "UnsupportedOperation", ()) as error:
        raise Refused(f"The build backend cannot do this: {error}.") from None


def pip(folder: str, arguments: list[str]) -> None:
    """Run the pip that lies in this folder."""
    sys.path.insert(0, folder)
    sys.argv = ["pip", *arguments]
    runpy.run_module("pip", run_name="__main__")


def main() -> None:
    """Do what the request says."""
    request = json.loads(sys.argv[1])
    # What is printed is to be seen while it runs; a Python that is on its own (-I) does not read PYTHONUNBUFFERED.
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(line_buffering=True)
    answer = Path(ANSWER).resolve()
    for folder in filter(None, os.environ.get("PYTHONPATH", "").split(os.pathsep)):
        site.addsitedir(folder)
    try:
        match request.pop("do"):
            case "unpack":
                said: dict[str, object] = {"said": unpack()}
            case "call":
                said = {"said": call(**request)}
            case "pip":
                pip(**request)
                return
            case unknown:
                raise ValueError(unknown)
    except Refused as refused:
        said = {"refused": str(refused)}
    # Not through whatever the project may have put there.
    with answer.open("x") as file:
        json.dump(said, file)


if __name__ == "__main__":
    main()
