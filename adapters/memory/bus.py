"""Messages in a queue."""

import threading
from collections.abc import Callable, Sequence

from domain.messages import Message


class MemoryBus:
    """A MessageBus whose messages wait until somebody takes them; equal ones wait as one."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._waiting: dict[Message, None] = {}

    def publish(self, messages: Sequence[Message]) -> None:
        """Hand the messages over."""
        with self._lock:
            self._waiting.update(dict.fromkeys(messages))

    def take(self, limit: int | None = None) -> Sequence[Message]:
        """Remove and return the oldest messages, all of them without a limit."""
        with self._lock:
            taken = list(self._waiting)[:limit]
            for message in taken:
                del self._waiting[message]
            return taken

    def waiting(self) -> Sequence[Message]:
        """What nobody took yet, oldest first."""
        with self._lock:
            return list(self._waiting)

    def drain(self, handle: Callable[[Message], None]) -> int:
        """Handle messages, those too that follow from them, until none waits; returns how many.

        A message whose handling raises waits again, and the exception goes on.
        """
        handled = 0
        while taken := self.take(1):
            try:
                handle(taken[0])
            except BaseException:
                self.publish(taken)
                raise
            handled += 1
        return handled
