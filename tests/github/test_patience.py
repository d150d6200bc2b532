"""Waiting for what may hang."""

import threading
from contextlib import closing

import pytest

from adapters.github.patience import TooSlow, in_time
from adapters.github.rest import Rest
from infrastructure.github_double.double import github


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


def test_who_says_nothing_is_too_slow_before_all_time_is_over() -> None:
    with github() as double:
        double.hangs()
        with closing(Rest(double.url, "tests", 60, read_seconds=0.05)) as rest, pytest.raises(TooSlow):
            rest.get("/rate_limit")
