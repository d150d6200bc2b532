"""Bringing the database of a home up to date, which whoever runs on it would not survive."""

import sqlite3
from contextlib import closing, suppress
from pathlib import Path

from adapters.local.database import Database
from adapters.local.home import Home, HomeUnusable
from adapters.local.migrations import MIGRATIONS


def bring_up_to_date(home: Home, patience: float) -> None:
    """Do it for a command of newer software, if there is anything to do and no server runs.

    Args:
        home: its database may be missing.
        patience: seconds for which others are waited for who use it.

    Raises:
        HomeUnusable: a server runs that does not know the new shape.
    """
    if not _is_behind(home.database):
        return
    with home.alone("serve") as ours:
        if not ours:
            raise HomeUnusable(
                f"The server that runs on {home.path} is older than this command, which would change its database:"
                " stop the server first, and start it with the new version."
            )
        Database(home.database, patience=patience).close()


def _is_behind(path: Path) -> bool:
    """Whether older software made the file. What is wrong with it is told by whoever opens it."""
    with suppress(sqlite3.Error), closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True)) as database:
        (schema,) = database.execute("PRAGMA user_version").fetchone()
        return 0 < int(schema) < len(MIGRATIONS)
    return False
