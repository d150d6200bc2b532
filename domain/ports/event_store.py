"""Streams of events, appended at an expected version."""

from collections.abc import Collection, Mapping, Sequence
from typing import Protocol

from attrs import frozen

from domain.events import Event


class StreamConflict(Exception):
    """The stream is at another version: somebody appended first. Read again, decide again."""


class ClaimTaken(Exception):
    """Another stream, `owner`, holds the claim, and will for ever: claims make a name unique across streams."""

    def __init__(self, claim: str, owner: str) -> None:
        super().__init__(f"{claim} belongs to {owner}")
        self.claim = claim
        self.owner = owner


@frozen
class Append:
    """Events to append to a stream, if it is at the version `expected`."""

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

    def read_each(self, streams: Sequence[str]) -> Sequence[Sequence[Event]]:
        """What `read` says of each of these streams; there may be thousands."""

    def version(self, stream: str) -> int:
        """How many events the stream has."""

    def longer(self, versions: Mapping[str, int]) -> Collection[str]:
        """Those of these streams that have more events than is said here; there may be very many."""

    def append(self, stream: str, expected: int, events: Sequence[Event], claims: Sequence[str] = ()) -> None:
        """Append all events at version `expected` and take all claims for the stream, or change nothing.

        Taking a claim that the stream holds already, or twice, is harmless. Of both exceptions the first goes first.

        Raises:
            StreamConflict: the stream is at another version.
            ClaimTaken: another stream holds one of the claims.
        """

    def append_each(self, appends: Sequence[Append]) -> Sequence[Append]:
        """Append to many streams, in this order; returns the appends whose stream was at another version.

        They are no transaction: some may happen and others not. What happened survives any crash once this returns.
        """

    def owner_of(self, claim: str) -> str | None:
        """The stream that holds the claim."""
