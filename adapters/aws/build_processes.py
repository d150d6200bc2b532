"""Processes of the function that builds: what it keeps from them, and how it makes sure that none is left."""

import ctypes
import os
import signal
from contextlib import suppress
from pathlib import Path

_PR_SET_DUMPABLE, _PR_SET_CHILD_SUBREAPER = 4, 36
_ROUNDS = 200


class ProcessesRemain(Exception):
    """Something that was started cannot be ended."""


def hide() -> None:
    """Let no other process look into this one, its memory and the environment it was started with, where its
    credentials are; and become the parent of whatever its children leave behind.
    """  # noqa: D205 - one sentence
    libc = ctypes.CDLL(None, use_errno=True)
    for option, value in ((_PR_SET_DUMPABLE, 0), (_PR_SET_CHILD_SUBREAPER, 1)):
        if libc.prctl(option, ctypes.c_ulong(value), *[ctypes.c_ulong(0)] * 3):
            raise OSError(ctypes.get_errno(), "prctl")


def end_all() -> None:
    """End every process that came of this one.

    Raises:
        ProcessesRemain: some cannot be ended.
    """
    for _ in range(_ROUNDS):
        found = _below(os.getpid())
        if not found:
            return
        # First all are stopped, so that none has time to make another.
        for number in (signal.SIGSTOP, signal.SIGKILL):
            for process in found:
                with suppress(ProcessLookupError):
                    os.kill(process, number)
        with suppress(ChildProcessError):
            while os.waitpid(-1, os.WNOHANG)[0]:
                pass
    raise ProcessesRemain


def _below(ancestor: int) -> set[int]:
    parents: dict[int, int] = {}
    for path in Path("/proc").iterdir():
        if path.name.isdigit():
            with suppress(OSError, IndexError):
                state, parent, *_ = (path / "stat").read_text(errors="replace").rpartition(")")[2].split()
                if state not in {"Z", "X"} or int(parent) == ancestor:
                    parents[int(path.name)] = int(parent)
    found: set[int] = set()
    grown = {ancestor}
    while grown:
        grown = {process for process, parent in parents.items() if parent in grown} - found
        found |= grown
    return found
