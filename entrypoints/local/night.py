"""When the embedded world counts downloads: each night, in a process of its own that gives way to everything else."""

import logging
import os
import subprocess
import sys
import threading
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, time, timedelta
from pathlib import Path

from adapters.local.home import Home
from domain.usage import day_of, first_missed
from entrypoints.local.faults import told

AT = timedelta(minutes=20)
"""After midnight (UTC). The requests of the day before are all on disk then."""
AGAIN = timedelta(hours=1)
"""Until the next attempt after one that failed."""

_ONE_DAY = timedelta(days=1)
_GLANCE_SECONDS = 60.0
_POLL_SECONDS = 0.2
_GRACE_SECONDS = 5.0
_NICENESS = 10
_ROOT = str(Path(__file__).parents[2])
_PROGRAM = (
    f"import os, sys; os.nice({_NICENESS}); sys.path.insert(0, {_ROOT!r}); "
    "from entrypoints.local.__main__ import main; main(sys.argv[1:])"
)


def command(home: Path, since: str | None) -> list[str]:
    """The `nightly` command of the software that runs now, as a program with its arguments."""
    # -P: in whatever folder we were started lie modules that may be called like those of the standard library.
    program = [sys.executable, "-P", "-c", _PROGRAM, "nightly", "--home", str(home)]
    return program if since is None else [*program, "--since", since]


class Night:
    """Counts at night, and after a start whatever nights were missed.

    Args:
        home: of the index.
        complete_through: the last day that was finished; None before the first.
        stop: ends it, also in the middle.
        now: aware.
        wait: waits for some seconds at most; returns whether it is time to stop. By default until `stop` is set.
        program: makes the command from the home and the first day that is wanted.
    """

    def __init__(
        self,
        home: Home,
        complete_through: Callable[[], str | None],
        stop: threading.Event,
        *,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
        wait: Callable[[float], bool] | None = None,
        program: Callable[[Path, str | None], Sequence[str]] = command,
    ) -> None:
        self._home = home
        self._complete_through = complete_through
        self._stop = stop
        self._now = now
        self._wait = wait or stop.wait
        self._program = program

    def run(self) -> None:
        """Wait and count until it is time to stop."""
        due = self._now() if self._has_missed() else self._next()
        while self._waited_until(due):
            try:
                is_done = self._count()
            except Exception:  # noqa: BLE001 - whatever it is, the thread goes on
                told("downloads could not be counted, which will be tried again")
                is_done = False
            due = self._next() if is_done else self._now() + AGAIN

    def _has_missed(self) -> bool:
        """Whether a night went by without counting. Where nothing was ever logged there was nothing to miss."""
        try:
            last = self._complete_through()
            if last is None:
                return any(self._home.logs.iterdir())
        except Exception:  # noqa: BLE001 - whatever it is, the thread goes on
            told("it cannot be told which days are counted")
            return False
        return last < day_of(self._now() - AT - _ONE_DAY)

    def _next(self) -> datetime:
        now = self._now()
        tonight = datetime.combine(now.date(), time(tzinfo=UTC)) + AT
        return tonight if now < tonight else tonight + _ONE_DAY

    def _waited_until(self, due: datetime) -> bool:
        """Whether the time has come; False if it is time to stop. Clocks may be set, and machines sleep."""
        while (left := due - (now := self._now())) > timedelta():
            due = min(due, now + _ONE_DAY)  # it never was later than that, unless the clock was wrong
            if self._wait(min(left.total_seconds(), _GLANCE_SECONDS)):
                return False
        return not self._stop.is_set()

    def _count(self) -> bool:
        """Run the command; whether it succeeded, or there is no need to know any more."""
        with subprocess.Popen(  # noqa: S603 - our own interpreter and code
            self._program(self._home.path, self._since()),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            env=os.environ | {"PYTHONPATH": os.pathsep.join(entry for entry in sys.path if entry)},
            text=True,
            errors="replace",
        ) as child:
            said = self._ended(child)
        if child.returncode and not self._stop.is_set():
            reason = said.strip().rpartition("\n")[2] or f"exit status {child.returncode}"
            logging.error("downloads could not be counted, which will be tried again in an hour: %s", reason)
        return child.returncode == 0 or self._stop.is_set()

    def _ended(self, child: "subprocess.Popen[str]") -> str:
        """What it said until it ended. When it is time to stop it is ended; all of its work can be done again."""
        while True:
            try:
                return child.communicate(timeout=_POLL_SECONDS)[1]
            except subprocess.TimeoutExpired:
                if self._stop.is_set():
                    break
        child.terminate()
        try:
            return child.communicate(timeout=_GRACE_SECONDS)[1]
        except subprocess.TimeoutExpired:
            child.kill()
            return child.communicate()[1]

    def _since(self) -> str | None:
        last = self._complete_through()
        return None if last is None else first_missed(last, self._now().astimezone(UTC).date())
