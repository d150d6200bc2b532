"""Optimistic concurrency on one stream: read, decide, append; and all of it again if another writer was faster."""

from collections.abc import Callable, Sequence
from typing import TypeVar

from domain.events import Event
from domain.ports.event_store import EventStore, StreamConflict
from domain.refusals import Refused

E = TypeVar("E", bound=Event)
_ATTEMPTS = 100


class Contended(Refused):
    """Too many writers at once; nothing has changed."""


def append_decided(
    store: EventStore,
    stream: str,
    decide: Callable[[Sequence[Event]], Sequence[Event]],
    claims: Callable[[Sequence[Event]], Sequence[str]] = lambda _: (),
    known: Sequence[Event] | None = None,
) -> Sequence[Event]:
    """Append what `decide` makes of the stream, with the claims of those events; returns the events.

    A conflict costs one more round. As every conflict means that another writer got through, 100 rounds end only
    under more than 100 simultaneous writers of one stream.

    Args:
        store: where the stream is.
        stream: its name.
        decide: from all events of the stream to those that follow; called again after a conflict.
        claims: from those events to what has to be claimed with them.
        known: the stream's events, if they were read a moment ago.

    Raises:
        Refused: what `decide` raises, or `Contended`.
        ClaimTaken: as the store does.
    """
    for _ in range(_ATTEMPTS):
        known = store.read(stream) if known is None else known
        decided = decide(known)
        if not decided:
            return ()
        try:
            store.append(stream, len(known), decided, claims(decided))
        except StreamConflict:
            known = None
            continue
        return decided
    raise Contended("Too many changes at the same time. Try again.")
