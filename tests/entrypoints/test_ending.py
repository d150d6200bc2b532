"""How servers end that are busy, or have not begun yet."""

import errno
import signal
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path
from types import ModuleType

import pytest

from domain.messages import Page, PageStale
from entrypoints.local.worker import worker_of
from infrastructure.embedded import opened
from infrastructure.settings import Settings
from tests.running import COMMAND, PATIENCE, ROOT, environment, token_of
from tests.running import command as run_command

HUNG = """
import sys, threading
from concurrent.futures import ThreadPoolExecutor
from entrypoints.local.ending import end

pool = ThreadPoolExecutor(2)
hung, begun = threading.Event(), threading.Event()
if "hung" in sys.argv:
    pool.submit(lambda: (begun.set(), hung.wait()))
    begun.wait()
pool.submit(lambda: None)
pool.shutdown(wait=False, cancel_futures=True)
print("ending", end="")
end(3, grace=0.1 if "hung" in sys.argv else 60)
print(", ended", end="")
"""


@pytest.mark.parametrize(("how", "said"), [("hung", (3, "ending")), ("idle", (0, "ending, ended"))])
def test_only_calls_that_hang_are_left_behind(how: str, said: tuple[int, str]) -> None:
    argv = [sys.executable, "-c", HUNG, how]
    done = subprocess.run(argv, cwd=ROOT, capture_output=True, text=True, timeout=PATIENCE, check=False)
    assert (done.returncode, done.stdout, done.stderr) == (*said, "")


def test_the_worker_stops_between_two_packages(tmp_path: Path) -> None:
    with opened(Settings(home=tmp_path / "home"), create=True) as world:
        bus, worker = world.ports.bus(), worker_of(world)
        bus.publish([PageStale(Page.SIMPLE, f"package-{number}") for number in range(5)])
        answers = iter((False, False, True))

        worker.step(early=True, is_over=lambda: next(answers))

        assert bus.pages_waiting() == 3
        worker.finish(PATIENCE)
        assert bus.pages_waiting() == 0


def test_what_a_full_disk_leaves_for_the_next_start_is_told_in_a_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    with opened(Settings(home=tmp_path / "home"), create=True) as world:
        worker = worker_of(world)

        def full(**_: object) -> int:
            raise OSError(errno.ENOSPC, "No space left on device", "events.db")

        monkeypatch.setattr(worker, "step", full)
        worker.finish(PATIENCE)
    (record,) = caplog.records
    assert record.exc_info is None
    assert record.getMessage().endswith(
        "what is left waits for the next start: [Errno 28] No space left on device: 'events.db'"
    )


def test_pages_wait_for_room_on_a_full_disk_however_long_it_takes_and_nobody_is_told_of_each(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    with opened(Settings(home=tmp_path / "home"), create=True) as world:
        bus, worker, objects = world.ports.bus(), worker_of(world), world.ports.objects()
        bus.publish([PageStale(page) for page in (Page.HOME, Page.ROOT, Page.STATISTICS)])
        with monkeypatch.context() as patched:

            def full(*_: object, **__: object) -> None:
                raise OSError(errno.ENOSPC, "No space left on device", "site")

            patched.setattr(objects, "put", full)
            for _ in range(10):
                with pytest.raises(OSError, match="No space left"):
                    list(worker.drain())
        assert (bus.pages_waiting(), bus.dead(), caplog.records) == (3, [], [])
        list(worker.drain())
        assert bus.pages_waiting() == 0
        assert objects.get("index.html")


class Interrupted(ModuleType):
    """A module that is being imported when somebody presses Ctrl-C."""

    def __getattr__(self, name: str) -> object:
        raise KeyboardInterrupt(name)


def test_a_command_that_is_still_being_imported_can_be_interrupted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "entrypoints.local.commands", Interrupted("commands"))
    assert run_command("doctor", status=1).stderr == "sls-pypi: interrupted\n"


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_start_that_waits_can_be_interrupted(tmp_path: Path, number: signal.Signals) -> None:
    home = tmp_path / "home"
    token_of(home)  # an event that nobody has followed yet
    with closing(sqlite3.connect(home / "events.db", isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        command = [*COMMAND, "serve", "--home", str(home), "--port", "0"]
        pipe = subprocess.PIPE
        with subprocess.Popen(command, cwd=ROOT, env=environment(), stdout=pipe, stderr=pipe, text=True) as process:
            while not (home / "serve.lock").exists():
                assert process.poll() is None
            process.send_signal(number)
            said, complained = process.communicate(timeout=PATIENCE)
        assert said == ""
        assert "Traceback" not in complained
        assert process.returncode == (1 if number is signal.SIGINT else -number)
