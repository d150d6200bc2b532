"""How far a command over all packages has come, on stderr: bars on a terminal, else a line now and then."""

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from domain.usecases.verification import Stage

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
    columns = (TextColumn("{task.description:<9}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=console) as progress:
        tasks = {}

        def told(stage: Stage) -> None:
            if stage not in tasks:
                tasks[stage] = progress.add_task(stage.value, total=total)
            progress.advance(tasks[stage])

        yield told


class Lines:
    """Says at most every ten seconds how many packages are done and how long the rest takes, and each stage's end."""

    def __init__(
        self, total: int, now: Callable[[], float] = time.monotonic, say: Callable[[str], object] | None = None
    ) -> None:
        self._total = total
        self._now = now
        self._say = say or sys.stderr.write
        self._stage: Stage | None = None
        self._done = 0
        self._began = self._said = now()

    def __call__(self, stage: Stage) -> None:
        """One more package is done."""
        now = self._now()
        if stage is not self._stage:
            self._stage, self._done, self._began, self._said = stage, 0, now, now
        self._done += 1
        is_last = self._done == self._total
        if is_last or now - self._said >= _BETWEEN_LINES_SECONDS:
            self._said = now
            left = (now - self._began) / self._done * max(0, self._total - self._done)
            rest = "" if is_last else f", about {left:.0f} s left"
            self._say(f"{stage.value}: {self._done:,} of {self._total:,} packages{rest}\n")
