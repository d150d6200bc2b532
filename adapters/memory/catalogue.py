"""Rows in a dictionary."""

import threading
from collections.abc import Iterator

from adapters.listed import listed_of
from domain.listing import Entry, Listed


class MemoryCatalogue:
    """A Catalogue that forgets with the process."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._rows: dict[str, Entry] = {}

    def put(self, entry: Entry) -> None:
        """Keep the row unless a row of a newer stream version is there."""
        with self._lock:
            known = self._rows.get(entry.name)
            if known is None or known.stream_version <= entry.stream_version:
                self._rows[entry.name] = entry

    def forget(self, name: str) -> None:
        """Remove the row, whatever it says."""
        with self._lock:
            self._rows.pop(name, None)

    def get(self, name: str) -> Entry | None:
        """The row of one package."""
        with self._lock:
            return self._rows.get(name)

    def entries(self) -> Iterator[Entry]:
        """All rows in the order of names, rows of unlisted packages too."""
        with self._lock:
            return iter([self._rows[name] for name in sorted(self._rows)])

    def names(self) -> Iterator[str]:
        """The names of what is listed, in their order."""
        return (one.name for one in self.listed())

    def listed(self) -> Iterator[Listed]:
        """What is listed, in the order of names."""
        return filter(None, map(listed_of, self.entries()))

    def owned_by(self, owner: str) -> Iterator[Entry]:
        """The rows of one account's packages in the order of names."""
        return (entry for entry in self.entries() if entry.owner == owner)
