"""Doing things at the same time."""

import threading
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

T = TypeVar("T")


def together(actions: Sequence[Callable[[], T]]) -> list[T | Exception]:
    """Start all actions at one moment, each in a thread; returns their results, or what they raised, in order."""
    start = threading.Barrier(len(actions))

    def run(action: Callable[[], T]) -> T | Exception:
        start.wait()
        try:
            return action()
        except Exception as error:  # noqa: BLE001 - whatever it was is the result
            return error

    with ThreadPoolExecutor(len(actions)) as pool:
        return list(pool.map(run, actions))
