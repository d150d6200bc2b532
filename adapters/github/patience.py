"""Waiting for others, who may hang, fail or say nothing."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TypeVar

T = TypeVar("T")

_MOST_HANGING = 4


class Unanswered(Exception):
    """There is no answer of use; the text says why in a few words."""


class TooSlow(Unanswered):
    """Nothing came in time."""

    def __init__(self) -> None:
        super().__init__("takes too long")


_hanging = threading.BoundedSemaphore(_MOST_HANGING)


def in_time(ask: Callable[[], T], seconds: float, places: threading.BoundedSemaphore = _hanging) -> T:
    """What it finds out, waited for so many seconds only: looking up a name has no bound, nor have slow headers.

    What still hangs then goes on in a thread of its own that ends with the process at the latest. There are `places`
    for so many; when all are taken, nothing is done. Raises what is raised there.

    Raises:
        TooSlow: it is not over in time, or there was no place for it.
    """
    if not places.acquire(blocking=False):
        raise TooSlow
    found: list[T] = []
    faults: list[Exception] = []

    def run() -> None:
        try:
            found.append(ask())
        except Exception as fault:  # noqa: BLE001 - raised where somebody waits for it
            faults.append(fault)
        finally:
            places.release()

    thread = threading.Thread(target=run, name="github", daemon=True)
    thread.start()
    thread.join(seconds)
    # What comes from now on is too late.
    if found:
        return found[0]
    raise faults[0] if faults else TooSlow


@contextmanager
def explained() -> Iterator[None]:
    """Whatever is raised is `Unanswered`. Nobody can list what the other side may make of the client's libraries.

    What they raised is not shown: it may quote headers, and one of those is a token.
    """
    import httpx2  # noqa: PLC0415

    try:
        yield
    except Unanswered:
        raise
    except httpx2.TimeoutException:
        raise TooSlow from None
    except Exception as fault:  # noqa: BLE001
        raise Unanswered(type(fault).__name__) from None
