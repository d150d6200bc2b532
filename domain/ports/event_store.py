"""Streams of events, appended at an expected version."""

from collections.abc import Collection, Mapping, Sequence
from typing import Protocol

from attrs import frozen

from domain.events import Event


class StreamConflict(Exception):
    """Somebody appended first: read again, decide again."""


class ClaimTaken(Exception):
    """A claim belongs to another stream for ever; `owner` is that stream."""

    def __init__(self, claim: str, owner: str) -> None:
        super().__init__(f"{claim} belongs to {owner}")
        self.claim = claim
        self.owner = owner


@frozen
class Append:
    """Events for the end of a stream that is at this version."""

    stream: str
    expected: int
    events: Sequence[Event]


class EventStore(Protocol):
    """The truth. An append that returned survives any crash.

    Streams are named `<category>/<key>`; a stream without events is an empty one. Reads see every append that
    returned before. Failing to read raises; it never looks like an empty stream.
    """

    def read(self, stream: str) -> Sequence[Event]:
        """All events of the stream, oldest first; its version is their number."""

    def version(self, stream: str) -> int:
        """How many events the stream has."""

    def longer(self, versions: Mapping[str, int]) -> Collection[str]:
        """Those of these streams that have more events than is said here; there may be very many."""

    def append(self, stream: str, expected: int, events: Sequence[Event], claims: Sequence[str] = ()) -> None:
        """Append all events at version `expected` and take all claims for the stream, or change nothing.

        Taking a claim that the stream holds already, or twice, is harmless. If both exceptions apply, it is the first.

        Raises:
            StreamConflict: the stream is at another version.
            ClaimTaken: another stream holds one of the claims.
        """

    def append_each(self, appends: Sequence[Append]) -> Sequence[Append]:
        """Append to many streams, in this order, and each only at its version; returns those that were elsewhere.

        Each happens or not for itself. When this returns, what happened survives any crash.
        """

    def owner_of(self, claim: str) -> str | None:
        """The stream that holds the claim."""
