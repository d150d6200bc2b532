"""Files that processes lock (flock). Whoever can open one can hold it, so they are closed to others."""

import os
from pathlib import Path

MODE = 0o600


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
