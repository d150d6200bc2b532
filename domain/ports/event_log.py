"""All streams, for those who replay."""

from collections.abc import Iterator
from typing import Protocol


class EventLog(Protocol):
    """The store seen as a whole.

    How new events are followed differs by world (positions in SQLite, a stream of DynamoDB) and is no port: whatever
    follows hands each `Recorded` to `reactions.react`, at least once.
    """

    def streams(self, category: str) -> Iterator[str]:
        """Every stream `<category>/...` that has events, in the order of names."""
