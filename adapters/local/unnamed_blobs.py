"""Which blobs no event names, and since when: noted beside them, so that none goes before its time."""

import json
import os
from collections.abc import Callable, Mapping
from datetime import datetime
from pathlib import Path

from adapters.local import durable
from adapters.local.blobs import FolderBlobs
from adapters.local.home import Home
from domain.ports.clock import Clock
from domain.usecases.unnamed_blobs import UnnamedBlobs, is_waste, unnamed_since

_MODE = 0o600


def removed(
    unnamed: UnnamedBlobs, blobs: FolderBlobs, home: Home, clock: Clock, is_whole: Callable[[], bool]
) -> int | None:
    """Remove the blobs that have been without a name for long enough; returns how many, None if events are damaged.

    One that somebody adds meanwhile stays: adding makes it new, under the lock under which it would be removed. For one
    process at a time.

    Args:
        unnamed: finds them.
        blobs: where they are.
        home: has the notes; without them their time begins now.
        clock: what the time is.
        is_whole: whether events are as they were written; asked if there is something to remove. Where one byte of an
            event is another, the blob that it named looks unnamed, and is what a backup of events needs.
    """
    now = clock.now()  # before anything is looked at: whatever is added from here on is newer
    known = _noted(home.unnamed)
    since = unnamed_since(known, set(unnamed.keys()), now)
    waste = [key for key, first in since.items() if is_waste(first, now)]
    if waste and not is_whole():
        return None
    gone = {key for key in waste if blobs.remove_older(key, since[key])}
    left = {key: first for key, first in since.items() if key not in gone}
    if left != known:
        _note(home, left)
    return len(gone)


def _noted(path: Path) -> Mapping[str, datetime]:
    try:
        return {str(key): datetime.fromisoformat(since) for key, since in json.loads(path.read_text()).items()}
    except (FileNotFoundError, ValueError, TypeError, AttributeError):
        return {}


def _note(home: Home, since: Mapping[str, datetime]) -> None:
    draft = Path(durable.spare(os.fspath(home.tmp)))
    body = json.dumps({key: first.isoformat() for key, first in since.items()}, indent=1, sort_keys=True)
    durable.write(os.fspath(draft), body.encode(), _MODE, sync=True)
    draft.replace(home.unnamed)
