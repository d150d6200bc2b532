"""A command in its cell, watched until it and all that came of it are over."""

import os
import select
import signal
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import IO

from attrs import frozen

from adapters.building.stages import BuildFails
from adapters.local.build_usage import BuildLimits, children, exceeded

_PIECE = 64 * 1024
_GLANCE = 0.1
# What is printed faster than it is of any use to read would take the time of those who are served.
_PIECES_A_GLANCE = 4
_PATIENCE = 200


@frozen
class Watch:
    """What is looked after while commands run.

    Attributes:
        limits: what all commands of a build have together.
        deadline: by the clock.
        heard: takes what is printed.
        glance: called several times a second.
    """

    limits: BuildLimits
    deadline: float
    heard: Callable[[bytes], None]
    glance: Callable[[], None]
    clock: Callable[[], float] = time.monotonic

    def run(self, command: Sequence[str], environment: Mapping[str, str], folders: Sequence[Path]) -> int:
        """Run a command to its end, and end all that is left of it; returns its exit status.

        Args:
            command: one that `Confinement` made.
            environment: all that it has.
            folders: what it writes to.

        Raises:
            BuildFails: a limit was exceeded.
        """
        process = subprocess.Popen(  # noqa: S603 - what is foreign in it is shut away by it
            command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            env=dict(environment),
            cwd="/",
            start_new_session=True,
        )
        with process:
            if process.stdout is None:
                raise OSError("a process without a pipe")
            os.set_blocking(process.stdout.fileno(), False)
            try:
                self._follow(process, process.stdout, folders)
            finally:
                _end(process)
                self._hear(process.stdout)
            self._look(process.pid, folders)
        return process.returncode

    def _follow(self, process: "subprocess.Popen[bytes]", printed: IO[bytes], folders: Sequence[Path]) -> None:
        looked, took = self.clock() - _GLANCE, 0.0
        while process.poll() is None:
            # Whoever closes it and goes on is not waited for in vain: this ends in time all the same.
            select.select([printed], [], [], _GLANCE)
            if not self._hear(printed):
                time.sleep(_GLANCE)
            now = self.clock()
            if now > self.deadline:
                raise BuildFails(f"The build took more than {self.limits.seconds:g} seconds.")
            # To look takes its time where there is much to see: it is not all that is done.
            if now >= looked + _GLANCE + 2 * took:
                self.glance()
                self._look(process.pid, folders)
                looked, took = now, self.clock() - now

    def _hear(self, printed: IO[bytes]) -> bool:
        """Take some of what can be read; False if that was all there will be, or more than is good."""
        for _ in range(_PIECES_A_GLANCE):
            try:
                piece = os.read(printed.fileno(), _PIECE)
            except BlockingIOError:
                return True
            if not piece:
                return False
            self.heard(piece)
        return False

    def _look(self, process: int, folders: Sequence[Path]) -> None:
        too_much = exceeded(self.limits, folders, process)
        if too_much is not None:
            raise BuildFails(too_much)


def _end(process: "subprocess.Popen[bytes]") -> None:
    """End it by what it started: the first process of a namespace, or of a keeper, takes all others with it."""
    for _ in range(_PATIENCE):
        if process.poll() is not None:
            return
        started = children(process.pid)
        for child in started:
            with suppress(ProcessLookupError):
                os.kill(child, signal.SIGKILL)
        if not started:
            process.terminate()
        with suppress(subprocess.TimeoutExpired):
            process.wait(_GLANCE / 2)
    process.kill()
