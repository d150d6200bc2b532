"""Whose names are this index's own."""

from collections.abc import Callable

from domain.ports.event_store import EventStore
from domain.streams import package_stream


def ever_had(store: EventStore) -> Callable[[str], bool]:
    """Tells whether the index has or ever had the project of a canonical name."""
    return lambda name: store.version(package_stream(name)) > 0
