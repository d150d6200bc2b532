"""Finer than calls of ports: what the adapters on disk ask of the operating system and of SQLite."""

import os
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from tests.faults.calls import Watch

_CALLS = ("replace", "rename", "unlink", "rmdir", "mkdir", "fsync", "write", "copy_file_range")


@contextmanager
def patched(watch: Watch, *, on: bool) -> Iterator[None]:
    """Within this, files and folders that change, waits for the disk, and the ends of transactions are noticed."""
    if not on:
        yield
        return
    with pytest.MonkeyPatch.context() as patch:
        for name in _CALLS:
            patch.setattr(os, name, _noticed(watch, f"os.{name}", getattr(os, name)))

        class Connection(sqlite3.Connection):
            def execute(self, statement: str, *values: Any) -> sqlite3.Cursor:
                def call() -> sqlite3.Cursor:
                    return super(Connection, self).execute(statement, *values)

                is_end = statement in ("BEGIN IMMEDIATE", "COMMIT")
                return watch.around(f"sqlite.{statement}", call) if is_end else call()

        connect = sqlite3.connect
        patch.setattr(sqlite3, "connect", lambda *args, **kwargs: connect(*args, factory=Connection, **kwargs))
        yield


def _noticed(watch: Watch, what: str, call: Any) -> Any:
    return lambda *args, **kwargs: watch.around(what, lambda: call(*args, **kwargs))
