"""Files that are on disk when a function returns, and that are never seen half written."""

import contextlib
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from secrets import token_hex
from typing import BinaryIO

_AT_ONCE = 2**30  # bytes
_waiting = True


@contextmanager
def unwaited() -> Iterator[None]:
    """Within it nothing in this process waits for the disk: for what is thrown away unless it comes to its end."""
    global _waiting  # noqa: PLW0603 - as the disk is, this is one for the whole process
    _waiting = False
    try:
        yield
    finally:
        _waiting = True


def is_waiting() -> bool:
    """Whether what returns is to be on disk."""
    return _waiting


def spare(folder: Path) -> Path:
    """A path in the folder that nobody uses."""
    return folder / token_hex(16)


def write(path: Path, body: bytes, mode: int, *, sync: bool) -> None:
    """Make a new file of these bytes, on disk if wanted. Its name is not on disk yet."""
    with _new(path, mode, sync=sync) as file:
        file.write(body)


def copy(source: Path, path: Path, mode: int, *, sync: bool) -> None:
    """Make a new file of another's bytes, on disk if wanted. Its name is not on disk yet.

    Raises:
        FileNotFoundError: there is no source.
    """
    with source.open("rb") as original, _new(path, mode, sync=sync) as file:
        # Within the kernel where it can, which on some file systems shares the space until one of the two is changed.
        with contextlib.suppress(AttributeError, OSError):
            while os.copy_file_range(original.fileno(), file.fileno(), _AT_ONCE):
                pass
        # Then what is left: nothing, everything, or the rest before a disk that is full.
        shutil.copyfileobj(original, file)


def sync(path: Path) -> None:
    """Bring a file's bytes or a folder's names to disk.

    Raises:
        FileNotFoundError: there is none.
    """
    if not _waiting:
        return
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


@contextmanager
def _new(path: Path, mode: int, *, sync: bool) -> Iterator[BinaryIO]:
    try:
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode), "wb") as file:
            yield file
            if sync and _waiting:
                file.flush()
                os.fsync(file.fileno())
    except BaseException:
        path.unlink(missing_ok=True)
        raise


def make_folder(path: Path) -> list[Path]:
    """Make the folder and those above it; returns the folders that have to be brought to disk for that.

    Raises:
        FileExistsError: a file is in the way.
    """
    if path.is_dir():
        return []
    above = make_folder(path.parent)
    path.mkdir(exist_ok=True)
    return [*above, path.parent]
