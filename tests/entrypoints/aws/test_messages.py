"""Messages become pages: twice, in any order, in part."""

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from adapters.aws.queues import FailedDelivery
from domain.events import Recorded
from domain.messages import CountDownloads, Message, Page, PageStale
from domain.usecases.site import Site
from entrypoints.aws import messages, relay
from tests.aws_events import Context, batch, message_record, sqs_record, stream_record
from tests.entrypoints.aws.conftest import Stack
from tests.following import events_after
from tests.logs import DAY, line, log

SIMPLE, PROJECT = PageStale(Page.SIMPLE, "frob"), PageStale(Page.PROJECT, "frob")


def deliver(records: list[dict[str, Any]]) -> list[str]:
    answer = messages.handler(batch(records), Context())  # type: ignore[arg-type]
    return [failure["itemIdentifier"] for failure in answer["batchItemFailures"]]


def test_a_message_becomes_its_page_and_makes_the_lists_due(stack: Stack) -> None:
    stack.upload("frob", "1.0")

    assert deliver([message_record(PROJECT)]) == []
    assert b"frob" in (stack.ports.objects().get("project/frob/index.html") or b"")
    assert stack.ports.bus().waiting() == [
        PageStale(page) for page in (Page.ROOT, Page.HOME, Page.STATISTICS, Page.DIRECTORY)
    ]


@pytest.mark.usefixtures("stack")
def test_equal_messages_of_a_batch_are_one_piece_of_work(monkeypatch: pytest.MonkeyPatch) -> None:
    handled: list[Message] = []
    monkeypatch.setattr(Site, "handle", lambda _, message: handled.append(message))

    assert deliver([message_record(PageStale(Page.HOME), str(number)) for number in range(50)]) == []
    assert handled == [PageStale(Page.HOME)]


def test_poison_comes_again_soon_and_the_others_are_done(stack: Stack) -> None:
    stack.upload("frob", "1.0")
    records = [
        sqs_record("no JSON", {"type": "PageStale"}, "damaged", received=3),
        message_record(SIMPLE, "good"),
        sqs_record("{}", {"type": "FileBlessed"}, "newer"),
        sqs_record("{}", {}, "untyped"),
        message_record(PROJECT, "good too"),
    ]

    assert deliver(records) == ["damaged", "newer", "untyped"]
    assert stack.ports.objects().get("project/frob/index.html")
    assert stack.queues.failed == [
        FailedDelivery("sls-pypi-pages", "receipt-damaged", 3),
        FailedDelivery("sls-pypi-pages", "receipt-newer", 1),
        FailedDelivery("sls-pypi-pages", "receipt-untyped", 1),
    ]


@pytest.mark.usefixtures("stack")
def test_a_page_that_fails_comes_again_as_often_as_it_was_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(_: Site, message: PageStale) -> None:
        if message.page is Page.HOME:
            raise ConnectionError("the bucket cannot be reached")

    monkeypatch.setattr(Site, "handle", fail)
    records = [
        message_record(PageStale(Page.HOME), "1"),
        message_record(PageStale(Page.ROOT), "2"),
        message_record(PageStale(Page.HOME), "3"),
    ]
    assert deliver(records) == ["1", "3"]


def test_where_the_pause_cannot_be_set_the_answer_is_the_same(stack: Stack, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(_: object) -> None:
        raise ConnectionError("the queue cannot be reached")

    monkeypatch.setattr(stack.queues, "retry_soon", fail)
    assert deliver([sqs_record("no JSON", {"type": "PageStale"}, "damaged")]) == ["damaged"]


def test_the_queue_for_counting_is_served_as_well(stack: Stack) -> None:
    stack.upload("frob", "1.0")
    stack.ports.access_logs().add(log(line("1")))
    request = CountDownloads(DAY)

    assert deliver([message_record(request, "1"), message_record(request, "2")]) == []

    assert stack.index.history().of("frob").total == 1


def test_logs_that_cannot_be_read_now_are_read_later(stack: Stack, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> None:
        raise ConnectionError("too many requests")

    monkeypatch.setattr(stack.ports.access_logs(), "start", fail)

    assert deliver([message_record(CountDownloads(DAY), "1")]) == ["1"]
    assert stack.queues.failed == [FailedDelivery("sls-pypi-counts", "receipt-1", 1)]


def settled(stack: Stack, deliveries: list[Recorded], order: st.DataObject) -> dict[str, bytes | None]:
    """The site after these deliveries of events; messages come as they like, some of them twice."""
    numbered = [stream_record(recorded, number) for number, recorded in enumerate(deliveries)]
    while numbered:
        some, numbered = numbered[:3], numbered[3:]
        assert relay.handler(batch(some), Context())["batchItemFailures"] == []  # type: ignore[arg-type]
    while waiting := list(stack.ports.bus().take()):
        come = order.draw(st.permutations([*waiting, *waiting[:2]]))
        assert deliver([message_record(message, str(number)) for number, message in enumerate(come)]) == []
    return stack.site()


@settings(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(order=st.data())
def test_duplicates_and_any_order_lead_to_the_same_site(stacks: Callable[[], Stack], order: st.DataObject) -> None:
    stack = stacks()
    for name in ("frob", "other"):
        for version in ("1.0", "1.1"):
            stack.upload(name, version)
    stack.index.publishing().yank(stack.alice, "frob", "frob-1.1-py3-none-any.whl", "broken")
    recorded, _ = events_after(stack.ports)
    expected = settled(stack, list(recorded), order)

    objects = stack.ports.objects()
    for key in list(objects.keys()):
        objects.delete(key)
    # What is written and gone is nobody's debt any more, as far as the directory knows.
    stack.ports.directory().owe(["frob", "other"])
    again = order.draw(st.permutations([*recorded, *recorded[::2]]))
    assert settled(stack, again, order) == expected
