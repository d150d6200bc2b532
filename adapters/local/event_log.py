"""All events in SQLite as one sequence.

SQLite has one writer at a time, so positions become visible in their order and whoever follows them misses none.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any

from adapters.codec import decode
from adapters.local.database import Database
from domain.events import Recorded

# The character after the slash: where the names that start with a category end.
_AFTER_SLASH = "0"
_PIECE = 500


class SqliteEventLog:
    """An EventLog."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def streams(self, category: str) -> Iterator[str]:
        """Every stream `<category>/...` that has events, in the order of names."""
        rows = self._database.rows(
            "SELECT stream FROM events WHERE version = 1 AND stream >= ? AND stream < ? ORDER BY stream",
            (f"{category}/", f"{category}{_AFTER_SLASH}"),
        )
        return (stream for (stream,) in rows)

    def position(self) -> int:
        """Where the last event is, which grows with every append; 0 before the first."""
        ((position,),) = self._database.rows("SELECT coalesce(max(position), 0) FROM events")
        return int(position)

    def after(self, position: int) -> Iterator[Recorded]:
        """All events behind this position."""
        while True:
            recorded, position = recorded_after(self._database.rows, position, _PIECE)
            if not recorded:
                return
            yield from recorded


def recorded_after(
    select: Callable[[str, tuple[int, int]], Iterable[tuple[Any, ...]]], position: int, limit: int
) -> tuple[Sequence[Recorded], int]:
    """Up to `limit` events after the position, and the position of the last of them."""
    rows = list(
        select(
            "SELECT position, stream, version, type, schema, data FROM events"
            " WHERE position > ? ORDER BY position LIMIT ?",
            (position, limit),
        )
    )
    recorded = [Recorded(stream, version, decode(*stored)) for _, stream, version, *stored in rows]
    return recorded, rows[-1][0] if rows else position
