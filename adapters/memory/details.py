"""Details in a dictionary."""

import threading
from collections.abc import Iterator, Mapping

from domain.detail import Detail


class MemoryDetails:
    """A Details."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._details: dict[tuple[str, str], Detail] = {}

    def put(self, day: str, details: Mapping[str, Detail]) -> None:
        """Keep the details."""
        with self._lock:
            self._details.update({(day, package): detail for package, detail in details.items()})

    def get(self, package: str, day: str) -> Detail | None:
        """The detail."""
        with self._lock:
            return self._details.get((day, package))

    def packages(self, day: str) -> Iterator[str]:
        """All packages of the day, in their order."""
        with self._lock:
            return iter(sorted(package for of, package in self._details if of == day))

    def whole(self, day: str) -> Iterator[str]:
        """All of them: nothing changes them."""
        return self.packages(day)
