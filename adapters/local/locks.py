"""Files that processes lock (flock). Whoever can open one can hold it, so they are closed to others."""

import errno
import fcntl
import os
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

MODE = 0o600
PATIENCE_SECONDS = 15.0
"""What is done in a turn takes far less than a second; a process that stands still there must not stop all others."""

_PAUSE_SECONDS = 0.002


class Turns:
    """One after the other, threads and processes.

    Args:
        path: the lock's file, made if need be.
        patience: seconds for which anybody waits for others.
    """

    def __init__(self, path: str, patience: float = PATIENCE_SECONDS) -> None:
        self._path = path
        self._patience = patience
        self._mutex = threading.Lock()

    @contextmanager
    def taken(self) -> Iterator[None]:
        """Keep all others out. Nothing slow belongs here.

        Raises:
            TimeoutError: somebody else kept it all the time.
        """
        deadline = time.monotonic() + self._patience
        # The mutex as well: where the lock is one of the whole process, as on network file systems, threads share it.
        if not self._mutex.acquire(timeout=self._patience):
            raise self._kept()
        try:
            lock = opened(self._path)
            try:
                self._lock(lock, deadline)
                yield
            finally:
                os.close(lock)
        finally:
            self._mutex.release()

    def _lock(self, lock: int, deadline: float) -> None:
        while True:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                if time.monotonic() >= deadline:
                    raise self._kept() from None
                time.sleep(_PAUSE_SECONDS)
            else:
                return

    def _kept(self) -> TimeoutError:
        # In the text, as asyncio keeps no filename of these.
        return TimeoutError(errno.ETIMEDOUT, f"Another program keeps {self._path} locked, or stands still")


def opened(path: str) -> int:
    """The lock's file, made if need be; its descriptor is the caller's to close.

    What the administrator makes belongs to the folder's owner, so that one command with all rights shuts out nobody.
    """
    try:
        lock = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, MODE)
    except PermissionError:
        # Somebody else's of before; locking does not write.
        return os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    if os.geteuid() == 0:
        folder = Path(path).parent.stat()
        os.fchown(lock, folder.st_uid, folder.st_gid)
    return lock
