"""Workers for messages that take long: a thread for each lane of the queue, and no page waits for it."""

import threading
import time
from collections.abc import Callable
from typing import TYPE_CHECKING

from adapters.local.bus import Lane, SqliteBus
from entrypoints.local.faults import Faults, told
from infrastructure.handling import handle

if TYPE_CHECKING:
    from infrastructure.index import Index

_IDLE_SECONDS = 0.25
_OTHERS_SECONDS = 1.0
"""Until it is noticed what other processes published, which is what a night asks others for."""
_BETWEEN_LOOKS_SECONDS = 90.0


class LaneWorker:
    """Handles the messages of one lane, one at a time. Every step may be repeated after a crash.

    Args:
        bus: the queue.
        index: what handles them.
        lane: which ones.
        look: called now and then when there is nothing to do; returns how much it made due.
    """

    def __init__(self, bus: SqliteBus, index: "Index", lane: Lane, look: Callable[[], int] = lambda: 0) -> None:
        self._bus = bus
        self._index = index
        self._lane = lane
        self._look = look
        self._next_look = 0.0

    def started(self, stop: threading.Event, *, until_done: bool = False) -> threading.Thread:
        """A thread that works until told to stop, or until nothing waits that has not failed yet.

        It may hang for some time after it was told, and ends with the process at the latest.
        """
        work = self._drain if until_done else self._run
        thread = threading.Thread(target=work, args=(stop,), name=self._lane.name.lower(), daemon=True)
        thread.start()
        return thread

    def _run(self, stop: threading.Event) -> None:
        faults = Faults(_IDLE_SECONDS)
        while not stop.is_set():
            seen = self._bus.changes.number
            try:
                is_idle = not (self._step() or self._looked())
                # What waits failed and comes again.
                most = _IDLE_SECONDS if is_idle and self._bus.has_waiting(self._lane) else _OTHERS_SECONDS
            except Exception:  # noqa: BLE001 - whatever it is, the thread goes on
                if not stop.is_set():  # the home may be closed by now
                    stop.wait(faults.another(f"the lane {self._lane.name} goes on after a fault"))
                continue
            faults.none()
            if is_idle:
                self._bus.changes.wait(seen, stop, least=_IDLE_SECONDS, most=most)

    def _drain(self, stop: threading.Event) -> None:
        try:
            while not stop.is_set() and self._step(early=True):
                pass
        except Exception:  # noqa: BLE001 - whatever it is, the next start does it
            if not stop.is_set():
                told(f"what is left of the lane {self._lane.name} waits")

    def _step(self, *, early: bool = False) -> int:
        deliveries = self._bus.take(1, early=early, lane=self._lane)
        for delivery in deliveries:
            try:
                handle(self._index, delivery.message)
            except Exception as error:  # noqa: BLE001 - whatever ails one message, the others are handled
                self._bus.failed(delivery, f"{type(error).__name__}: {error}")
                told(f"failed at {delivery.message}, which will be tried again")
            else:
                self._bus.done(delivery)
        return len(deliveries)

    def _looked(self) -> int:
        if time.monotonic() < self._next_look:
            return 0
        self._next_look = time.monotonic() + _BETWEEN_LOOKS_SECONDS
        return self._look()
