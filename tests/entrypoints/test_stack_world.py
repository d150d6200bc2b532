"""When a stack has nothing left to do."""

import pytest

from entrypoints.local import stack_world


def test_queues_have_to_be_empty_for_a_while_however_often_the_stack_is_opened(monkeypatch: pytest.MonkeyPatch) -> None:
    now = 1000.0
    monkeypatch.setattr("time.monotonic", lambda: now)
    stack_world._quiet.cache_clear()

    def is_underway(*, waiting: bool) -> bool:
        return stack_world._quiet("index", "us-east-1").is_underway(waiting=waiting)

    assert is_underway(waiting=False)
    now += stack_world._UNDERWAY_SECONDS
    assert not is_underway(waiting=False)
    assert is_underway(waiting=True)
    now += stack_world._UNDERWAY_SECONDS - 1
    assert is_underway(waiting=False)
    now += 1
    assert not is_underway(waiting=False)
