"""Streams of events, appended at an expected version."""

from collections.abc import Sequence
from typing import Protocol

from domain.events import Event


class StreamConflict(Exception):
    """Somebody appended first: read again, decide again."""


class ClaimTaken(Exception):
    """A claim belongs to another stream for ever; `owner` is that stream."""

    def __init__(self, claim: str, owner: str) -> None:
        super().__init__(f"{claim} belongs to {owner}")
        self.claim = claim
        self.owner = owner


class EventStore(Protocol):
    """The truth. An append that returned survives any crash.

    Streams are named `<category>/<key>`; a stream without events is an empty one. Reads see every append that
    returned before. Failing to read raises; it never looks like an empty stream.
    """

    def read(self, stream: str) -> Sequence[Event]:
        """All events of the stream, oldest first; its version is their number."""

    def version(self, stream: str) -> int:
        """How many events the stream has."""

    def append(self, stream: str, expected: int, events: Sequence[Event], claims: Sequence[str] = ()) -> None:
        """Append all events at version `expected` and take all claims for the stream, or change nothing.

        Taking a claim that the stream holds already, or twice, is harmless. If both exceptions apply, it is the first.

        Raises:
            StreamConflict: the stream is at another version.
            ClaimTaken: another stream holds one of the claims.
        """

    def owner_of(self, claim: str) -> str | None:
        """The stream that holds the claim."""
