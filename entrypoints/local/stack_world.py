"""A deployed index as a `World`."""

import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

from domain.messages import Message
from domain.usecases.counting import Outcome, Report
from entrypoints.local.world import Backlog
from infrastructure.index import Index
from infrastructure.renderers import differing
from infrastructure.stack import Deployed, opened

# From an append to the queue it takes a stream, a function and a topic, which nobody can look into.
_UNDERWAY_SECONDS = 10.0


class StackWorld:
    """Pages are written by the functions of the stack."""

    writer = "the functions of the stack write them"
    backup = "bring back its earlier version in the data bucket (docs/operator.md)"
    whole_backup = "bring the table back to an earlier moment (docs/operator.md)"

    def __init__(self, deployed: Deployed, folder: Path, quiet: "_Quiet") -> None:
        self._deployed = deployed
        self._folder = folder
        self._quiet = quiet

    @property
    def index(self) -> Index:
        """Its use cases."""
        return self._deployed.index

    @property
    def folder(self) -> Path:
        """A folder of this machine."""
        return self._folder

    @property
    def caveat(self) -> str:
        """Pages of the functions are compared with what this machine makes of the same events."""
        others = ", ".join(differing())
        return (
            f"Pages may differ because this machine has other libraries than the functions: {others}." if others else ""
        )

    def damage(self) -> Sequence[str]:
        """DynamoDB keeps its own digests."""
        return ()

    def sweep(self) -> None:
        """DynamoDB has no such rows."""

    def stamp(self) -> str:
        """Nobody counts the events of a table."""
        return ""

    def since(self, stamp: str) -> Sequence[Message]:  # noqa: ARG002 - as of a World
        """Nobody knows which events are new."""
        return ()

    def backlog(self) -> Backlog:
        """Something may be due until the queues have been empty for a while."""
        underway = self._quiet.is_underway(waiting=bool(self._deployed.ports.queues().waiting()))
        return Backlog(more=underway, adapting=self._deployed.shown_edition() != self._deployed.edition)

    def is_worked_on(self) -> bool:
        """Whether there is a hope that it gets done: always."""
        return True

    def work(self) -> Iterator[int]:
        """Nothing is left to do: the functions are told by the events themselves."""
        yield from ()

    def count(self, days: Sequence[str]) -> Iterator[Report]:
        """Tell the functions to do it."""
        counting = self.index.counting()
        counting.announce(days)
        for day in days:
            yield from (Report(request, Outcome.UNDER_WAY) for request in counting.plan(day))

    def tidy(self) -> Sequence[str]:
        """The buckets have rules for what expires."""
        return ()

    def derived(self) -> None:
        """Everything shows what this software and the stack's settings make of it."""
        self._deployed.record_edition()


@contextmanager
def opened_stack(name: str, region: str) -> Iterator[StackWorld]:
    """The index of a stack.

    Raises:
        CloudUnusable: there is no such stack, or the credentials do not suffice.
    """
    with opened(name, region) as deployed, TemporaryDirectory(prefix="sls-pypi-") as folder:
        yield StackWorld(deployed, Path(folder), _quiet(name, region))


class _Quiet:
    """Knows for how long the queues have been empty."""

    def __init__(self) -> None:
        self._busy = time.monotonic()

    def is_underway(self, *, waiting: bool) -> bool:
        """Whether something may still be underway, if something is waiting or not."""
        now = time.monotonic()
        if waiting:
            self._busy = now
        return now - self._busy < _UNDERWAY_SECONDS


@cache
def _quiet(_name: str, _region: str) -> _Quiet:
    """One for all times that this process opens the stack: `verify` opens it at each look."""
    return _Quiet()
