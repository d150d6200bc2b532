"""A folder for one query over the logs. Addresses lie in it, so nothing stays, not even what a killed process left."""

import fcntl
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from adapters.local import durable

_LOCK = "lock"


@contextmanager
def workspace(tmp: Path) -> Iterator[Path]:
    """An empty folder for its owner only, removed at the end."""
    root = tmp / "access-logs"
    durable.make_folder(str(root))
    with (root / _LOCK).open("ab") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            pass  # others are at work, and what is left of those that are not stays for the next one
        else:
            _sweep(root)
        fcntl.flock(lock, fcntl.LOCK_SH)
        folder = Path(durable.spare(str(root)))
        folder.mkdir(mode=0o700)
        try:
            yield folder
        finally:
            shutil.rmtree(folder, ignore_errors=True)


def sweep(tmp: Path) -> None:
    """Remove what killed processes left, unless others are at work."""
    if (tmp / "access-logs").is_dir():
        with workspace(tmp):
            pass


def _sweep(root: Path) -> None:
    for path in root.iterdir():
        if path.name != _LOCK:
            shutil.rmtree(path, ignore_errors=True)
