"""Words that several commands say."""

import sqlite3


def plural(number: int, word: str) -> str:
    """So many of them: ``1 package``, ``1,000 packages``."""
    return f"{number:,} {word}{'' if number == 1 else 's'}"


def unknown(name: str) -> str:
    """That there is no package of this canonical name."""
    return f"There is no package {name} in this index."


def unusable(error: sqlite3.Error) -> str:
    """Why a home's database cannot be used, and what to do where that is known."""
    said = f"the database of this home cannot be used: {error}"
    code = getattr(error, "sqlite_errorcode", None)
    if code is None:
        damaged = isinstance(error, sqlite3.OperationalError)  # text that is none, says Python
    else:
        damaged = code & 0xFF in (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB)
    return f"{said}. Stop the server and restore the whole home from a backup." if damaged else said
