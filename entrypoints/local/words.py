"""Words that several commands say."""

import errno
import sqlite3

_AGAIN = "and run this again; nothing that was confirmed is lost."
_ADVICE = {
    errno.ENOSPC: f"Make room there {_AGAIN}",
    errno.EDQUOT: f"Make room there, or raise the quota, {_AGAIN}",
    errno.EMFILE: f"Let it open more files (ulimit -n) {_AGAIN}",
    errno.ENFILE: f"Let this machine open more files (fs.file-max) {_AGAIN}",
    errno.EROFS: "Mount it for writing, or give another home with --home.",
}


def plural(number: int, word: str) -> str:
    """So many of them: ``1 package``, ``1,000 packages``."""
    return f"{number:,} {word}{'' if number == 1 else 's'}"


def unknown(name: str) -> str:
    """That there is no package of this canonical name."""
    return f"There is no package {name} in this index."


def undone(error: OSError) -> str:
    """What the system did not do, with which file, and what to do where that is known."""
    said = f"{error.strerror or error}{f': {error.filename}' if error.filename else ''}"
    advice = _ADVICE.get(error.errno or 0)
    return f"{said}. {advice}" if advice else said


def unusable(error: sqlite3.Error) -> str:
    """Why a home's database cannot be used, and what to do where that is known."""
    said = f"the database of this home cannot be used: {error}"
    code = getattr(error, "sqlite_errorcode", None)
    if code is not None and code & 0xFF == sqlite3.SQLITE_IOERR:
        return f"{said}. See whether its disk is full or fails."
    if code is None:
        damaged = isinstance(error, sqlite3.OperationalError)  # text that is none, says Python
    else:
        damaged = code & 0xFF in (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB)
    return f"{said}. Stop the server and restore the whole home from a backup." if damaged else said
