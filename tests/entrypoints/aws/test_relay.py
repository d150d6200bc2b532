"""The table's stream becomes messages; no event is lost, whatever its neighbours are."""

from collections.abc import Sequence
from typing import Any

import pytest

from domain.events import Recorded
from domain.messages import FetchFacts, Message, Page, PageStale
from entrypoints.aws import relay
from tests.aws_events import Context, batch, stream_record
from tests.entrypoints.aws.conftest import Stack
from tests.following import events_after


def events(stack: Stack) -> list[Recorded]:
    recorded, _ = events_after(stack.ports)
    return list(recorded)


def deliver(records: list[dict[str, Any]]) -> list[str]:
    answer = relay.handler(batch(records), Context())  # type: ignore[arg-type]
    return [failure["itemIdentifier"] for failure in answer["batchItemFailures"]]


def waiting(stack: Stack) -> Sequence[Message]:
    return [
        message
        for message in stack.ports.bus().waiting()
        if isinstance(message, PageStale) and message.page in {Page.SIMPLE, Page.PROJECT}
    ]


def test_what_follows_from_each_event_is_published(stack: Stack) -> None:
    stack.upload("frob", "1.0")
    records = [stream_record(recorded, number) for number, recorded in enumerate(events(stack))]

    assert deliver(records) == []
    assert waiting(stack) == [PageStale(Page.SIMPLE, "frob"), PageStale(Page.PROJECT, "frob")]


def test_many_events_of_a_package_are_one_piece_of_work(stack: Stack, monkeypatch: pytest.MonkeyPatch) -> None:
    for version in ("1.0", "1.1", "1.2"):
        stack.upload("frob", version)
    published: list[Message] = []
    monkeypatch.setattr(stack.ports.bus(), "publish", published.extend)

    assert deliver([stream_record(recorded) for recorded in events(stack)]) == []
    of_all = [PageStale(page, "frob") for page in (Page.SIMPLE, Page.PROJECT, Page.NEEDED)]
    releases = [PageStale(Page.RELEASE, "frob", version) for version in ("1.0", "1.1", "1.2")]
    assert set(published) == {*of_all, *releases, FetchFacts("frob"), PageStale(Page.OWNER, "local:alice")}
    assert len(published) == len(set(published))


def test_events_that_nobody_waits_for_are_passed_over(stack: Stack) -> None:
    assert deliver([stream_record(recorded) for recorded in events(stack)]) == []
    assert waiting(stack) == []


def test_an_event_of_a_newer_version_comes_again_and_holds_up_nobody(stack: Stack) -> None:
    stack.upload("frob", "1.0")
    records = [stream_record(recorded, number) for number, recorded in enumerate(events(stack))]
    unknown = stream_record(events(stack)[-1], 99)
    unknown["dynamodb"]["NewImage"]["type"] = {"S": "FileBlessed"}

    assert deliver([unknown, *records]) == ["10000099"]
    assert PageStale(Page.PROJECT, "frob") in waiting(stack)


def test_a_batch_of_nothing_but_poison_is_answered_too(stack: Stack) -> None:
    damaged = stream_record(events(stack)[0], 1)
    damaged["dynamodb"]["NewImage"]["data"] = {"S": "{"}

    assert deliver([damaged]) == ["10000001"]


def test_where_nothing_can_be_published_the_whole_batch_comes_again(
    stack: Stack, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(_: Sequence[Message]) -> None:
        raise ConnectionError("the topic cannot be reached")

    stack.upload("frob", "1.0")
    monkeypatch.setattr(stack.ports.bus(), "publish", fail)
    with pytest.raises(ConnectionError):
        deliver([stream_record(recorded) for recorded in events(stack)])


def test_what_an_event_holds_is_never_logged(stack: Stack, capsys: pytest.CaptureFixture[str]) -> None:
    stack.index.tokens().issue(stack.alice, "my laptop", None)
    damaged = stream_record(events(stack)[-1], 1)
    damaged["dynamodb"]["NewImage"]["type"] = {"S": "FileBlessed"}

    deliver([damaged])
    assert "my laptop" not in capsys.readouterr().out
