"""Files that are on disk when a function returns, and that are never seen half written."""

import os
import shutil
from pathlib import Path
from secrets import token_hex


def spare(folder: Path) -> Path:
    """A path in the folder that nobody uses."""
    return folder / token_hex(16)


def write(path: Path, body: bytes) -> None:
    """Make a new file of these bytes, on disk. Its name is not on disk yet."""
    try:
        with path.open("xb") as file:
            file.write(body)
            file.flush()
            os.fsync(file.fileno())
    except BaseException:
        path.unlink(missing_ok=True)
        raise


def copy(source: Path, path: Path) -> None:
    """Make a new file of another's bytes, on disk. Its name is not on disk yet.

    Raises:
        FileNotFoundError: there is no source.
    """
    with source.open("rb") as original:
        try:
            with path.open("xb") as file:
                shutil.copyfileobj(original, file, 1024 * 1024)
                file.flush()
                os.fsync(file.fileno())
        except BaseException:
            path.unlink(missing_ok=True)
            raise


def sync(path: Path) -> None:
    """Bring a file's bytes or a folder's names to disk.

    Raises:
        FileNotFoundError: there is none.
    """
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def make_folder(path: Path) -> None:
    """Make the folder and those above it, on disk; harmless if it is there.

    Raises:
        FileExistsError: a file is in the way.
    """
    if path.is_dir():
        return
    make_folder(path.parent)
    path.mkdir(exist_ok=True)
    sync(path.parent)
