"""Files where somebody else could have put anything: links, pipes, folders, more than there is room for."""

import errno
import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO
from uuid import uuid4

_PIECE = 1024 * 1024
_OURS = 0o700


class NoSuchFile(Exception):
    """There is no regular file of this name, or it is too large."""


@contextmanager
def opened(folder: Path, *names: str) -> Iterator[BinaryIO]:
    """The regular file `names[-1]` in folders below `folder`, which is trusted itself; no link is followed.

    Raises:
        NoSuchFile: there is none.
    """
    if any(name in {"", ".", ".."} or "/" in name or "\0" in name for name in names):
        raise NoSuchFile
    at = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        for name in names[:-1]:
            above, at = at, _open(name, os.O_DIRECTORY, at)
            os.close(above)
        # Non-blocking: a pipe would wait for somebody to write.
        descriptor = _open(names[-1], os.O_NONBLOCK, at)
    finally:
        os.close(at)
    if not stat.S_ISREG(os.fstat(descriptor).st_mode):
        os.close(descriptor)
        raise NoSuchFile
    with os.fdopen(descriptor, "rb") as file:
        yield file


def _open(name: str, flags: int, at: int) -> int:
    try:
        return os.open(name, os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC | flags, dir_fd=at)
    except OSError as error:
        if error.errno in {errno.ENOENT, errno.ELOOP, errno.ENOTDIR, errno.ENXIO, errno.EACCES, errno.EISDIR}:
            raise NoSuchFile from None
        raise


def read(folder: Path, *names: str, most_bytes: int) -> bytes:
    """The bytes of such a file."""
    with opened(folder, *names) as file:
        content = file.read(most_bytes + 1)
    if len(content) > most_bytes:
        raise NoSuchFile
    return content


def copy(folder: Path, *names: str, destination: Path, most_bytes: int) -> None:
    """Copy such a file; `destination` is not there yet."""
    left = most_bytes
    with opened(folder, *names) as file, destination.open("xb") as copied:
        while piece := file.read(_PIECE):
            left -= len(piece)
            if left < 0:
                raise NoSuchFile
            copied.write(piece)


def remove(path: Path) -> None:
    """Remove a folder with all that anybody put in it, also what they forbade us; harmless if there is none.

    Folders are emptied at the top, one by one, so that no depth is too deep.

    Raises:
        OSError: it cannot be removed.
    """
    if path.is_symlink() or not path.is_dir():
        path.unlink(missing_ok=True)
        return
    path.chmod(_OURS)
    folders = [path]
    while folders:
        folder = folders.pop()
        with os.scandir(folder) as entries:
            inner = list(entries)
        for entry in inner:
            found = Path(entry.path)
            if entry.is_dir(follow_symlinks=False):
                found.chmod(_OURS)
                folders.append(found.rename(path / uuid4().hex))
            else:
                found.unlink()
        if folder != path:
            folder.rmdir()
    path.rmdir()
