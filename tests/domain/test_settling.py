"""Two writers of the same objects."""

from collections.abc import Mapping

import pytest

from adapters.clock import SystemClock
from adapters.memory.event_log import MemoryEventLog
from adapters.memory.event_store import MemoryEventStore
from adapters.memory.objects import MemoryObjects
from domain.usecases.settling import Settling
from domain.usecases.unsettled import Unsettled
from domain.usecases.usage_history import UsageHistory

KEYS = ("list/first",)


class Rival:
    """Makes the second of two pages right before we write it, once."""

    def __init__(self) -> None:
        self.objects = MemoryObjects()
        self._is_first = True
        store = MemoryEventStore()
        self.settling = Settling(store, self.objects, UsageHistory(store, MemoryEventLog(store), SystemClock()))

    def render(self) -> Mapping[str, bytes]:
        if self._is_first:
            self._is_first = False
            self.objects.put("list/second", b"theirs")
            self.objects.put("list/third", b"theirs")
        return dict.fromkeys((*KEYS, "list/second"), b"ours")


def test_what_another_makes_meanwhile_is_replaced_and_removed() -> None:
    rival = Rival()

    rival.settling.pages(KEYS, rival.render, lambda: rival.objects.keys("list/"))

    assert {key: rival.objects.get(key) for key in rival.objects.keys()} == {
        "list/first": b"ours",
        "list/second": b"ours",
    }


def test_an_object_that_nobody_may_replace_ends_it() -> None:
    rival = Rival()

    with pytest.raises(Unsettled, match="list/first keeps changing"):
        rival.settling.pages(KEYS, rival.render)
