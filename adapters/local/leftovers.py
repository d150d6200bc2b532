"""Spare files that killed processes leave, wherever files of a home are made before they get their place."""

import time
from pathlib import Path

from adapters.local.folder import LOCK, STAGING
from adapters.local.home import Home

_ONE_HOUR = 3600.0


def sweep(home: Home, seconds: float = _ONE_HOUR) -> int:
    """Remove those that nobody has touched for so long; returns how many."""
    roots = (home.site, home.blobs, home.usage, home.build_logs)
    return sum(_swept(folder, seconds) for folder in (home.tmp, *(root / STAGING for root in roots)))


def _swept(folder: Path, seconds: float) -> int:
    swept = 0
    for path in folder.iterdir() if folder.is_dir() else ():
        try:
            # The change time and not the modification time: a new link to an old file is new.
            if path.name != LOCK and path.is_file() and path.lstat().st_ctime < time.time() - seconds:
                path.unlink()
                swept += 1
        except FileNotFoundError:
            continue
    return swept
