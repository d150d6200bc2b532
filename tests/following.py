"""What is new in memory or on one machine, for whoever reacts to it. On AWS the table's stream tells it."""

from collections.abc import Sequence
from typing import Any

from adapters.local.event_log import recorded_after
from domain.events import Recorded
from domain.reactions import react


def events_after(ports: Any, position: int = 0, limit: int = 1000) -> tuple[Sequence[Recorded], int]:
    """Up to `limit` events after the position, and the position to go on from."""
    if hasattr(ports, "database"):
        return recorded_after(ports.database().rows, position, limit)
    recorded = ports.event_store().recorded(position, limit)
    return recorded, position + len(recorded)


def relayed(ports: Any, position: int) -> int:
    """Publish what follows from all events after the position; returns the position to go on from."""
    while True:
        recorded, position = events_after(ports, position)
        if not recorded:
            return position
        for each in recorded:
            ports.bus().publish(react(each))
