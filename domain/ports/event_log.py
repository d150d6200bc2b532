"""All events of all streams, for those who follow or replay."""

from collections.abc import Iterator, Sequence
from typing import Protocol

from attrs import frozen

from domain.events import Event


@frozen
class Recorded:
    """An event in its place. `version` is the stream's version after it."""

    stream: str
    version: int
    event: Event


class EventLog(Protocol):
    """The store seen as one sequence. The order between streams carries no meaning."""

    def streams(self, category: str) -> Iterator[str]:
        """Every stream `<category>/...` that has events, in the order of names."""

    def since(self, cursor: str | None, limit: int = 1000) -> tuple[Sequence[Recorded], str | None]:
        """Up to `limit` events after `cursor`, and the cursor to go on from.

        Cursors are opaque; None is the beginning. Nothing is ever skipped: an event that becomes visible later
        than another lies after it. No events means that the end is reached for now.
        """
