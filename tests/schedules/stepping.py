"""Two writers, of whom one moves at a time: from one call of a port to the next, as a schedule says."""

import threading
from collections.abc import Callable, Sequence
from typing import Any

from attrs import define, field, frozen

PORTS = (
    "access_logs",
    "blobs",
    "build_logs",
    "builder",
    "caches",
    "catalogue",
    "dependents",
    "details",
    "directory",
    "event_log",
    "event_store",
    "facts_table",
    "objects",
    "publisher",
    "sessions",
    "sources",
    "staging",
    "submission_table",
    "trust_table",
    "usage_table",
)
_PATIENCE_SECONDS = 120
_MARK = "_is_a_place_to_stop"
_now = threading.local()


class Crash(BaseException):
    """The process of this writer stops here."""


@frozen
class Trouble:
    """What goes wrong: at which call of a port, counted from 1, and whether when it begins or when it ends."""

    at: int
    error: Callable[[], BaseException]
    after: bool = False


@define
class _Walk:
    """One writer at work."""

    trouble: Trouble | None
    stop: Callable[[], None]
    _calls: int = field(default=0, init=False)

    def begins(self) -> None:
        self.stop()
        self._calls += 1
        self._fail(after=False)

    def ends(self) -> None:
        self._fail(after=True)

    def _fail(self, *, after: bool) -> None:
        if self.trouble and self.trouble.at == self._calls and self.trouble.after is after:
            raise self.trouble.error()


def stoppable(ports: Any) -> None:
    """From now on every call of a port is a place where a writer may stop."""
    for port in PORTS:
        adapter = getattr(ports, port)()
        for name in dir(adapter):
            method = getattr(adapter, name)
            if not name.startswith("_") and callable(method) and not hasattr(method, _MARK):
                setattr(adapter, name, _stopping(method))


def _stopping(method: Callable[..., Any]) -> Callable[..., Any]:
    def call(*args: Any, **kwargs: Any) -> Any:
        walk: _Walk | None = getattr(_now, "walk", None)
        if walk is None:
            return method(*args, **kwargs)
        walk.begins()
        # What an adapter asks of itself or of others is its own matter.
        _now.walk = None
        try:
            result = method(*args, **kwargs)
        finally:
            _now.walk = walk
        walk.ends()
        return result

    setattr(call, _MARK, True)
    return call


class Writer(threading.Thread):
    """Does something as far as it is let.

    Args:
        act: what to do.
        trouble: what goes wrong meanwhile, if it comes so far.
    """

    def __init__(self, act: Callable[[], object], trouble: Trouble | None = None) -> None:
        super().__init__(daemon=True)
        self._act = act
        self._walk = _Walk(trouble, self._pause)
        self._goes = threading.Semaphore(0)
        self._stands = threading.Semaphore(0)
        self.is_done = False
        self.result: object = None
        self.error: BaseException | None = None

    def run(self) -> None:
        """Until the first place to stop, and on when it is let."""
        _now.walk = self._walk
        try:
            self.result = self._act()
        except BaseException as error:  # noqa: BLE001 - whoever steps looks at it
            self.error = error
        finally:
            self.is_done = True
            self._stands.release()

    def step(self) -> None:
        """Let it go to the next place."""
        if self.is_done:
            return
        if self.is_alive():
            self._goes.release()
        else:
            self.start()
        assert self._stands.acquire(timeout=_PATIENCE_SECONDS), "a writer waits for another, which stands"

    def _pause(self) -> None:
        self._stands.release()
        self._goes.acquire()


def interleave(writers: Sequence[Writer], turns: Sequence[int]) -> None:
    """Let the writers take turns of so many steps each, and then each to its end."""
    for at, steps in enumerate(turns):
        for _ in range(steps):
            writers[at % len(writers)].step()
    for writer in writers:
        while not writer.is_done:
            writer.step()
    for writer in writers:
        writer.join()
