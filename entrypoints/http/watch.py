"""Looking after one connection: whether its peer keeps to the limits."""

import asyncio
import math
from collections.abc import Callable
from enum import Enum, auto

from entrypoints.http.limits import Limits
from entrypoints.http.stalls import LEAST_RATE

_SHORTEST_PAUSE = 0.01


class Awaited(Enum):
    """What the connection waits for."""

    REQUEST = auto()
    HEADERS = auto()
    ANSWER = auto()


class Watch:
    """One timer a connection; requests only note the time.

    Attributes:
        awaited: what the connection waits for.
        since: from when on, in the loop's time.
    """

    def __init__(
        self,
        loop: asyncio.AbstractEventLoop,
        limits: Limits,
        transport: asyncio.Transport,
        let_go: Callable[[], None],
    ) -> None:
        self.awaited = Awaited.REQUEST
        self.since = loop.time()
        self._loop = loop
        self._limits = limits
        self._transport = transport
        self._let_go = let_go
        self._unsent: tuple[int, float] | None = None
        self._look_after = loop.call_later(limits.shortest, self._look)

    @property
    def is_peer_stuck(self) -> bool:
        """Whether the peer took nothing when we last looked, and something waits for it."""
        return self._unsent is not None

    @property
    def is_idle(self) -> bool:
        """Whether nothing is in work for the peer, and it is not let go of yet."""
        return self.awaited is not Awaited.ANSWER and not self._transport.is_closing()

    def awaits(self, what: Awaited) -> None:
        """From now on this is waited for."""
        self.awaited = what
        self.since = self._loop.time()

    def allow_for(self, size: int) -> None:
        """Some bytes came that nobody wants; a peer that goes on sending reads the answer when it is done."""
        self.since = min(self._loop.time(), self.since + size / LEAST_RATE)

    def has_taken(self) -> None:
        """The peer takes bytes again."""
        self._unsent = None

    def end(self) -> None:
        """Look no more."""
        self._look_after.cancel()

    def _look(self) -> None:
        """See whether the peer still keeps to the limits, and when to look again."""
        now = self._loop.time()
        due = self._due(now)
        if due <= now:
            self._let_go()
            due = math.inf
        pause = max(min(due - now, self._limits.shortest), _SHORTEST_PAUSE)
        self._look_after = self._loop.call_later(pause, self._look)

    def _due(self, now: float) -> float:
        """When the peer will have kept us waiting for too long."""
        unsent = self._transport.get_write_buffer_size()
        if unsent:
            if self._unsent is None or self._unsent[0] != unsent:
                self._unsent = (unsent, now)
            return self._unsent[1] + self._limits.writing
        self._unsent = None
        match self.awaited:
            case Awaited.REQUEST:
                return self.since + self._limits.idle
            case Awaited.HEADERS:
                return self.since + self._limits.headers
            case _:
                return math.inf
