"""Threads that have nothing to do sleep until somebody writes, or stops them."""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest

from adapters.local.bus import Lane
from domain.messages import FetchFacts, Message, Page, PageStale
from entrypoints.local import lanes, serving, worker
from infrastructure.embedded import Embedded, opened
from infrastructure.settings import Settings
from tests.running import PATIENCE, Running

_EVER = 3600.0


@pytest.fixture
def world(tmp_path: Path) -> Iterator[Embedded]:
    with opened(Settings(home=tmp_path / "home"), create=True) as world:
        yield world


@contextmanager
def asleep(world: Embedded, monkeypatch: pytest.MonkeyPatch) -> Iterator[set[threading.Thread]]:
    """The threads of a server that has nothing to do, and looks for what others wrote once an hour."""
    monkeypatch.setattr(worker, "_OTHERS_SECONDS", _EVER)
    monkeypatch.setattr(lanes, "_OTHERS_SECONDS", _EVER)
    sleeping, changes, wait = set[str](), world.ports.database().changes, threading.Condition.wait_for
    all_sleep = threading.Event()

    def noted(condition: threading.Condition, predicate: object, timeout: float | None = None) -> object:
        if condition is changes._told and timeout == _EVER:
            sleeping.add(threading.current_thread().name)
            if sleeping == {"worker", "facts", "builds"}:
                all_sleep.set()
        return wait(condition, predicate, timeout)  # type: ignore[arg-type]

    monkeypatch.setattr(threading.Condition, "wait_for", noted)
    before = set(threading.enumerate())
    with serving._background(world) as begin:
        begin()
        threads = set(threading.enumerate()) - before
        for thread in threads:
            if thread.name == "settings":  # what a start has left for later
                thread.join(PATIENCE)
        _await_nothing_waits(world)
        all_sleep.clear()
        sleeping.clear()
        changes.tell()
        assert all_sleep.wait(PATIENCE)
        yield set(threading.enumerate()) - before


@pytest.mark.parametrize("message", [PageStale(Page.HOME), FetchFacts("spam")])
def test_who_sleeps_is_woken_by_what_is_written(
    world: Embedded, monkeypatch: pytest.MonkeyPatch, message: Message
) -> None:
    bus = world.ports.bus()
    with asleep(world, monkeypatch):
        bus.publish([message])
        _await_nothing_waits(world)


def test_who_sleeps_is_woken_by_the_end(world: Embedded, monkeypatch: pytest.MonkeyPatch) -> None:
    with asleep(world, monkeypatch) as threads:
        pass
    for thread in threads:
        thread.join(PATIENCE)
        assert not thread.is_alive()


def _await_nothing_waits(world: Embedded) -> None:
    bus = world.ports.bus()
    deadline = time.monotonic() + PATIENCE
    while (bus.behind() or any(map(bus.has_waiting, Lane))) and time.monotonic() < deadline:
        bus.changes.wait(bus.changes.number, threading.Event(), least=0, most=0.1)
    assert not any(map(bus.has_waiting, Lane))


def test_a_server_with_nothing_to_do_hardly_ever_wakes(tmp_path: Path) -> None:
    server = Running(tmp_path / "home")
    pause = threading.Event()
    fewest = _wakes(server)
    try:
        for _ in range(PATIENCE):  # what a start has left for later is done first
            before = _wakes(server)
            pause.wait(1)
            fewest = min(fewest, _wakes(server) - before)
            if fewest <= 12:
                break
        assert fewest <= 12
    finally:
        server.kill()


def _wakes(server: Running) -> int:
    """How often its threads went to sleep by themselves so far."""
    wakes = 0
    for thread in Path(f"/proc/{server.process.pid}/task").iterdir():
        with suppress(FileNotFoundError):
            told = dict(line.split(":\t") for line in (thread / "status").read_text().splitlines())
            wakes += int(told["voluntary_ctxt_switches"])
    return wakes


class Ending(threading.Event):
    """Is set as soon as the thread that made it waits; others wait for it as usual."""

    def __init__(self) -> None:
        super().__init__()
        self._maker = threading.current_thread()
        self.pauses: list[float | None] = []

    def wait(self, timeout: float | None = None) -> bool:
        """Note for how long the maker would wait."""
        if threading.current_thread() is self._maker:
            self.pauses.append(timeout)
            self.set()
        return super().wait(timeout)


def test_after_all_that_was_due_the_worker_lets_more_come_together(world: Embedded) -> None:
    world.ports.bus().publish([PageStale(Page.FIGURES)])
    ending = Ending()
    worker.worker_of(world).run(ending)
    assert ending.pauses == [worker._PAUSE_SECONDS]


def test_the_worker_goes_on_at_once_while_more_is_due(world: Embedded, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(worker, "_BATCH", 1)
    world.ports.bus().publish([PageStale(Page.FIGURES)])
    ending = Ending()
    worker.worker_of(world).run(ending)
    assert worker._PAUSE_SECONDS not in ending.pauses
    assert not world.ports.bus().pages_waiting()
