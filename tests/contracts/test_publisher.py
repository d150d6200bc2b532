"""What every Publisher promises."""

from collections import Counter
from collections.abc import Callable, Sequence
from functools import partial

import pytest

from domain.messages import Message, Page, PageStale
from domain.ports.publisher import Publisher
from tests.together import together

Waiting = Callable[[], Sequence[Message]]


def test_nothing_waits_until_something_is_published(publisher: Publisher, waiting: Waiting) -> None:
    publisher.publish([])

    assert list(waiting()) == []


def test_every_message_waits_to_be_delivered(publisher: Publisher, waiting: Waiting) -> None:
    messages = [PageStale(page, name) for page in Page for name in ("spam", "eggs", None)]

    publisher.publish(messages[:5])
    publisher.publish(messages[5:])

    assert set(waiting()) == set(messages)


def test_a_message_that_is_published_again_is_delivered_at_least_once(publisher: Publisher, waiting: Waiting) -> None:
    message = PageStale(Page.SIMPLE, "spam")

    publisher.publish([message, message])
    publisher.publish([message])

    assert 1 <= Counter(waiting())[message] <= 3


@pytest.mark.concurrent
def test_all_may_publish_at_the_same_time(publisher: Publisher, waiting: Waiting) -> None:
    shared = PageStale(Page.ROOT)
    own = [PageStale(Page.SIMPLE, f"p{thread}") for thread in range(16)]

    assert together([partial(publisher.publish, [message, shared]) for message in own]) == [None] * 16

    assert set(waiting()) == {shared, *own}
