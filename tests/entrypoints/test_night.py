"""When a server counts: each night, after a start whatever was missed, and again when it failed."""

import sys
import threading
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from adapters.local.home import Home
from entrypoints.local.night import Night, command

AFTERNOON = datetime(2026, 11, 26, 15, 0, tzinfo=UTC)
TONIGHT = datetime(2026, 11, 27, 0, 20, tzinfo=UTC)
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)


class World:
    """A clock that runs while somebody waits, and a command that notes when it ran."""

    def __init__(self, tmp_path: Path, last: str | None, now: datetime = AFTERNOON) -> None:
        self.home = Home(tmp_path)
        self.home.prepare()
        self.last = last
        self.now = now
        self.stop = threading.Event()
        self.ran: list[tuple[datetime, str | None]] = []
        self.scripts = [""]
        self.until = now + 3 * DAY
        self.waits: list[float] = []

    def run(self) -> list[tuple[datetime, str | None]]:
        """Let the days go by; when and from which day on it counted."""
        Night(
            self.home, lambda: self.last, self.stop, now=lambda: self.now, wait=self._wait, program=self._program
        ).run()
        return self.ran

    def _wait(self, seconds: float) -> bool:
        self.waits.append(seconds)
        self.now += timedelta(seconds=seconds)
        if self.now > self.until:
            self.stop.set()
        return self.stop.is_set()

    def _program(self, home: Path, since: str | None) -> Sequence[str]:
        assert home == self.home.path
        self.ran.append((self.now, since))
        script = self.scripts.pop(0) if len(self.scripts) > 1 else self.scripts[0]
        return [sys.executable, "-I", "-S", "-c", script]


def test_it_counts_every_night_at_twenty_past_midnight(tmp_path: Path) -> None:
    world = World(tmp_path, "2026-11-25")
    assert [when for when, _ in world.run()] == [TONIGHT, TONIGHT + DAY, TONIGHT + 2 * DAY]
    assert max(world.waits) <= 60


@pytest.mark.parametrize(
    ("now", "last", "expected"),
    [
        (AFTERNOON, "2026-11-24", [(AFTERNOON, None)]),
        (AFTERNOON, "2026-11-23", [(AFTERNOON, None)]),
        (AFTERNOON, "2026-11-10", [(AFTERNOON, "2026-11-11")]),
        (TONIGHT - HOUR / 6, "2026-11-25", []),
        (TONIGHT + HOUR / 6, "2026-11-25", [(TONIGHT + HOUR / 6, None)]),
    ],
)
def test_it_catches_up_when_it_starts(
    tmp_path: Path, now: datetime, last: str, expected: list[tuple[datetime, str | None]]
) -> None:
    world = World(tmp_path, last, now)
    world.until = now + timedelta(minutes=5)
    assert world.run() == expected


def test_where_nothing_was_logged_it_waits_for_the_night(tmp_path: Path) -> None:
    world = World(tmp_path, None)
    assert world.run()[0] == (TONIGHT, None)
    assert len(world.ran) == 3


def test_where_logs_were_never_counted_it_counts_once(tmp_path: Path) -> None:
    world = World(tmp_path, None)
    (world.home.logs / "some.gz").touch()
    world.until = AFTERNOON + HOUR
    assert world.run() == [(AFTERNOON, None)]


def test_it_tries_again_an_hour_after_a_failure_and_says_why(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    world = World(tmp_path, "2026-11-24")
    world.scripts = ["import sys; sys.exit('sls-pypi: the disk is full')", "import sys; sys.exit(3)", ""]
    assert world.run()[:4] == [
        (AFTERNOON, None),
        (AFTERNOON + HOUR, None),
        (AFTERNOON + 2 * HOUR, None),
        (TONIGHT, None),
    ]
    said = [record.getMessage() for record in caplog.records]
    assert len(said) == 2
    assert said[0].endswith("in an hour: sls-pypi: the disk is full")
    assert said[1].endswith("in an hour: exit status 3")


def test_a_program_that_cannot_be_started_is_a_failure_like_others(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    world = World(tmp_path, "2026-11-24")
    world.until = AFTERNOON + HOUR * 1.5
    times: list[datetime] = []

    def program(_: Path, __: str | None) -> Sequence[str]:
        times.append(world.now)
        return [str(tmp_path / "nowhere")]

    Night(world.home, lambda: world.last, world.stop, now=lambda: world.now, wait=world._wait, program=program).run()
    assert times == [AFTERNOON, AFTERNOON + HOUR]
    assert "could not be counted" in caplog.text


def test_a_database_that_cannot_be_asked_stops_nothing(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    world = World(tmp_path, None)
    world.until = TONIGHT + HOUR * 1.5

    def failing() -> str | None:
        raise OSError("the disk is gone")

    Night(world.home, failing, world.stop, now=lambda: world.now, wait=world._wait, program=world._program).run()
    assert world.ran == []
    assert caplog.text.count("the disk is gone") >= 2


def test_it_ends_what_still_counts_when_the_server_stops(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    world = World(tmp_path, "2026-11-24")
    marker = tmp_path / "runs"
    world.scripts = [f"import pathlib, time; pathlib.Path({str(marker)!r}).touch(); time.sleep(600)"]
    thread = threading.Thread(target=world.run)
    thread.start()
    glance = threading.Event()
    while not marker.exists():
        glance.wait(0.01)
    world.stop.set()
    thread.join(60)
    assert not thread.is_alive()
    assert caplog.records == []


def test_the_command_is_that_of_this_software(tmp_path: Path) -> None:
    program = command(tmp_path, "2026-11-11")
    assert program[0] == sys.executable
    assert program[-5:] == ["nightly", "--home", str(tmp_path), "--since", "2026-11-11"]
    assert command(tmp_path, None)[-3:] == ["nightly", "--home", str(tmp_path)]


def test_a_clock_that_was_wrong_for_a_while_stops_no_counting(tmp_path: Path) -> None:
    world = World(tmp_path, "2031-01-03", AFTERNOON + 1500 * DAY)

    def set_right(seconds: float) -> bool:
        world.waits.append(seconds)
        if len(world.waits) == 1:
            world.now, world.last, world.until = AFTERNOON, "2026-11-25", AFTERNOON + 3 * DAY
            return False
        return world._wait(seconds)

    Night(
        world.home, lambda: world.last, world.stop, now=lambda: world.now, wait=set_right, program=world._program
    ).run()
    assert [when for when, _ in world.ran] == [AFTERNOON + DAY, TONIGHT + DAY, TONIGHT + 2 * DAY]
