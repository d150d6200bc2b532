"""What depends on others, who may never answer: done in a thread that nobody waits for."""

import logging
import threading
import time

from adapters.local.publisher import SqlitePublisher
from infrastructure.handling import handle
from infrastructure.index import Index

_IDLE_SECONDS = 0.25
_BETWEEN_LOOKS_SECONDS = 90.0


class Asking:
    """Handles messages that are slow, one at a time. Every step can be repeated after a crash."""

    def __init__(self, publisher: SqlitePublisher, index: Index) -> None:
        self._publisher = publisher
        self._index = index
        self._next_look = 0.0

    def started(self, stop: threading.Event, *, until_done: bool = False) -> threading.Thread:
        """A thread that works until told to stop, or until nothing waits that has not failed yet.

        It may hang for some seconds after it was told, and ends with the process at the latest.
        """
        work = self._drain if until_done else self._run
        thread = threading.Thread(target=work, args=(stop,), name="asking", daemon=True)
        thread.start()
        return thread

    def _run(self, stop: threading.Event) -> None:
        while not stop.is_set():
            try:
                done = self._step() or self._look()
            except Exception:
                # The home may be closed by now.
                if not stop.is_set():
                    logging.exception("asking goes on after a fault")
                done = 0
            if not done:
                stop.wait(_IDLE_SECONDS)

    def _drain(self, stop: threading.Event) -> None:
        try:
            while not stop.is_set() and self._step(early=True):
                pass
        except Exception:
            if not stop.is_set():
                logging.exception("others are not asked for now")

    def _step(self, *, early: bool = False) -> int:
        deliveries = self._publisher.take(1, early=early, slow=True)
        for delivery in deliveries:
            try:
                handle(self._index, delivery.message)
            except Exception as error:
                self._publisher.failed(delivery, f"{type(error).__name__}: {error}")
                logging.exception("failed at %s, which will be tried again", delivery.message)
            else:
                self._publisher.done(delivery)
        return len(deliveries)

    def _look(self) -> int:
        """Now and then, whether it is the turn of something that nobody wanted to know today: spread over the day."""
        if time.monotonic() < self._next_look:
            return 0
        self._next_look = time.monotonic() + _BETWEEN_LOOKS_SECONDS
        return self._index.repository_facts().announce_due()
