"""Facts of repositories in dictionaries."""

import threading
from collections.abc import Mapping, Sequence

from adapters.heard import encode_heard
from domain.ports.facts import Heard


class MemoryFactsTable:
    """A FactsTable."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._heard: dict[str, Heard] = {}
        self._followed: dict[str, str] = {}

    def get(self, full_name: str) -> Heard | None:
        """What is known; None if nobody wanted to know."""
        with self._lock:
            return self._heard.get(full_name.lower())

    def put(self, full_name: str, heard: Heard) -> None:
        """Keep it in place of what was known."""
        encode_heard(heard)  # refuses what no other world could store
        with self._lock:
            self._heard[full_name.lower()] = heard

    def forget(self, full_name: str) -> None:
        """Know nothing of the repository any more; harmless if nothing was known."""
        with self._lock:
            self._heard.pop(full_name.lower(), None)

    def oldest(self, limit: int) -> Mapping[str, Heard]:
        """What is known of the repositories that were asked for longest ago, those first."""
        with self._lock:
            oldest = sorted(self._heard.items(), key=lambda known: (known[1].asked_at, known[0]))
        return dict(oldest[:limit])

    def follow(self, package: str, full_name: str | None) -> None:
        """The pages of this package show this repository and no other; None for none at all."""
        with self._lock:
            if full_name is None:
                self._followed.pop(package, None)
            else:
                self._followed[package] = full_name.lower()

    def followers(self, full_name: str) -> Sequence[str]:
        """The packages whose pages show the repository, in the order of names."""
        with self._lock:
            return sorted(package for package, followed in self._followed.items() if followed == full_name.lower())
