"""Events to append to a stream, and what came of it."""

from collections.abc import Sequence
from datetime import UTC, datetime

from domain.events import Event, FileUnyanked
from domain.ports.event_store import ClaimTaken, EventStore, StreamConflict

AT = datetime(2026, 11, 24, tzinfo=UTC)


def unyanked(name: str) -> Event:
    """The smallest event, told from others by the name."""
    return FileUnyanked(name, AT, "local:alice")


def outcome(store: EventStore, stream: str, expected: int, added: Sequence[Event], claims: Sequence[str]) -> str:
    """Append, and say what came of it, so that two stores can be compared."""
    try:
        store.append(stream, expected, added, claims)
    except StreamConflict:
        return "conflict"
    except ClaimTaken as taken:
        return f"{taken.claim} is {taken.owner}'s"
    return "done"
