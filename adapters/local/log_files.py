"""The folder of access logs: which files it holds, and which days they are about.

Whatever is found out about a file is remembered as long as the file stays as it is, so that a night without new logs
costs a listing.
"""

import json
import os
import stat
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import timedelta
from functools import partial
from pathlib import Path

from attrs import asdict, evolve, frozen

from adapters.local.database import Database
from adapters.local.log_contents import LogContents
from adapters.local.log_readers import LogReaders, log_readers, worth_it
from adapters.local.log_texts import LogTexts, Place
from adapters.records import from_json
from domain.ports.clock import Clock

PAUSES = (0.05, 0.1, 0.2, 0.4)
"""Seconds to wait before a file that somebody is writing is looked at again."""

_THREADS = 2


@frozen
class Identity:
    """A file that has the same is the same file with the same bytes."""

    size: int
    modified: int
    inode: int


@frozen
class LogFile:
    """A file, and what is known of it."""

    path: Path
    identity: Identity
    arrived: float
    days: frozenset[str]
    data: str

    @property
    def state(self) -> tuple[Path, Identity]:
        """Tells the file from every other one, and from itself with other bytes."""
        return self.path, self.identity

    @property
    def contents(self) -> LogContents:
        """What it holds."""
        return from_json(LogContents, json.loads(self.data))

    def concerns(self, day: str) -> bool:
        """Whether it says something about the day; one without any day in it may concern every one."""
        return day in self.days or not self.days

    def is_unchanged(self) -> bool:
        """Whether it is still there as it was."""
        try:
            return _identity(self.path.stat()) == self.identity
        except OSError:
            return False


class LogFiles:
    """The folder.

    Args:
        folder: read recursively.
        database: remembers.
        kept_days: how long files are kept after they arrived; 0 for ever.
        clock: tells when that is over.
        texts: takes the texts of files that are examined where many are.
        pause: waits for seconds.
    """

    def __init__(
        self,
        folder: Path,
        database: Database,
        kept_days: int,
        clock: Clock,
        texts: LogTexts,
        pause: Callable[[float], None] = time.sleep,
    ) -> None:
        self._folder = folder
        self._database = database
        self._kept_days = kept_days
        self._clock = clock
        self._texts = texts
        self._pause = pause

    def of(self, day: str) -> list[LogFile]:
        """The files that concern a day, in the order of their names."""
        return [file for file in self._all() if file.concerns(day)]

    def is_gone(self, day: str) -> bool:
        """Whether logs of the day have been removed because their time was over."""
        self._all()
        return bool(self._database.rows("SELECT 1 FROM log_days_gone WHERE day = ?", (day,)))

    def expire(self) -> None:
        """Remove the files whose time is over. What is no log at all stays."""
        logs = self._going()
        # Their days first: figures must not be made of what is left, whenever this is interrupted.
        self._forget(logs, gone={day for file in logs for day in file.days})
        for file in logs:
            with suppress(FileNotFoundError):
                file.path.unlink()

    def going(self) -> set[str]:
        """The days of which the next `expire` removes files."""
        return {day for file in self._going() for day in file.days}

    def _going(self) -> list[LogFile]:
        over = [file for file in self._all() if self._is_over(file)]
        return [file for file in over if file.days or not file.contents.whole]

    def _all(self) -> list[LogFile]:
        known = self._known()
        present = dict(_listed(self._folder))
        vanished = [file for path, file in known.items() if path not in present]
        if vanished:
            over = [file for file in vanished if self._is_over(file)]
            self._forget(vanished, gone={day for file in over for day in file.days})
        files = {path: known[path] for path, status in present.items() if _is_known(known.get(path), status)}
        files |= self._examined({path: status.st_size for path, status in present.items() if path not in files})
        return [files[path] for path in sorted(files)]

    def _known(self) -> dict[Path, LogFile]:
        rows = self._database.rows("SELECT path, size, modified, inode, arrived, days, data FROM log_files")
        paths = (self._folder / os.fsdecode(row[0]) for row in rows)
        return {
            path: LogFile(path, Identity(*row[1:4]), row[4], frozenset(row[5].split()), row[6])
            for path, row in zip(paths, rows, strict=True)
        }

    def _examined(self, sizes: Mapping[Path, int]) -> Mapping[Path, LogFile]:
        many = worth_it(sum(sizes.values()))
        with log_readers(many) as readers, ThreadPoolExecutor(max(many, _THREADS)) as threads:
            examine = self._unpack if many else self._examine
            examined = threads.map(partial(examine, readers), sizes)
            files = [file for file in examined if file is not None]
        if files:
            with self._database.transaction(derived=True) as connection:
                connection.executemany(
                    "INSERT OR REPLACE INTO log_files VALUES (?, ?, ?, ?, ?, ?, ?)", [self._row(file) for file in files]
                )
        return {file.path: file for file in files}

    def _unpack(self, readers: LogReaders, path: Path) -> LogFile | None:
        """Examine a file, and keep its text for the query that follows."""
        with self._texts.place(path) as place:
            file = self._examine(readers, path, place)
            if file is not None and place is not None:
                self._texts.keep(file.state, place)
            return file

    def _examine(self, readers: LogReaders, path: Path, place: Place | None = None) -> LogFile | None:
        """Look at a file, several times if it changes meanwhile; None if it is gone."""
        try:
            for pause in (*PAUSES, None):
                before = path.stat()
                contents = readers.examined(path, place)
                identity = _identity(path.stat())
                if pause is None or (identity == _identity(before) and (contents.whole or not self._is_new(before))):
                    break
                self._pause(pause)
        except OSError:
            try:
                before, contents = path.stat(), LogContents(whole=False)
            except OSError:
                return None
        # What was there before: if more came since, it is another file.
        data = json.dumps(asdict(evolve(contents, days=())))
        return LogFile(path, _identity(before), _arrived(before), frozenset(contents.days), data)

    def _is_new(self, status: os.stat_result) -> bool:
        """Whether somebody may still be writing it."""
        return abs(self._clock.now().timestamp() - status.st_mtime) < sum(PAUSES)

    def _is_over(self, file: LogFile) -> bool:
        lifetime = timedelta(days=self._kept_days)
        return bool(lifetime) and file.arrived < (self._clock.now() - lifetime).timestamp()

    def _row(self, file: LogFile) -> tuple[object, ...]:
        identity = file.identity
        days = " ".join(sorted(file.days))
        return self._key(file), identity.size, identity.modified, identity.inode, file.arrived, days, file.data

    def _forget(self, files: Iterable[LogFile], gone: set[str]) -> None:
        with self._database.transaction() as connection:
            connection.executemany("INSERT OR IGNORE INTO log_days_gone VALUES (?)", [(day,) for day in sorted(gone)])
            connection.executemany("DELETE FROM log_files WHERE path = ?", [(self._key(file),) for file in files])

    def _key(self, file: LogFile) -> bytes:
        return os.fsencode(file.path.relative_to(self._folder))


def _listed(folder: Path) -> Iterator[tuple[Path, os.stat_result]]:
    """All regular files below the folder, whatever they are called; links are followed to files only."""
    folders = [folder]
    while folders:
        entries: list[os.DirEntry[str]] = []
        with suppress(OSError), os.scandir(folders.pop()) as found:
            entries += found
        for entry in entries:
            with suppress(OSError):
                if entry.is_dir(follow_symlinks=False):
                    folders.append(Path(entry.path))
                elif stat.S_ISREG((status := entry.stat()).st_mode):
                    yield Path(entry.path), status


def _is_known(file: LogFile | None, status: os.stat_result) -> bool:
    return file is not None and file.identity == _identity(status)


def _identity(status: os.stat_result) -> Identity:
    return Identity(status.st_size, status.st_mtime_ns, status.st_ino)


def _arrived(status: os.stat_result) -> float:
    return max(status.st_mtime, status.st_ctime)
