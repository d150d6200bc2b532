"""Letting others act at every call of a port that changes something. `tests/faults` stops the index there."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from tests.faults.calls import changing
from tests.scenarios.conftest import World


@contextmanager
def noticed(world: World, before: Callable[[], None]) -> Iterator[None]:
    """Within this, call `before` ahead of every such call of any port."""
    with pytest.MonkeyPatch.context() as patch:
        for port, methods in changing().items():
            adapter: Any = getattr(world.ports, port)()
            for method in methods:
                original = getattr(adapter, method)

                def call(*args: Any, original: Any = original, **kwargs: Any) -> Any:
                    before()
                    return original(*args, **kwargs)

                patch.setattr(adapter, method, call)
        yield


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
