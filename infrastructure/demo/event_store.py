"""An event store that is quick to read, for who knows that nobody else writes."""

from collections.abc import Collection, Mapping, Sequence

from domain.events import Event
from domain.ports.event_store import Append, EventStore


class RememberingEventStore:
    """An EventStore: another one, whose streams are remembered."""

    def __init__(self, store: EventStore) -> None:
        self._store = store
        self._streams: dict[str, list[Event]] = {}

    def read(self, stream: str) -> Sequence[Event]:
        """All events of the stream, oldest first."""
        return tuple(self._known(stream))

    def version(self, stream: str) -> int:
        """How many events the stream has."""
        return len(self._known(stream))

    def longer(self, versions: Mapping[str, int]) -> Collection[str]:
        """Those of these streams that have more events than is said here."""
        return self._store.longer(versions)

    def append(self, stream: str, expected: int, events: Sequence[Event], claims: Sequence[str] = ()) -> None:
        """Append all events at version `expected` and take all claims, or change nothing."""
        known = self._known(stream)
        self._store.append(stream, expected, events, claims)
        known.extend(events)

    def append_each(self, appends: Sequence[Append]) -> Sequence[Append]:
        """Append to many streams, in this order, and each only at its version; returns those that were elsewhere."""
        known = {append.stream: self._known(append.stream) for append in appends}
        late = self._store.append_each(appends)
        for append in appends:
            if append not in late:
                known[append.stream].extend(append.events)
        return late

    def owner_of(self, claim: str) -> str | None:
        """The stream that holds the claim."""
        return self._store.owner_of(claim)

    def _known(self, stream: str) -> list[Event]:
        if stream not in self._streams:
            self._streams[stream] = list(self._store.read(stream))
        return self._streams[stream]
