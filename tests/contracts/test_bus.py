"""What every MessageBus promises."""

from collections import Counter
from collections.abc import Callable, Sequence
from functools import partial

import pytest

from domain.messages import Message, Page, PageStale
from domain.ports.bus import MessageBus
from tests.together import together

Waiting = Callable[[], Sequence[Message]]


def test_nothing_waits_until_something_is_published(bus: MessageBus, waiting: Waiting) -> None:
    bus.publish([])

    assert list(waiting()) == []


def test_every_message_waits_to_be_delivered(bus: MessageBus, waiting: Waiting) -> None:
    messages = [PageStale(page, name) for page in Page for name in ("spam", "eggs", None)]

    bus.publish(messages[:5])
    bus.publish(messages[5:])

    assert set(waiting()) == set(messages)


def test_a_message_that_is_published_again_is_delivered_at_least_once(bus: MessageBus, waiting: Waiting) -> None:
    message = PageStale(Page.SIMPLE, "spam")

    bus.publish([message, message])
    bus.publish([message])

    assert 1 <= Counter(waiting())[message] <= 3


@pytest.mark.concurrent
def test_all_may_publish_at_the_same_time(bus: MessageBus, waiting: Waiting) -> None:
    shared = PageStale(Page.ROOT)
    own = [PageStale(Page.SIMPLE, f"p{thread}") for thread in range(16)]

    assert together([partial(bus.publish, [message, shared]) for message in own]) == [None] * 16

    assert set(waiting()) == {shared, *own}
