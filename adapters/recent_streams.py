"""A least-recently-used cache of streams: stored events never change, and each change of a package reads them all."""

import threading
from collections import OrderedDict
from collections.abc import Sequence

from domain.events import Event

MOST_REMEMBERED = 4_096
"""Events; and in any case the stream that was read last."""


class RecentStreams:
    """The first events of some streams; whoever asks for a stream reads from the store only what came since."""

    def __init__(self) -> None:
        self._streams: OrderedDict[str, Sequence[Event]] = OrderedDict()
        self._events = 0
        self._lock = threading.Lock()

    def of(self, stream: str) -> Sequence[Event]:
        """The first events of the stream, as many as are known."""
        with self._lock:
            if stream not in self._streams:
                return ()
            self._streams.move_to_end(stream)
            return self._streams[stream]

    def keep(self, stream: str, events: Sequence[Event]) -> None:
        """Remember these, and forget what nobody asked for longest."""
        with self._lock:
            self._events += len(events) - len(self._streams.pop(stream, ()))
            self._streams[stream] = events
            while self._events > MOST_REMEMBERED and len(self._streams) > 1:
                _, forgotten = self._streams.popitem(last=False)
                self._events -= len(forgotten)
