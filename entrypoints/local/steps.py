"""Telling what is being done, with times: a line a step, and a moving one on a terminal."""

import time
from collections.abc import Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.status import Status

from infrastructure.formation import CannotDeploy

_QUIET_SECONDS = 30.0


class Step:
    """One step while it is done."""

    def __init__(self, console: Console, title: str, status: Status | None) -> None:
        self._console = console
        self._title = title
        self._status = status
        self._told = time.monotonic()
        self.result = "done"

    def progress(self, text: str) -> None:
        """How far it is; without a terminal that is told now and then."""
        if self._status is not None:
            self._status.update(f"{self._title}: {text}")
        elif time.monotonic() - self._told > _QUIET_SECONDS:
            self._told = time.monotonic()
            self._console.print(f"{self._title}: {text}", soft_wrap=True)


class Steps:
    """Goes to stderr, so that results are alone on stdout."""

    def __init__(self, console: Console | None = None) -> None:
        self.console = console or Console(stderr=True, highlight=False, markup=False)

    @contextmanager
    def reasons(self) -> Iterator[None]:
        """Tell what failed, a line each, before the one line that says what to do."""
        try:
            yield
        except CannotDeploy as error:
            for reason in error.reasons:
                self.console.print(reason, soft_wrap=True)
            raise

    @contextmanager
    def step(self, title: str) -> Iterator[Step]:
        """Do something; its `result` is told with the time it took. A step that fails tells nothing."""
        started = time.monotonic()
        if self.console.is_terminal:
            with self.console.status(title) as status:
                step = Step(self.console, title, status)
                yield step
        else:
            step = Step(self.console, title, None)
            yield step
        self.console.print(f"{title}: {step.result} ({time.monotonic() - started:.1f} s)", soft_wrap=True)
