"""The dictionary of streams as one sequence."""

from collections.abc import Iterator, Sequence

from adapters.memory.event_store import MemoryEventStore
from domain.ports.event_log import Recorded


class MemoryEventLog:
    """An EventLog; a cursor is the number of events before it."""

    def __init__(self, store: MemoryEventStore) -> None:
        self._store = store

    def streams(self, category: str) -> Iterator[str]:
        """Every stream `<category>/...` that has events, in the order of names."""
        return (stream for stream in self._store.streams() if stream.startswith(f"{category}/"))

    def since(self, cursor: str | None, limit: int = 1000) -> tuple[Sequence[Recorded], str | None]:
        """Up to `limit` events after `cursor`, and the cursor to go on from."""
        start = int(cursor or 0)
        recorded = self._store.recorded(start, limit)
        return recorded, str(start + len(recorded)) if recorded else cursor
