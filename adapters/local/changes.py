"""Waiting for something new in a database, without looking for it all the time."""

import threading
import time


class Changes:
    """Tells threads that wait of what this process writes; of what others write they are not told."""

    def __init__(self) -> None:
        self._told = threading.Condition()
        self._number = 0

    @property
    def number(self) -> int:
        """How often something was told so far."""
        return self._number

    def tell(self) -> None:
        """Wake all that wait."""
        with self._told:
            self._number += 1
            self._told.notify_all()

    def wait(self, seen: int, stop: threading.Event, *, least: float, most: float) -> None:
        """Return once there is something new, or it is time to stop, which has to be told as well.

        Args:
            seen: the number before it was looked for what is new.
            stop: whether it is time to stop.
            least: seconds until this returns: news may come by the hundred each second.
            most: seconds until this returns, news or not.
        """
        began = time.monotonic()
        with self._told:
            self._told.wait_for(lambda: self._number != seen or stop.is_set(), most)
        stop.wait(max(0.0, least - (time.monotonic() - began)))
