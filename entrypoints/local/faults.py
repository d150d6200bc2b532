"""Threads that go on after faults: not at once, and without filling the disk with what they say of it."""

import logging
import sys

_LONGEST_SECONDS = 30.0


def told(what: str) -> None:
    """Log the error that is handled now; what is wrong with the machine has nothing to do with where it was noticed."""
    error = sys.exc_info()[1]
    if isinstance(error, OSError):
        logging.error("%s: %s", what, error)
    else:
        logging.error(what, exc_info=error)


class Faults:
    """Those in a row of one thread.

    Args:
        seconds: to wait after the first; after each further one twice as long, up to half a minute.
    """

    def __init__(self, seconds: float) -> None:
        self._first = seconds
        self._seconds = seconds
        self._last = ""

    def none(self) -> None:
        """It works."""
        self._seconds, self._last = self._first, ""

    def another(self, what: str) -> float:
        """Tell of the one that is handled now, unless it is the one of before; returns for how many seconds to wait."""
        said = f"{what}: {sys.exc_info()[1]!r}"
        if said != self._last:
            told(what)
        self._last = said
        seconds = self._seconds
        self._seconds = min(2 * seconds, _LONGEST_SECONDS)
        return seconds
