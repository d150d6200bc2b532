"""How threads go on after faults: with exponential backoff, and without filling the disk with log lines."""

import errno
import logging
import sys

FULL = frozenset({errno.ENOSPC, errno.EDQUOT})
"""How the system says that there is no room."""
_LONGEST_SECONDS = 30.0


def told(what: str) -> None:
    """Log the error that is handled now: one of the machine in a line, any other with its traceback."""
    error = sys.exc_info()[1]
    if isinstance(error, OSError):
        logging.error("%s: %s", what, error)
    else:
        logging.error(what, exc_info=error)


class Faults:
    """The faults in a row of one thread.

    Args:
        seconds: to wait after the first fault; after each further one twice as long, up to half a minute.
    """

    def __init__(self, seconds: float) -> None:
        self._first = seconds
        self._seconds = seconds
        self._last = ""

    def none(self) -> None:
        """Note that the thread works: the row has ended."""
        self._seconds, self._last = self._first, ""

    def another(self, what: str) -> float:
        """Log the fault that is handled now, unless it is the last one again; returns how many seconds to wait."""
        said = f"{what}: {sys.exc_info()[1]!r}"
        if said != self._last:
            told(what)
        self._last = said
        seconds = self._seconds
        self._seconds = min(2 * seconds, _LONGEST_SECONDS)
        return seconds
