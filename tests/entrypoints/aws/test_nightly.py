"""Once a night."""

from datetime import UTC, datetime
from typing import Any

import pytest
from dependency_injector import providers

from domain.messages import CountDownloads, FetchFacts, Page, PageStale
from domain.ports.facts import NEVER, Heard
from domain.usecases.counting import Counting
from domain.usecases.upkeep import Upkeep
from entrypoints.aws import nightly
from tests.aws_events import Context
from tests.entrypoints.aws.conftest import Stack

SCHEDULED = {"days_ago": [1, 2]}


class At:
    """A clock that stands still."""

    def now(self) -> datetime:
        return datetime(2026, 11, 25, 3, 7, tzinfo=UTC)


def come(event: dict[str, Any]) -> None:
    nightly.handler(event, Context())  # type: ignore[arg-type]


def due(stack: Stack) -> list[str]:
    """The days whose counting waits."""
    return [message.day for message in stack.ports.bus().waiting() if isinstance(message, CountDownloads)]


def fail(*_: object) -> int:
    raise ConnectionError("the topic cannot be reached")


def test_what_changed_lately_becomes_due_again(stack: Stack) -> None:
    stack.upload("frob", "1.0")
    stack.ports.bus().take()

    come(SCHEDULED)

    assert PageStale(Page.PROJECT, "frob") in stack.ports.bus().waiting()


def test_the_schedule_means_yesterday_and_the_day_before(stack: Stack) -> None:
    stack.ports.clock.override(providers.Object(At()))

    come(SCHEDULED)

    assert due(stack) == ["2026-11-24", "2026-11-23"]


def test_days_may_be_named(stack: Stack) -> None:
    come({"days": ["2026-11-20"]})

    assert due(stack) == ["2026-11-20"]


def test_a_retry_announces_the_same_again(stack: Stack) -> None:
    come({"days": ["2026-11-20"]})
    first = list(stack.ports.bus().take())
    come({"days": ["2026-11-20"]})

    assert list(stack.ports.bus().take()) == first


@pytest.mark.parametrize("event", [{}, {"days": ["yesterday"]}, {"days_ago": ["1"]}])
def test_an_event_that_makes_no_sense_counts_nothing_and_is_told(stack: Stack, event: dict[str, Any]) -> None:
    with pytest.raises(ExceptionGroup):
        come(event)

    assert due(stack) == []


def test_where_one_fails_the_other_is_done(stack: Stack, monkeypatch: pytest.MonkeyPatch) -> None:
    stack.upload("frob", "1.0")
    stack.ports.bus().take()
    with monkeypatch.context() as patch:
        patch.setattr(Counting, "announce", fail)
        with pytest.raises(ExceptionGroup):
            come({"days": ["2026-11-20"]})
    assert PageStale(Page.PROJECT, "frob") in stack.ports.bus().take()

    monkeypatch.setattr(Upkeep, "reconcile", fail)
    with pytest.raises(ExceptionGroup):
        come({"days": ["2026-11-20"]})
    assert due(stack) == ["2026-11-20"]


def test_repositories_are_asked_for_again(stack: Stack) -> None:
    stack.ports.clock.override(providers.Object(At()))
    facts = stack.ports.facts_table()
    facts.put("alice/frob", Heard(None, NEVER))
    facts.follow("frob", "alice/frob")

    come(SCHEDULED)

    assert FetchFacts("frob", At().now()) in stack.ports.bus().waiting()
