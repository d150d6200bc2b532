"""Two writers, of whom one moves at a time: from one call of a port to the next, as a schedule says."""

import threading
from collections.abc import Callable, Sequence
from math import inf
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
    "bus",
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


@frozen
class Call:
    """A call of a port: `what` is its first argument, if that is text."""

    port: str
    method: str
    what: str


def every(_: Call) -> bool:
    """Of all calls: a place to stop."""
    return True


def _nobody_looks(_: Call) -> None:
    pass


@define
class _Walk:
    """One writer at work."""

    trouble: Trouble | None
    stop: Callable[[Call], None]
    look: Callable[[Call], None]
    _calls: int = field(default=0, init=False)

    def begins(self, call: Call) -> None:
        self.stop(call)
        self._calls += 1
        self._fail(after=False)

    def ends(self, call: Call) -> None:
        self.look(call)
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
                setattr(adapter, name, _stopping(port, method))


def _stopping(port: str, method: Callable[..., Any]) -> Callable[..., Any]:
    def call(*args: Any, **kwargs: Any) -> Any:
        walk: _Walk | None = getattr(_now, "walk", None)
        if walk is None:
            return method(*args, **kwargs)
        this = Call(port, method.__name__, args[0] if args and isinstance(args[0], str) else "")
        walk.begins(this)
        # What an adapter asks of itself or of others is its own matter, and whoever looks does not stop.
        _now.walk = None
        try:
            result = method(*args, **kwargs)
            walk.ends(this)
        finally:
            _now.walk = walk
        return result

    setattr(call, _MARK, True)
    return call


class Writer(threading.Thread):
    """Does something as far as it is let.

    Args:
        act: what to do.
        trouble: what goes wrong meanwhile, if it comes so far.
        place: at which calls it may stop: before them.
        look: called after each call, while nobody moves.
    """

    def __init__(
        self,
        act: Callable[[], object],
        trouble: Trouble | None = None,
        place: Callable[[Call], bool] = every,
        look: Callable[[Call], None] = _nobody_looks,
    ) -> None:
        super().__init__(daemon=True)
        self._act = act
        self._walk = _Walk(trouble, self._pause, look)
        self._place = place
        self._goes = threading.Semaphore(0)
        self._stands = threading.Semaphore(0)
        self._steps = 0.0
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

    def step(self, steps: float = 1) -> None:
        """Let it go over so many places to the next."""
        if self.is_done or not steps:
            return
        self._steps = steps
        if self.is_alive():
            self._goes.release()
        else:
            self.start()
        assert self._stands.acquire(timeout=_PATIENCE_SECONDS), "a writer waits for another, which stands"

    def finish(self) -> None:
        """Let it go to its end."""
        self.step(inf)
        self.join()

    def _pause(self, call: Call) -> None:
        if not self._place(call):
            return
        self._steps -= 1
        if not self._steps:
            self._stands.release()
            self._goes.acquire()


def interleave(writers: Sequence[Writer], turns: Sequence[int]) -> None:
    """Let the writers take turns of so many steps each, and then each to its end."""
    for at, steps in enumerate(turns):
        writers[at % len(writers)].step(steps)
    for writer in writers:
        writer.finish()
