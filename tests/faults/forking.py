"""Children that are this process as it is now: what they do to memory is gone with them, and they can be killed."""

import os
import pickle
import traceback
import warnings
from collections.abc import Callable
from typing import Any

from attrs import define


@define
class Child:
    """A forked process: what it said, one object after the other, and how it ended."""

    said: list[Any]
    status: int


def forked(act: Callable[[Callable[[object], None]], None]) -> Child:
    """Run `act` in a child that is this process as it is now; what it passes to its argument arrives here."""
    reading, writing = os.pipe()
    with warnings.catch_warnings():
        # Whatever other threads a test runner has, they hold nothing that the child needs.
        warnings.simplefilter("ignore", DeprecationWarning)
        child = os.fork()
    if child == 0:
        os.close(reading)
        status = 1
        try:
            with os.fdopen(writing, "wb", buffering=0) as pipe:

                def say(what: object) -> None:
                    pipe.write(pickle.dumps(what))

                try:
                    act(say)
                    status = 0
                except Exception as error:  # noqa: BLE001 - told to the parent
                    say(_Raised(f"{type(error).__name__}: {error}\n{_traceback(error)}"))
        finally:
            os._exit(status)
    os.close(writing)
    said: list[Any] = []
    with os.fdopen(reading, "rb") as heard:
        while True:
            try:
                said.append(pickle.load(heard))  # noqa: S301 - from our own child
            except EOFError:
                break
    _, ended = os.waitpid(child, 0)
    status = os.waitstatus_to_exitcode(ended)
    if said and isinstance(said[-1], _Raised):
        raise AssertionError(said[-1].why)
    return Child(said, status)


@define
class _Raised:
    why: str


def _traceback(error: BaseException) -> str:
    return "".join(traceback.format_exception(error))
