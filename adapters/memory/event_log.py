"""The streams of the dictionary by their categories."""

from collections.abc import Iterator

from adapters.memory.event_store import MemoryEventStore


class MemoryEventLog:
    """An EventLog."""

    def __init__(self, store: MemoryEventStore) -> None:
        self._store = store

    def streams(self, category: str) -> Iterator[str]:
        """Every stream `<category>/...` that has events, in the order of names."""
        return (stream for stream in self._store.streams() if stream.startswith(f"{category}/"))
