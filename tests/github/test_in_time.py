"""Waiting for what may hang."""

import threading

import pytest

from adapters.github.rest import TooSlow, in_time


def test_what_is_found_out_in_time_is_the_answer() -> None:
    assert in_time(lambda: "found", 10) == "found"


def test_what_is_raised_there_is_raised_here() -> None:
    places = threading.BoundedSemaphore(1)
    for _ in range(2):
        with pytest.raises(ZeroDivisionError):
            in_time(lambda: 1 // 0, 10, places)


def test_what_hangs_is_too_slow_and_keeps_its_place() -> None:
    places, end = threading.BoundedSemaphore(1), threading.Event()
    with pytest.raises(TooSlow, match="takes too long"):
        in_time(end.wait, 0.01, places)
    with pytest.raises(TooSlow):
        in_time(lambda: "found", 10, places)
    end.set()
    assert places.acquire(timeout=60)
