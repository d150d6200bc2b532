"""Where messages go that say what is due."""

from collections.abc import Sequence
from typing import Protocol

from domain.messages import Message


class MessageBus(Protocol):
    """Delivers every message at least once, in any order; equal messages that wait may become one."""

    def publish(self, messages: Sequence[Message]) -> None:
        """Hand the messages over; once this returns they survive a crash of the process."""
