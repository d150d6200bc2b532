"""Builds of which is known beforehand what comes of them."""

import threading
from collections.abc import Callable, Mapping
from pathlib import Path

from domain.ports.build_logs import BuildLogs, LogPart
from domain.ports.builder import Built, NotBuilt, Outcome

Made = Mapping[str, bytes] | NotBuilt
"""The files that come out, by name, or why there are none."""


class MemoryBuilder:
    """A Builder that keeps files in memory. Until it is told what to make of a source it makes nothing."""

    def __init__(self, logs: BuildLogs) -> None:
        self._lock = threading.Lock()
        self._logs = logs
        self._make: Callable[[bytes, str | None], Made] = lambda *_: NotBuilt("Nothing is built here.")
        self._made: dict[str, Made] = {}

    def will(self, make: Callable[[bytes, str | None], Made]) -> None:
        """From now on `make` of the source archive's bytes and the version told is what comes of a build."""
        self._make = make

    def start(self, submission: str, source: Path, version: str | None = None) -> None:
        """Have it built, unless it was."""
        with self._lock:
            if submission in self._made:
                return
        made = self._make(source.read_bytes(), version)
        said = made.reason if isinstance(made, NotBuilt) else "\n".join(f"Built {filename}" for filename in made)
        self._logs.put(submission, LogPart.BUILD, f"{said}\n".encode())
        with self._lock:
            self._made[submission] = made

    def outcome(self, submission: str) -> Outcome | None:
        """What came of it."""
        with self._lock:
            made = self._made.get(submission)
        return made if made is None or isinstance(made, NotBuilt) else Built(tuple(made))

    def fetch(self, submission: str, filename: str, destination: Path) -> bool:
        """Copy one of the files that came out."""
        with self._lock:
            made = self._made.get(submission)
        if made is None or isinstance(made, NotBuilt) or filename not in made:
            return False
        destination.write_bytes(made[filename])
        return True

    def forget(self, submission: str) -> None:
        """Remove what is kept of it."""
        with self._lock:
            self._made.pop(submission, None)
