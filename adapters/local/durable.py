"""Files that are on disk when a function returns, and that are never seen half written.

Paths are strings and calls are those of `os`, as for thousands of small files pathlib takes longer than the system.
"""

import contextlib
import ctypes
import errno
import os
import stat
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path
from secrets import token_hex

_AT_ONCE = 2**30  # bytes
_PIECE = 2**20  # bytes
_MANY = 64
_LIBC = ctypes.CDLL(None, use_errno=True)
_waiting = True
_DRAWN = token_hex(16)
_NUMBERS = count()


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


def spare(folder: str) -> str:
    """A path in the folder that nobody uses."""
    # Lots are drawn once; a process that is forked later has another number.
    return f"{folder}/{_DRAWN}-{os.getpid()}-{next(_NUMBERS)}"


def write(path: str, body: bytes, mode: int, *, sync: bool) -> None:
    """Make a new file of these bytes, on disk if wanted. Its name is not on disk yet."""
    with _new(path, mode, sync=sync) as descriptor:
        _write(descriptor, body)


def copy(source: str | Path, path: str, mode: int, *, sync: bool) -> None:
    """Make a new file of another's bytes, on disk if wanted. Its name is not on disk yet.

    Raises:
        FileNotFoundError: there is no source.
    """
    with open(source, "rb", buffering=0) as original, _new(path, mode, sync=sync) as descriptor:
        # Within the kernel where it can, which on some file systems shares the space until one of the two is changed.
        with contextlib.suppress(AttributeError, OSError):
            while os.copy_file_range(original.fileno(), descriptor, _AT_ONCE):
                pass
        # Then what is left: nothing, everything, or the rest before a disk that is full.
        while piece := original.read(_PIECE):
            _write(descriptor, piece)


def move(source: str | Path, path: str, mode: int) -> None:
    """Make a new file of another, which is not to be used any more. Neither bytes nor name are on disk yet."""
    os.chmod(source, mode)
    try:
        os.rename(source, path)
    except OSError as error:
        if error.errno != errno.EXDEV:
            raise
        copy(source, path, mode, sync=False)


def sync(path: str) -> None:
    """Bring a file's bytes or a folder's names to disk.

    Raises:
        FileNotFoundError: there is none.
    """
    if not _waiting:
        return
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    except OSError as error:
        # Some file systems have nothing to do for a folder, and say so like this.
        if error.errno != errno.EINVAL or not stat.S_ISDIR(os.fstat(descriptor).st_mode):
            raise
    finally:
        os.close(descriptor)


def sync_all(root: str, paths: Collection[str]) -> None:
    """Bring files and folders below `root` to disk, all on one file system; those removed meanwhile need nothing."""
    if len(paths) >= _MANY and _waiting and _sync_file_system(root):
        return
    for path in paths:
        with contextlib.suppress(FileNotFoundError, NotADirectoryError):
            sync(path)


def _sync_file_system(folder: str) -> bool:
    """Wait once for everything, where the system can: far faster than to wait for each of many files."""
    syncfs = getattr(_LIBC, "syncfs", None)
    if syncfs is None:
        return False
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        if syncfs(descriptor):
            number = ctypes.get_errno()
            raise OSError(number, os.strerror(number), folder)
    finally:
        os.close(descriptor)
    return True


def _write(descriptor: int, body: bytes) -> None:
    left = memoryview(body)
    while left:
        left = left[os.write(descriptor, left) :]


@contextmanager
def _new(path: str, mode: int, *, sync: bool) -> Iterator[int]:
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode)
    try:
        try:
            yield descriptor
            if sync and _waiting:
                os.fsync(descriptor)
        finally:
            os.close(descriptor)
    except BaseException as error:
        with contextlib.suppress(FileNotFoundError):
            os.unlink(path)
        if isinstance(error, OSError) and error.errno and error.filename is None:
            error.filename = path  # no name tells which disk is full
        raise


def make_folder(path: str) -> list[str]:
    """Make the folder and those above it; returns the folders that have to be brought to disk for that.

    Raises:
        FileExistsError: a file is in the way.
    """
    parent = os.path.dirname(path)
    try:
        os.mkdir(path)
    except FileExistsError:
        if not os.path.isdir(path):
            raise
        return []
    except FileNotFoundError:
        return [*make_folder(parent), *make_folder(path)]
    return [parent]


def beside(root: str, tmp: str, name: str) -> str:
    """A folder from where files can be renamed to below `root`: `tmp`, or else one of this name in it.

    Tried out, as mounts may share a file system.
    """
    probe, landed = spare(tmp), f"{root}/.{spare('')[1:]}"
    Path(probe).touch()
    try:
        os.rename(probe, landed)
    except OSError as error:
        if error.errno != errno.EXDEV:
            raise
        make_folder(f"{root}/{name}")
        return f"{root}/{name}"
    finally:
        for left in (probe, landed):
            Path(left).unlink(missing_ok=True)
    return tmp
