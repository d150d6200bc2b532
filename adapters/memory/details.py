"""Details in a dictionary."""

import threading
from collections.abc import Iterator

from domain.ports.details import Detail


class MemoryDetails:
    """A Details."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._details: dict[tuple[str, str], Detail] = {}

    def put(self, package: str, day: str, detail: Detail) -> None:
        """Keep the detail."""
        with self._lock:
            self._details[day, package] = detail

    def get(self, package: str, day: str) -> Detail | None:
        """The detail."""
        with self._lock:
            return self._details.get((day, package))

    def packages(self, day: str) -> Iterator[str]:
        """All packages of the day, in their order."""
        with self._lock:
            return iter(sorted(package for of, package in self._details if of == day))
