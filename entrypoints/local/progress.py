"""How far a command over all packages has come, on stderr: bars on a terminal, else a line now and then."""

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TaskID, TextColumn, TimeRemainingColumn

from domain.usecases.verification import Stage
from entrypoints.local.words import plural

_BETWEEN_LINES_SECONDS = 10.0


@contextmanager
def shown(total: int) -> Iterator[Callable[[Stage], None]]:
    """What is to be called whenever a package is done.

    Args:
        total: how many packages there are; some may come while the command works.
    """
    console = Console(stderr=True)
    if not console.is_terminal:
        yield Lines(total)
        return
    columns = (TextColumn("{task.description:<15}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=console) as progress:
        yield Bars(total, progress)


class _Titles:
    """What stages are called: one that comes a second time is done again."""

    def __init__(self) -> None:
        self._stage: Stage | None = None
        self._known: set[Stage] = set()
        self.current = ""

    def begins(self, stage: Stage) -> bool:
        """Whether this is another stage than the last time; `current` is its title from now on."""
        if stage is self._stage:
            return False
        self.current = f"{stage.value} again" if stage in self._known else stage.value
        self._known.add(stage)
        self._stage = stage
        return True


class Bars:
    """A bar for each stage."""

    def __init__(self, total: int, progress: Progress) -> None:
        self._total = total
        self._progress = progress
        self._titles = _Titles()
        self._task = TaskID(0)

    def __call__(self, stage: Stage) -> None:
        """One more package is done."""
        if self._titles.begins(stage):
            self._task = self._progress.add_task(self._titles.current, total=self._total)
        self._progress.advance(self._task)


class Lines:
    """Says at most every ten seconds how many packages are done and how long the rest takes, and each stage's end."""

    def __init__(
        self, total: int, now: Callable[[], float] = time.monotonic, say: Callable[[str], object] | None = None
    ) -> None:
        self._total = total
        self._now = now
        self._say = say or sys.stderr.write
        self._titles = _Titles()
        self._done = 0
        self._began = self._said = now()

    def __call__(self, stage: Stage) -> None:
        """One more package is done."""
        now = self._now()
        if self._titles.begins(stage):
            self._done, self._began, self._said = 0, now, now
        self._done += 1
        is_last = self._done == self._total
        if is_last or now - self._said >= _BETWEEN_LINES_SECONDS:
            self._said = now
            left = (now - self._began) / self._done * max(0, self._total - self._done)
            rest = "" if is_last else f", about {left:.0f} s left"
            self._say(f"{self._titles.current}: {self._done:,} of {plural(self._total, 'package')}{rest}\n")
