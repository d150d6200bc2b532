"""Threads that go on: they are told once of what goes on as well, and wait longer each time."""

import errno
import logging
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from adapters.local.home import Home
from entrypoints.local import serving
from entrypoints.local.faults import Faults


def another(faults: Faults, error: Exception) -> float:
    try:
        raise error
    except type(error):
        return faults.another("the worker goes on after a fault")


def full() -> OSError:
    return OSError(errno.ENOSPC, "No space left on device")


def test_a_full_disk_is_told_in_one_line_and_once(caplog: pytest.LogCaptureFixture) -> None:
    faults = Faults(0.25)
    assert [another(faults, full()) for _ in range(9)] == [0.25, 0.5, 1, 2, 4, 8, 16, 30, 30]
    (record,) = caplog.records
    assert record.getMessage() == "the worker goes on after a fault: [Errno 28] No space left on device"
    assert record.exc_info is None


def test_what_works_again_begins_anew(caplog: pytest.LogCaptureFixture) -> None:
    faults = Faults(0.25)
    another(faults, full())
    faults.none()
    assert another(faults, full()) == 0.25
    assert len(caplog.records) == 2


def test_a_fault_of_ours_is_told_with_where_it_was(caplog: pytest.LogCaptureFixture) -> None:
    another(Faults(1), ValueError("ours"))
    (record,) = caplog.records
    assert record.exc_info is not None


def test_a_worker_that_cannot_begin_begins_later(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    home, stop = Home(tmp_path), threading.Event()
    turns: list[str] = []

    @contextmanager
    def alone(_: Home, role: str) -> Iterator[bool]:
        turns.append(role)
        if len(turns) == 1:
            raise PermissionError(errno.EACCES, "Permission denied", "worker.lock")
        yield True

    class Worker:
        def run(self, stop: threading.Event) -> None:
            stop.set()

        def finish(self, _: float) -> None:
            turns.append("finished")

    class World:
        def __init__(self) -> None:
            self.home = home

    monkeypatch.setattr(Home, "alone", alone)
    monkeypatch.setattr(serving, "worker_of", lambda _: Worker())
    monkeypatch.setattr(serving, "_BEGIN_AGAIN_SECONDS", 0)
    world: Any = World()
    with caplog.at_level(logging.ERROR):
        serving._work(world, stop)
    assert turns == ["worker", "worker", "finished"]
    assert "the worker begins again after a fault: [Errno 13] Permission denied: 'worker.lock'" in caplog.text
