"""The local crank: tails the store, and does what is due."""

import threading
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import TYPE_CHECKING

from adapters.local.bus import Delivery, Lane, SqliteBus
from adapters.local.objects import FolderObjects
from domain.messages import Page, PageStale
from domain.reactions import react
from entrypoints.local.faults import FULL, Faults, told
from entrypoints.local.lanes import LaneWorker
from infrastructure.embedded import Embedded
from infrastructure.handling import handle_together

if TYPE_CHECKING:
    from infrastructure.index import Index

_PAUSE_SECONDS = 0.5
"""After all that was due: while files are published one after the other, something new is due at any moment, and what
falls due meanwhile is less to do together. Uploads have the machine for as long.
"""
_IDLE_SECONDS = 0.1
_OTHERS_SECONDS = 0.25
"""Until it is noticed what other processes wrote."""
_LAST_ANSWER_SECONDS = 1.0
_BATCH = 250


class Worker:
    """Moves events into messages and messages into pages. Every step can be repeated after a crash."""

    def __init__(self, bus: SqliteBus, objects: FolderObjects, index: "Index") -> None:
        self._bus = bus
        self._objects = objects
        self._index = index
        # Now and then it is the turn of something that nobody wanted to know today: spread over the day.
        self._facts = LaneWorker(bus, index, Lane.FACTS, lambda: index.repository_facts().announce_due())
        self._builds = LaneWorker(bus, index, Lane.BUILDS)

    def relay(self) -> None:
        """Make due what follows from all events so far."""
        relay(self._bus)

    def step(self, *, early: bool = False, is_over: Callable[[], bool] = lambda: False) -> int:
        """Do some of what is due now, or early what would wait for more; returns how much was there to do.

        Args:
            early: whether it is to be done early.
            is_over: whether to leave the rest; asked after each package.

        Raises:
            OSError: the disk is full. What could not be written waits as before; it may take longer than any attempts.
        """
        self.relay()
        deliveries = self._bus.take(_BATCH, early=early)
        done: list[Delivery] = []
        full: OSError | None = None
        for group in _groups(deliveries):
            if is_over():
                break
            try:
                done += self._handled(group)
            except OSError as error:  # removing, or writing something smaller, may still be possible
                full = error
        # Pages are on disk before anybody forgets that they were due.
        self._objects.flush()
        self._bus.done(*done)
        if full:
            raise full
        return len(deliveries)

    def _handled(self, group: Sequence[Delivery]) -> Sequence[Delivery]:
        """Handle messages together; returns those that are done.

        Raises:
            OSError: the disk is full.
        """
        try:
            handle_together(self._index, [delivery.message for delivery in group])
        except Exception as error:
            if isinstance(error, OSError) and error.errno in FULL:
                raise
            # Whatever ails one message, the others are handled.
            if len(group) > 1:  # each alone: what one of them fails at is no reason not to do the others
                return [delivery for each in group for delivery in self._handled([each])]
            told(f"failed at {group[0].message}, which will be tried again")
            self._bus.failed(group[0], f"{type(error).__name__}: {error}")
            return ()
        return group

    def recover(self) -> None:
        """Bring every page for installers up to date: what was confirmed before is listed after this."""
        self.relay()
        stale = self._bus.stale(Page.SIMPLE)
        for message in stale:  # all else is done in the background
            if message.name is not None:
                # The machine may have failed in the middle of a file.
                self._index.package_pages().refresh(message.name, anew=True)
        self._index.lists().ensure_start()
        if stale or self._bus.stale(Page.ROOT):
            self._index.lists().for_installers()
        self._objects.flush()

    def drain(self) -> Iterator[int]:
        """Write all pages that wait and have not failed yet, at once; yields how many still wait."""
        while self.step(early=True):
            yield self._bus.pages_waiting()

    def ask(self, seconds: float) -> None:
        """Ask others what is to be asked, as far as the time reaches. The rest survives the process."""
        stop = threading.Event()
        asking = self._facts.started(stop, until_done=True)
        asking.join(seconds)
        stop.set()

    def finish(self, seconds: float) -> None:
        """Do what still waits, as far as the time reaches. The rest survives the process."""
        deadline = time.monotonic() + seconds

        def is_over() -> bool:
            return time.monotonic() > deadline

        try:
            while not is_over() and self.step(early=True, is_over=is_over):
                pass
        except Exception:  # noqa: BLE001 - whatever it is, the next start does it
            told("what is left waits for the next start")

    def run(self, stop: threading.Event) -> None:
        """Work until told to stop."""
        lanes = [lane.started(stop) for lane in (self._facts, self._builds)]
        faults = Faults(_IDLE_SECONDS)
        while not stop.is_set():
            seen = self._bus.changes.number
            try:
                taken = self.step(is_over=stop.is_set)
                # What waits is due soon, or failed and comes again.
                most = _IDLE_SECONDS if not taken and self._bus.has_waiting(Lane.PAGES) else _OTHERS_SECONDS
            except Exception:  # noqa: BLE001 - whatever it is, the thread goes on
                stop.wait(faults.another("the worker goes on after a fault"))
                continue
            faults.none()
            if not taken:
                self._bus.changes.wait(seen, stop, least=_IDLE_SECONDS, most=most)
            elif taken < _BATCH:
                stop.wait(_PAUSE_SECONDS)
        for lane in lanes:
            lane.join(_LAST_ANSWER_SECONDS)


def relay(bus: SqliteBus) -> None:
    """Make due what follows from all events so far."""
    while bus.relay(react):
        pass


def _groups(deliveries: Sequence[Delivery]) -> Iterable[Sequence[Delivery]]:
    """Messages about pages of one package together, all others alone."""
    groups: dict[str, list[Delivery]] = {}
    for delivery in deliveries:
        match delivery.message:
            case PageStale(page, str(name)) if page is not Page.OWNER:  # an account, which may be called like a package
                groups.setdefault(name, []).append(delivery)
            case _:
                groups[delivery.key] = [delivery]
    return groups.values()


def worker_of(world: Embedded) -> Worker:
    """The worker of an open home."""
    return Worker(world.ports.bus(), world.ports.objects(), world.index)
