"""Retries, with exponential backoff and jitter, of what collided with other writers."""

import random
import time
from collections.abc import Callable, Iterator

_ATTEMPTS = 8
_FIRST_PAUSE = 0.025
_LONGEST_PAUSE = 1.0

Sleep = Callable[[float], None]
sleep: Sleep = time.sleep


def attempts(pause: Sleep) -> Iterator[None]:
    """A few attempts. The pauses between them double, and are random, so that those who collide drift apart.

    All of them together take less than 3 seconds.
    """
    yield
    for turn in range(_ATTEMPTS - 1):
        most = min(_FIRST_PAUSE * 2**turn, _LONGEST_PAUSE)
        pause(random.uniform(most / 2, most))  # noqa: S311 - nobody gains by guessing it
        yield
