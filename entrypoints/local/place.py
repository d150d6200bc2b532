"""Where an index is: a home on this machine, or a stack on AWS. Commands ask for a `World` and do not mind which."""

from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from attrs import frozen

from infrastructure.cloud import DEFAULT_REGION
from infrastructure.settings import Settings

if TYPE_CHECKING:
    from domain.messages import Message
    from infrastructure.index import Index


@frozen
class Place:
    """Which index a command is about.

    Attributes:
        settings: those of this machine, with its home.
        stack: the name of a deployed index, which is meant instead of the home.
        region: where the stack is.
    """

    settings: Settings
    stack: str | None = None
    region: str = DEFAULT_REGION


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
        """How lost bytes come back, as a sentence says it: "restore `blobs/` from a backup"."""

    def backlog(self) -> Backlog:
        """What is due now."""

    def is_worked_on(self) -> bool:
        """Whether somebody else writes what is due."""

    def work(self) -> Iterator[int]:
        """Write what is due, unless somebody else does; yields how much still waits."""

    def derived(self) -> None:
        """Take note that all pages were derived again just now, and do what that made due."""


def opened(place: Place, *, create: bool) -> AbstractContextManager[World]:
    """The index that is meant.

    Args:
        place: which.
        create: make the home if there is none; otherwise that is an error. A stack is never made here.

    Raises:
        HomeUnusable, CloudUnusable: it cannot be used; the text says what to do.
    """
    # Each world's module needs what the other one does without.
    if place.stack is None:
        from entrypoints.local.home_world import opened_home  # noqa: PLC0415

        return opened_home(place.settings, create=create)
    from entrypoints.local.stack_world import opened_stack  # noqa: PLC0415

    return opened_stack(place.stack, place.region)
