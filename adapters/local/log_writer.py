"""Access logs of our own server: a gzip file an hour, each piece of it a whole member, readable at any time."""

import logging
import os
import secrets
import threading
import zlib
from collections import Counter, deque
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from time import gmtime, strftime, time

from isal import isal_zlib

from domain.access_log import HEADER, Answered, lines

FLUSH_SECONDS = 1.0
MOST_NOTED = 200_000
MOST_UNWRITTEN = 8 * 2**20

_PREFIX, _SUFFIX = "local.", ".gz"
_GZIP = 31
_FAST = 1
_AT_ONCE = 256
_HEADER = isal_zlib.compress(HEADER.encode(), _FAST, _GZIP)
_READ_AT_ONCE = 2**18
_AS_LONG_AS_CLOUDFRONTS = 21  # bytes of an id's random part


class LogWriter:
    """Writes what is noted; nothing that fails here is anybody else's trouble.

    Args:
        folder: where the files go.
        now: seconds since the epoch.
        most_noted: so many requests are remembered until they are formatted, the latest.
        most_unwritten: so many bytes of logs are kept while they cannot be written.

    Attributes:
        note: remembers a request; as cheap as can be, and of any thread.
    """

    def __init__(
        self,
        folder: Path,
        now: Callable[[], float] = time,
        *,
        most_noted: int = MOST_NOTED,
        most_unwritten: int = MOST_UNWRITTEN,
    ) -> None:
        self._folder = folder
        self._now = now
        self._most_unwritten = most_unwritten
        self._noted: deque[Answered] = deque(maxlen=most_noted)
        self.note: Callable[[Answered], None] = self._noted.append
        self._unwritten: deque[bytes] = deque()
        self._process = secrets.token_hex(4)
        self._ids = secrets.token_hex(_AS_LONG_AS_CLOUDFRONTS)
        self._count = 0
        self._has_failed = False

    def flush(self) -> None:
        """Write what was noted so far; what cannot be written now is kept for the next time, as far as it may be."""
        counts: Counter[Answered] = Counter()
        while self._noted:
            # A few at once: whoever answers requests gets its turn in between.
            counts.update([self._noted.popleft() for _ in range(min(len(self._noted), _AT_ONCE))])
        if counts:
            self._unwritten.append(self._member(counts))
        if not self._unwritten:
            return
        try:
            self._write(b"".join(self._unwritten))
        except OSError as error:
            self._fail(error)
        else:
            self._unwritten.clear()
            if self._has_failed:
                logging.warning("access logs are written again")
                self._has_failed = False

    def repair(self) -> None:
        """Cut off what a machine that failed has left of a piece in the latest file; the whole pieces stay."""
        try:
            files = [(path.stat().st_mtime, path) for path in self._folder.glob(f"{_PREFIX}*{_SUFFIX}")]
            if not files:
                return
            _, latest = max(files)
            with latest.open("r+b") as file:
                whole = _whole_bytes(lambda: file.read(_READ_AT_ONCE))
                if whole < os.fstat(file.fileno()).st_size:
                    file.truncate(whole)
            if not whole:
                latest.unlink()
        except OSError as error:
            logging.error("the latest access log cannot be looked at: %s", error)  # noqa: TRY400 - it says it all

    @contextmanager
    def running(self) -> Iterator["LogWriter"]:
        """Flush every second in a thread of its own, and once more at the end."""
        self.repair()
        stop = threading.Event()
        thread = threading.Thread(target=self._run, args=(stop,), name="access-log")
        thread.start()
        try:
            yield self
        finally:
            stop.set()
            thread.join()

    def _run(self, stop: threading.Event) -> None:
        is_last = False
        while not is_last:
            is_last = stop.wait(FLUSH_SECONDS)
            try:
                self.flush()
            except Exception:
                logging.exception("some requests are missing in the access log")

    def _member(self, counts: Mapping[Answered, int]) -> bytes:
        """The lines, as one gzip member."""
        member = isal_zlib.compressobj(_FAST, isal_zlib.DEFLATED, _GZIP)
        parts = [
            member.compress(lines(answered, self._new_ids(many)).encode())
            for answered, times in counts.items()
            for many in _shares(times)
        ]
        return b"".join([*parts, member.flush()])

    def _new_ids(self, many: int) -> list[str]:
        first, self._count = self._count, self._count + many
        return [f"{self._ids}{number:012x}==" for number in range(first, first + many)]

    def _write(self, members: bytes) -> None:
        """Append to the file of this hour.

        Raises:
            OSError: it was not written, or not all of it; then nothing of it stays.
        """
        self._folder.mkdir(parents=True, exist_ok=True)
        hour = strftime("%Y-%m-%d-%H", gmtime(self._now()))
        path = self._folder / f"{_PREFIX}{hour}.{self._process}{_SUFFIX}"
        # Opened each time: whoever moves or removes files need not tell us.
        handle = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC, 0o640)
        try:
            before = os.fstat(handle).st_size
            data = members if before else _HEADER + members
            if os.write(handle, data) < len(data):
                os.ftruncate(handle, before)
                raise OSError(f"there was no room for all of {path.name}")
        finally:
            os.close(handle)

    def _fail(self, error: OSError) -> None:
        if not self._has_failed:
            logging.error("access logs cannot be written, which will be tried again: %s", error)
            self._has_failed = True
        size = sum(map(len, self._unwritten))
        while size > self._most_unwritten:
            size -= len(self._unwritten.popleft())


def _shares(times: int) -> list[int]:
    """A few at once here as well: long texts would only move through memory."""
    return [min(_AT_ONCE, times - start) for start in range(0, times, _AT_ONCE)]


def _whole_bytes(read: Callable[[], bytes]) -> int:
    """How many bytes at the beginning are whole gzip members."""
    whole = taken = 0
    data = read()
    while data:
        member = zlib.decompressobj(_GZIP)
        while data and not member.eof:
            try:
                member.decompress(data)
            except zlib.error:
                return whole
            taken += len(data)
            data = member.unused_data if member.eof else read()
        if member.eof:
            taken -= len(member.unused_data)
            whole = taken
            data = data or read()
    return whole
