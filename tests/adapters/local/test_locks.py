"""Turns of threads and processes: whoever stands still in one does not stop all others for ever."""

import fcntl
import os
import threading
from pathlib import Path

import pytest

from adapters.local import locks


def test_whoever_stands_still_is_waited_for_so_long_and_no_longer(tmp_path: Path) -> None:
    path = tmp_path / "lock"
    turns = locks.Turns(str(path), patience=0.1)
    # Another process would hold another open file, as this does.
    held = locks.opened(str(path))
    fcntl.flock(held, fcntl.LOCK_EX)
    with pytest.raises(TimeoutError, match=f"Another program keeps {path} locked"), turns.taken():
        pytest.fail("it was not locked")

    os.close(held)
    with turns.taken():
        pass


def test_a_thread_is_not_waited_for_longer_either(tmp_path: Path) -> None:
    turns = locks.Turns(str(tmp_path / "lock"), patience=0.1)
    failed: list[BaseException] = []

    def wait() -> None:
        try:
            with turns.taken():
                pass
        except TimeoutError as error:
            failed.append(error)

    with turns.taken():
        other = threading.Thread(target=wait)
        other.start()
        other.join(60)
    assert len(failed) == 1


def test_whoever_waits_gets_its_turn(tmp_path: Path) -> None:
    turns = locks.Turns(str(tmp_path / "lock"))
    held = locks.opened(str(tmp_path / "lock"))
    fcntl.flock(held, fcntl.LOCK_EX)
    done: list[str] = []

    def let_go() -> None:
        done.append("let go")
        os.close(held)

    threading.Timer(0.1, let_go).start()
    with turns.taken():
        done.append("taken")
    assert done == ["let go", "taken"]
