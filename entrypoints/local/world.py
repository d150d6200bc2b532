"""An open index as commands need it, be it a home or a stack."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from attrs import frozen

if TYPE_CHECKING:
    from domain.messages import Message
    from domain.usecases.counting import Report
    from infrastructure.index import Index


@frozen
class Backlog:
    """What is known to be stale, so that it is no fault yet.

    Attributes:
        messages: what waits.
        more: something waits where nobody can look into it.
        adapting: pages may still show what older software or other settings made of them, or were never written.
    """

    messages: "Sequence[Message]" = ()
    more: bool = False
    adapting: bool = False

    def __bool__(self) -> bool:
        """Whether anything is to be done."""
        return bool(self.messages) or self.more or self.adapting


class World(Protocol):
    """An open index, as commands need it."""

    @property
    def index(self) -> "Index":
        """Its use cases."""

    @property
    def folder(self) -> Path:
        """Where files may be written that are given away or removed."""

    @property
    def writer(self) -> str:
        """Who writes pages that are due, as a sentence says it: "`serve` writes them"."""

    @property
    def backup(self) -> str:
        """How lost bytes come back, as a sentence says it: "restore it from a backup of `blobs/` and `usage/`"."""

    @property
    def whole_backup(self) -> str:
        """How lost events come back, as a sentence says it: "restore the whole home from a backup"."""

    @property
    def caveat(self) -> str:
        """Why pages may differ although nothing is wrong, as a sentence; empty if there is no such reason."""

    def damage(self) -> Sequence[str]:
        """What is wrong with the place where events are kept, if that can be told; nothing if all is well."""

    def sweep(self) -> None:
        """Remove derived rows that cannot be read and so not be replaced, as damage leaves them."""

    def stamp(self) -> str:
        """Changes whenever something is published, if that can be told."""

    def since(self, stamp: str) -> "Sequence[Message]":
        """What was made due by all that was published since then, be it done or not, if that can be told."""

    def backlog(self) -> Backlog:
        """What is due now."""

    def is_worked_on(self) -> bool:
        """Whether somebody else writes what is due."""

    def work(self) -> Iterator[int]:
        """Write what is due, unless somebody else does; yields how much still waits."""

    def count(self, days: Sequence[str]) -> "Iterator[Report]":
        """Count the downloads of these days, or have them counted; yields what came of each batch."""

    def tidy(self) -> "Sequence[str]":
        """Remove what is kept for some time only; returns lines that say what was removed, if it is worth a word."""

    def derived(self) -> None:
        """Take note that all pages were derived again just now, and do what that made due."""
