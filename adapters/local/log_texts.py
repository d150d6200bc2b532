"""The texts of packed logs, from when they are examined until they are queried, so that they are unpacked once.

Addresses lie in them. So they are in a workspace, and gone when they have been read, at the latest with this process.
"""

import os
import shutil
import threading
import weakref
from collections.abc import Iterable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from io import BufferedWriter
from pathlib import Path

from attrs import frozen

from adapters.local import durable
from adapters.local.log_workspace import workspace

_MOST_BYTES = 4 * 2**30
_SHARE_OF_MEMORY = 8  # what is removed soon enough the system never brings to disk, unless it is more than some of this
_SHARE_OF_DISK = 4  # others keep the most of what is free
_RATIO = 16  # logs are seldom packed better


@frozen
class Place:
    """Where a text may be written, and how many bytes it may have."""

    path: Path
    most: int


class LogTexts:
    """Texts by files of logs, as many as there is room for; `file` is whatever tells a file and its state.

    Args:
        tmp: of the home.
    """

    def __init__(self, tmp: Path) -> None:
        self._tmp = tmp
        self._lock = threading.Lock()
        self._opened = ExitStack()
        self._folder: Path | None = None
        self._left = 0
        self._texts: dict[object, Path] = {}
        weakref.finalize(self, self._opened.close)

    @contextmanager
    def place(self, log: Path) -> Iterator[Place | None]:
        """Where the text of a log may go; None if there is no room for it."""
        most = _size(log) * _RATIO
        with self._lock:
            folder = self._made()
            fits = most <= self._left
            self._left -= most * fits
        if not fits:
            yield None
            return
        place = Place(Path(durable.spare(str(folder))), most)
        try:
            yield place
        finally:
            with self._lock:
                self._left += most - _size(place.path)

    def keep(self, file: object, place: Place) -> None:
        """What is at this place, if anything, is the text of the file."""
        if place.path.exists():
            with self._lock:
                self._texts[file] = place.path

    def of(self, file: object) -> Path | None:
        """The file's text; None if there is none."""
        return self._texts.get(file)

    def remove(self, files: Iterable[object]) -> None:
        """Remove the texts of these files, which have been read."""
        with self._lock:
            for text in filter(None, [self._texts.pop(file, None) for file in files]):
                self._left += _size(text)
                text.unlink(missing_ok=True)

    def clear(self) -> None:
        """Remove all of them."""
        with self._lock:
            self._texts.clear()
            self._folder = None
            self._opened.close()

    def _made(self) -> Path:
        if self._folder is None:
            self._folder = self._opened.enter_context(workspace(self._tmp))
            self._left = min(_MOST_BYTES, _room(self._folder))
        return self._folder


class TextCopy:
    """Writes a text to a place as long as there is room."""

    def __init__(self, place: Place | None) -> None:
        self._place = place
        self._left = place.most if place else 0
        self._file: BufferedWriter | None = None
        if place:
            with suppress(OSError):
                self._file = place.path.open("wb")

    def add(self, lines: bytes) -> None:
        """Write on, or drop everything for lack of room."""
        if self._file is not None:
            self._left -= len(lines)
            try:
                if self._left < 0:
                    self.drop()
                else:
                    self._file.write(lines)
            except OSError:
                self.drop()

    def drop(self) -> None:
        """Nobody wants it: as if it had never been written."""
        self.close()
        if self._place:
            self._place.path.unlink(missing_ok=True)

    def close(self) -> None:
        """What has been written stays, unless its last bytes find no room."""
        file, self._file = self._file, None
        if file is not None:
            try:
                file.close()
            except OSError:
                self.drop()


def _room(folder: Path) -> int:
    memory = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    return min(memory // _SHARE_OF_MEMORY, shutil.disk_usage(folder).free // _SHARE_OF_DISK)


def _size(path: Path) -> int:
    with suppress(OSError):
        return path.stat().st_size
    return 0
