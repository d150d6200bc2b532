"""Stopping the system, or letting others act, at every call of a port that changes something."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from tests.scenarios.conftest import World

PORTS = {
    "event_store": ["append", "append_each"],
    "blobs": ["add", "add_bytes", "offer", "remove"],
    "objects": ["put", "delete"],
    "catalogue": ["put"],
    "directory": ["put", "settle"],
    "dependents": ["put", "told"],
    "publisher": ["publish"],
    "usage_table": ["put"],
    "facts_table": ["put", "follow"],
    "details": ["put"],
    "caches": ["forget"],
    "sessions": ["put", "take", "delete"],
    "staging": ["keep", "fetch", "remove"],
    "submission_table": ["put"],
    "build_logs": ["put"],
    "builder": ["start", "forget"],
    "sources": ["fetch_asset", "fetch_archive"],
}


_MOST_STOPS = 4


class Crash(BaseException):
    """The machine stops here."""


@contextmanager
def noticed(world: World, before: Callable[[], None], after: Callable[[], None] = lambda: None) -> Iterator[None]:
    """Within this, call `before` and `after` around every such call of any port."""
    with pytest.MonkeyPatch.context() as patch:
        for port, methods in PORTS.items():
            adapter: Any = getattr(world.ports, port)()
            for method in methods:
                original = getattr(adapter, method)

                def call(*args: Any, original: Any = original, **kwargs: Any) -> Any:
                    before()
                    result = original(*args, **kwargs)
                    after()
                    return result

                patch.setattr(adapter, method, call)
        yield


def calls(world: World, act: Callable[[], object], crash_at: int | None, *, after: bool) -> int:
    """Run `act`, with a crash before or after the n-th call; returns how many calls there were."""
    count = 0

    def begins() -> None:
        nonlocal count
        count += 1
        if count == crash_at and not after:
            raise Crash

    def ends() -> None:
        if count == crash_at:
            raise Crash

    with noticed(world, begins, ends):
        try:
            act()
        except Crash:
            assert crash_at is not None
    return count


def numbers(world: World, total: int, *, after: bool, step: int = 7) -> range:
    """At which of so many calls to crash: at all, but where services are emulated, which takes seconds, at some.

    Before and after calls these are others, so that together most of them are tried.
    """
    if world.emulated:
        apart = max(step, total // _MOST_STOPS)
        return range(1 + apart // 2 if after else 1, total + 1, apart)
    return range(1, total + 1)


def interrupted(world: World, act: Callable[[], object], at: int, other: Callable[[], object]) -> bool:
    """Run `act`, and all of `other` right before its n-th call; False if there are fewer calls."""
    count = 0

    def begins() -> None:
        nonlocal count
        count += 1
        if count == at:
            other()  # its own calls count too, but come after

    with noticed(world, begins):
        act()
    return count >= at
