"""Streams in a dictionary."""

import threading
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence

from adapters.codec import encode
from domain.events import Event, Recorded
from domain.ports.event_store import Append, ClaimTaken, StreamConflict


class MemoryEventStore:
    """An EventStore that forgets with the process."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._streams: dict[str, list[Event]] = defaultdict(list)
        self._claims: dict[str, str] = {}
        self._log: list[Recorded] = []

    def read(self, stream: str) -> Sequence[Event]:
        """All events of the stream, oldest first."""
        with self._lock:
            return tuple(self._streams.get(stream, ()))

    def read_each(self, streams: Sequence[str]) -> Sequence[Sequence[Event]]:
        """All events of each of these streams."""
        return [self.read(stream) for stream in streams]

    def version(self, stream: str) -> int:
        """How many events the stream has."""
        with self._lock:
            return len(self._streams.get(stream, ()))

    def longer(self, versions: Mapping[str, int]) -> Collection[str]:
        """Those of these streams that have more events than is said here."""
        return {stream for stream, version in versions.items() if self.version(stream) > version}

    def append(self, stream: str, expected: int, events: Sequence[Event], claims: Sequence[str] = ()) -> None:
        """Append all events at version `expected` and take all claims, or change nothing."""
        for event in events:
            encode(event)  # refuses what no other world could store
        with self._lock:
            if len(self._streams.get(stream, ())) != expected:
                raise StreamConflict(f"{stream} is not at version {expected}")
            for claim in claims:
                owner = self._claims.get(claim, stream)
                if owner != stream:
                    raise ClaimTaken(claim, owner)
            self._claims.update(dict.fromkeys(claims, stream))
            for version, event in enumerate(events, expected + 1):
                self._streams[stream].append(event)
                self._log.append(Recorded(stream, version, event))

    def append_each(self, appends: Sequence[Append]) -> Sequence[Append]:
        """Append to many streams; returns those that were at another version."""
        late = []
        for append in appends:
            try:
                self.append(append.stream, append.expected, append.events)
            except StreamConflict:
                late.append(append)
        return late

    def owner_of(self, claim: str) -> str | None:
        """The stream that holds the claim."""
        with self._lock:
            return self._claims.get(claim)

    def streams(self) -> Sequence[str]:
        """The names of all streams that have events, in their order."""
        with self._lock:
            return sorted(self._streams)

    def recorded(self, start: int, limit: int) -> Sequence[Recorded]:
        """Up to `limit` events of all streams after the first `start` ones, in the order of their appends."""
        with self._lock:
            return self._log[start : start + limit]
