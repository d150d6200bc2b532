"""A message is there until it is handled: whoever takes it may die at any call."""

from pathlib import Path
from typing import Any

import pytest

from tests.schedules.acts import Hands
from tests.schedules.stepping import Crash, Trouble, Writer
from tests.schedules.worlds import Clock, Side, World, in_memory, on_disk, work_off


def _begun(storage: Any) -> Side:
    """An upload whose messages wait."""
    side: Side = storage.side(Clock())
    side.index.lists().ensure_start()
    Hands(side).upload("1.0").do(side)()
    side.post.relay()
    return side


@pytest.mark.parametrize("at", [1, 40])
@pytest.mark.parametrize("world", [in_memory, on_disk], ids=["memory", "local"])
def test_what_somebody_took_who_died_is_handled_by_another(tmp_path: Path, world: World, at: int) -> None:
    with world(tmp_path) as storage:
        side = _begun(storage)
        writer = Writer(lambda: work_off(side), Trouble(at, Crash))
        writer.finish()
        assert isinstance(writer.error, Crash)
        another = storage.side(Clock())
        work_off(another)
        assert another.post.is_empty()
        assert list(another.index.verification().differences()) == []
