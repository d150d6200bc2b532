"""One SQLite file for events, claims, projections, what is due and what is remembered for a while.

Connections are pooled and used by one thread at a time. A commit of events is on disk before it returns.
"""

import errno
import os
import sqlite3
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar

from adapters.local import durable
from adapters.local.changes import Changes
from adapters.local.checksums import NoText, changed, make_known
from adapters.local.migrations import MIGRATIONS

PATIENCE_SECONDS = 15.0
"""Whoever sends a request waits for an answer, and is to get one before they give up."""
# SQLite sleeps longer and longer between its looks, up to 0.1 s, while writers of another process take turns; and no
# signal is handled meanwhile. So it is asked again and again.
_LOOKING_SECONDS = 0.05
_PAUSE_SECONDS = 0.01
# The second is what a connection is told that lost the race for a lock dozens of times.
_BUSY = (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_PROTOCOL)
# The second is for the notes that readers take beside the file.
_FULL = (sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR_SHMSIZE)
_KEPT_CONNECTIONS = 8
_MOST_LINES = 5
_MAKING = threading.Lock()
T = TypeVar("T")


class DatabaseTooNew(sqlite3.DatabaseError):
    """A newer version of this software wrote the file."""


class Database:
    """The file, made or brought up to date on construction.

    Args:
        path: where it is.
        kept: whether it is to survive the machine; nothing waits for the disk otherwise.
        patience: seconds for which anybody waits for others who use it.

    Attributes:
        changes: is told of each transaction that is over.

    Raises:
        DatabaseTooNew: a newer version of this software wrote it.
        TimeoutError: others kept it locked all the time.
        sqlite3.Error: it is no database, or cannot be written.
        OSError: it cannot be made, or the disk is full.
    """

    def __init__(self, path: Path, *, kept: bool = True, patience: float = PATIENCE_SECONDS) -> None:
        self._path = path
        self._kept = kept
        self._patience = patience
        self._lock, self._writing = threading.Lock(), threading.Lock()
        self._idle: list[sqlite3.Connection] = []
        self._closed = False
        self.changes = Changes()
        _make(path)
        try:
            with self._connection() as connection:
                self._use_write_ahead_log(connection)
            self._migrate()
        except BaseException:
            self.close()
            raise

    def rows(self, query: str, values: Sequence[object] | Mapping[str, object] = ()) -> list[tuple[Any, ...]]:
        """What one reading statement finds: one consistent state, with everything committed before.

        Raises:
            TimeoutError: others kept the file locked all the time, as they do while they bring it up to date.
            NoText: what is to be text is damaged.
            OSError: the disk is so full that nothing can be read.
        """
        with self._connection() as connection:
            return _patiently(lambda: connection.execute(query, values).fetchall(), self._deadline())

    @contextmanager
    def transaction(self, *, derived: bool = False) -> Iterator[sqlite3.Connection]:
        """A connection in a transaction that holds the right to write from its start: all of it happens or nothing.

        Args:
            derived: what is written follows from events, so a failing machine may take it back; the next transaction
                that is not derived brings it to disk.

        Raises:
            TimeoutError: others kept writing all the time.
            OSError: the disk is full.
        """
        with self._turn() as deadline, self._connection() as connection:
            connection.execute(f"PRAGMA synchronous = {_synchronous(derived=derived) if self._kept else 'OFF'}")
            _patiently(lambda: connection.execute("BEGIN IMMEDIATE"), deadline)
            try:
                yield connection
                connection.execute("COMMIT")
            except BaseException:
                # Some failures, such as a full disk, have ended the transaction already.
                if connection.in_transaction:
                    connection.execute("ROLLBACK")
                raise
            self.changes.tell()

    def damage(self, *, quickly: bool = False) -> Sequence[str]:
        """What is wrong with the file, a line each; nothing if its structure is whole, and events are as written.

        Args:
            quickly: its structure only, without comparing indexes with what they are of.
        """
        try:
            found = self.rows(f"PRAGMA {'quick_check' if quickly else 'integrity_check'}({_MOST_LINES})")
            lines = [line for (line,) in found if line != "ok"]
            return lines if lines or quickly else changed(self.rows)
        except sqlite3.DatabaseError as error:
            return [str(error)]

    def close(self) -> None:
        """Close all connections; those in use close when they are given back."""
        with self._lock:
            self._closed, idle, self._idle = True, self._idle, []
        for connection in idle:
            connection.close()

    @contextmanager
    def _connection(self) -> Iterator[sqlite3.Connection]:
        """What is wrong with the machine and not with the database is told as the system tells it elsewhere."""
        connection = self._taken()
        try:
            yield connection
        except sqlite3.OperationalError as error:
            if getattr(error, "sqlite_errorcode", 0) in _FULL:
                raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), str(self._path)) from error
            raise
        finally:
            self._put_back(connection)

    @contextmanager
    def _turn(self) -> Iterator[float]:
        """Writers of one process queue here, where they wake at once; SQLite makes those of others sleep and look.

        Yields until when they may go on waiting.
        """
        deadline = self._deadline()
        if not self._writing.acquire(timeout=self._patience):
            raise _locked()
        try:
            yield deadline
        finally:
            self._writing.release()

    def _deadline(self) -> float:
        return time.monotonic() + self._patience

    def _taken(self) -> sqlite3.Connection:
        with self._lock:
            if self._closed:
                raise sqlite3.ProgrammingError("the database is closed")
            if self._idle:
                return self._idle.pop()
        return self._opened()

    def _put_back(self, connection: sqlite3.Connection) -> None:
        with self._lock:
            if not self._closed and len(self._idle) < _KEPT_CONNECTIONS:
                self._idle.append(connection)
                return
        connection.close()

    def _opened(self) -> sqlite3.Connection:
        # No isolation level: transactions begin and end only where this module says so.
        connection = sqlite3.connect(
            self._path, timeout=_LOOKING_SECONDS, isolation_level=None, check_same_thread=False
        )
        make_known(connection)
        return connection

    def _use_write_ahead_log(self, connection: sqlite3.Connection) -> None:
        """Let readers read while somebody writes; the file remembers it."""
        # Not within a transaction, and SQLite does not wait here for others who do the same.
        _patiently(lambda: connection.execute("PRAGMA journal_mode = WAL").fetchall(), self._deadline())

    def _migrate(self) -> None:
        with self._connection() as connection:
            if _schema(connection) == len(MIGRATIONS):
                return
        with self.transaction() as connection:
            schema = _schema(connection)
            if schema > len(MIGRATIONS):
                raise DatabaseTooNew(
                    f"{self._path} was written by a newer version (schema {schema}, this version knows "
                    f"{len(MIGRATIONS)}). Upgrade sls-pypi."
                )
            for statements in MIGRATIONS[schema:]:
                for statement in statements:
                    connection.execute(statement)
            connection.execute(f"PRAGMA user_version = {len(MIGRATIONS)}")


def _patiently(act: Callable[[], T], deadline: float) -> T:
    """What `act` returns as soon as nobody is in its way.

    Raises:
        TimeoutError: somebody was until the deadline.
    """
    while True:
        try:
            return act()
        except sqlite3.OperationalError as error:
            if not _code(error):
                raise NoText(str(error)) from error
            if _code(error) not in _BUSY:
                raise
            if time.monotonic() >= deadline:
                raise _locked() from error
        time.sleep(_PAUSE_SECONDS)


def _code(error: sqlite3.Error) -> int:
    """Without what SQLite says more in extended codes; 0 for what Python says, as of text that is none."""
    return getattr(error, "sqlite_errorcode", 0) & 0xFF


def _locked() -> TimeoutError:
    return TimeoutError(errno.ETIMEDOUT, "Another program keeps the database locked")


def _synchronous(*, derived: bool) -> str:
    wanted = "NORMAL" if derived else "FULL"
    return wanted if durable.is_waiting() else "OFF"


def _make(path: Path) -> None:
    """Made by us and not by SQLite, for the mode; what SQLite puts beside it takes the same one."""
    # Closing a file ends all locks that this process has on it, those of other connections too: so not if it is there,
    # and not while another thread may come to open it.
    with _MAKING:
        if not path.exists():
            os.close(os.open(path, os.O_RDWR | os.O_CREAT, 0o600))


def _schema(connection: sqlite3.Connection) -> int:
    return int(connection.execute("PRAGMA user_version").fetchone()[0])
