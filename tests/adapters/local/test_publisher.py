"""The queue of what is due, and the relay that fills it."""

from collections.abc import Iterator, Sequence
from contextlib import closing
from pathlib import Path

import pytest

from adapters.local.database import Database
from adapters.local.event_store import SqliteEventStore
from adapters.local.publisher import Delivery, Lane, SqlitePublisher
from domain.events import Recorded
from domain.messages import FetchFacts, Message, Page, PageStale
from domain.streams import key_of
from tests.appends import AT, unyanked

SPAM = PageStale(Page.SIMPLE, "spam")
EGGS = PageStale(Page.PROJECT, "eggs")
COALESCE = 2.0
STEP = 0.25  # seconds, exact as a float


class Timer:
    def __init__(self) -> None:
        self.seconds = 1_000_000.0

    def __call__(self) -> float:
        return self.seconds

    def wait(self, seconds: float) -> None:
        self.seconds += seconds


@pytest.fixture
def timer() -> Timer:
    return Timer()


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    with closing(Database(tmp_path / "events.db")) as opened:
        yield opened


@pytest.fixture
def store(database: Database) -> SqliteEventStore:
    return SqliteEventStore(database)


@pytest.fixture
def publisher(database: Database, timer: Timer) -> SqlitePublisher:
    return SqlitePublisher(database, COALESCE, timer)


def stale(recorded: Recorded) -> Sequence[Message]:
    return PageStale(Page.SIMPLE, key_of(recorded.stream)), PageStale(Page.PROJECT, key_of(recorded.stream))


def messages(deliveries: Sequence[Delivery]) -> list[Message]:
    return [delivery.message for delivery in deliveries]


def take_one(publisher: SqlitePublisher) -> Delivery:
    (delivery,) = publisher.take(10)
    return delivery


def next_due(publisher: SqlitePublisher) -> float | None:
    """When the next message is due, in seconds since 1970; None if none waits."""
    ((due,),) = publisher._database.rows("SELECT min(due) FROM messages WHERE dead = 0")
    return None if due is None else float(due)


def fail_until_dead(publisher: SqlitePublisher, timer: Timer) -> list[float]:
    """Returns after how many seconds each attempt was allowed."""
    pauses = []
    while publisher.waiting():
        due = next_due(publisher)
        assert due is not None
        pauses.append(due - timer.seconds)
        timer.seconds = due
        publisher.failed(take_one(publisher), "no space left")
    return pauses


def test_consequences_of_events_are_published_once(store: SqliteEventStore, publisher: SqlitePublisher) -> None:
    store.append("package/spam", 0, [unyanked("1"), unyanked("2")])
    store.append("package/eggs", 0, [unyanked("3")])
    assert publisher.behind() == 3
    assert [recorded.stream for recorded in publisher.unseen()] == ["package/spam", "package/spam", "package/eggs"]

    assert publisher.relay(stale) == 3
    assert publisher.relay(stale) == 0

    assert publisher.behind() == 0
    assert list(publisher.unseen()) == []
    assert publisher.waiting() == [
        PageStale(Page.SIMPLE, "spam"),
        PageStale(Page.PROJECT, "spam"),
        PageStale(Page.SIMPLE, "eggs"),
        PageStale(Page.PROJECT, "eggs"),
    ]


def test_many_events_are_relayed_piece_by_piece(store: SqliteEventStore, publisher: SqlitePublisher) -> None:
    for name in ("a", "b", "c"):
        store.append(f"package/{name}", 0, [unyanked("1")])

    assert [publisher.relay(stale, limit=2) for _ in range(3)] == [2, 1, 0]
    assert len(publisher.waiting()) == 6


def test_a_relay_that_breaks_off_has_done_nothing(store: SqliteEventStore, publisher: SqlitePublisher) -> None:
    store.append("package/spam", 0, [unyanked("1")])
    store.append("package/eggs", 0, [unyanked("2")])

    def break_off(recorded: Recorded) -> Sequence[Message]:
        if recorded.stream == "package/eggs":
            raise KeyboardInterrupt
        return stale(recorded)

    with pytest.raises(KeyboardInterrupt):
        publisher.relay(break_off)

    assert publisher.behind() == 2
    assert publisher.waiting() == []
    assert publisher.relay(stale) == 2
    assert len(publisher.waiting()) == 4


def test_what_waits_survives_the_process(database: Database, timer: Timer, tmp_path: Path) -> None:
    SqlitePublisher(database, COALESCE, timer).publish([SPAM, EGGS])
    database.close()

    with closing(Database(tmp_path / "events.db")) as again:
        assert SqlitePublisher(again, COALESCE, timer).waiting() == [SPAM, EGGS]


def test_a_message_waits_for_equal_ones_before_it_is_due(publisher: SqlitePublisher, timer: Timer) -> None:
    publisher.publish([SPAM])

    assert publisher.take(10) == []
    assert next_due(publisher) == timer.seconds + COALESCE
    timer.wait(COALESCE)
    assert messages(publisher.take(10)) == [SPAM]


def test_equal_messages_become_one_and_are_not_put_off(publisher: SqlitePublisher, timer: Timer) -> None:
    publisher.publish([SPAM])
    for _ in range(4):
        timer.wait(COALESCE / 4)
        publisher.publish([SPAM, SPAM])

    assert publisher.waiting() == [SPAM]
    assert take_one(publisher).generation == 9


def test_a_look_does_not_pass_over_what_waits_in_other_lanes(
    database: Database, publisher: SqlitePublisher, timer: Timer
) -> None:
    many = 2000
    publisher.publish([FetchFacts(f"package-{number}") for number in range(many)])
    timer.wait(COALESCE)
    publisher.publish([SPAM])
    steps: list[None] = []
    with database.transaction() as connection:  # it will be used again
        connection.set_progress_handler(lambda: steps.append(None), 1)
    steps.clear()

    assert publisher.take(10, lane=Lane.BUILDS) == []
    assert messages(publisher.take(10, early=True)) == [SPAM]
    assert messages(publisher.take(1, lane=Lane.FACTS)) == [FetchFacts("package-0")]
    assert 0 < len(steps) < many


def test_who_is_in_a_hurry_takes_what_is_not_due_yet(publisher: SqlitePublisher, timer: Timer) -> None:
    publisher.publish([SPAM])
    timer.wait(COALESCE)
    publisher.failed(take_one(publisher), "not now")
    publisher.publish([EGGS])

    assert messages(publisher.take(10, early=True)) == [EGGS]


def test_the_oldest_come_first(publisher: SqlitePublisher, timer: Timer) -> None:
    publisher.publish([SPAM])
    timer.wait(STEP)
    publisher.publish([EGGS, SPAM])
    timer.wait(STEP)
    publisher.publish([PageStale(Page.ROOT)])
    timer.wait(COALESCE)

    assert messages(publisher.take(2)) == [SPAM, EGGS]
    assert messages(publisher.take(10)) == publisher.waiting() == [SPAM, EGGS, PageStale(Page.ROOT)]


def test_what_is_taken_waits_until_it_is_done(publisher: SqlitePublisher, timer: Timer) -> None:
    publisher.publish([SPAM, EGGS])
    timer.wait(COALESCE)
    taken = publisher.take(1)
    assert publisher.take(1) == taken

    publisher.done(taken[0])

    assert publisher.waiting() == [EGGS]
    assert messages(publisher.take(10)) == [EGGS]


def test_what_was_published_while_it_was_handled_is_handled_again(publisher: SqlitePublisher, timer: Timer) -> None:
    publisher.publish([SPAM])
    timer.wait(COALESCE)
    taken = take_one(publisher)
    publisher.publish([SPAM])

    publisher.done(taken)

    # It waits for equal ones again: a busy index does not write the same page all the time.
    assert publisher.take(10) == []
    timer.wait(COALESCE)
    publisher.done(take_one(publisher))
    assert publisher.waiting() == []
    assert next_due(publisher) is None


def test_a_failure_is_tried_again_later_and_later_and_then_put_aside(publisher: SqlitePublisher, timer: Timer) -> None:
    publisher.publish([SPAM])

    assert fail_until_dead(publisher, timer) == [COALESCE, 2, 4, 8, 16, 32, 64, 128]

    timer.wait(1_000_000)
    assert publisher.take(10) == []
    assert next_due(publisher) is None
    (letter,) = publisher.dead()
    assert (letter.attempts, letter.error) == (8, "no space left")
    assert "spam" in letter.key


def test_others_do_not_wait_for_what_fails(publisher: SqlitePublisher, timer: Timer) -> None:
    publisher.publish([SPAM, EGGS])
    timer.wait(COALESCE)
    publisher.failed(publisher.take(1)[0], "broken")

    assert messages(publisher.take(10)) == [EGGS]
    assert set(publisher.waiting()) == {SPAM, EGGS}


def test_dead_messages_can_be_revived(publisher: SqlitePublisher, timer: Timer) -> None:
    publisher.publish([SPAM])
    fail_until_dead(publisher, timer)

    assert publisher.revive() == 1
    assert publisher.revive() == 0

    assert publisher.dead() == []
    assert take_one(publisher).attempts == 0


def test_publishing_a_dead_message_revives_it(publisher: SqlitePublisher, timer: Timer) -> None:
    publisher.publish([SPAM])
    fail_until_dead(publisher, timer)
    timer.wait(1_000_000)

    publisher.publish([SPAM])

    assert publisher.dead() == []
    assert next_due(publisher) == timer.seconds + COALESCE
    timer.wait(COALESCE)
    assert take_one(publisher).attempts == 0


def test_news_give_a_failing_message_another_chance_at_once(publisher: SqlitePublisher, timer: Timer) -> None:
    publisher.publish([SPAM])
    for _ in range(5):
        timer.seconds = next_due(publisher) or 0.0
        publisher.failed(take_one(publisher), "broken")

    publisher.publish([SPAM])

    assert next_due(publisher) == timer.seconds + COALESCE


def test_a_clock_that_is_set_back_holds_nothing_up(publisher: SqlitePublisher, timer: Timer) -> None:
    publisher.publish([SPAM])
    timer.wait(-100_000)

    assert messages(publisher.take(10)) == [SPAM]


def test_what_another_version_left_holds_nothing_up(
    database: Database, publisher: SqlitePublisher, timer: Timer
) -> None:
    with database.transaction() as connection:
        connection.execute(
            "INSERT INTO messages (key, type, data, generation, due) VALUES ('k', 'MoonStale', '{}', 1, 0)"
        )
    publisher.publish([SPAM])
    timer.wait(COALESCE)

    assert messages(publisher.take(10)) == [SPAM]
    (letter,) = publisher.dead()
    assert "MoonStale" in letter.error


def test_what_makes_pages_due_comes_before_them(publisher: SqlitePublisher) -> None:
    figures = PageStale(Page.FIGURES)

    publisher.publish([SPAM, EGGS, figures])

    assert publisher.waiting() == [figures, SPAM, EGGS]


def test_what_is_slow_is_taken_apart_and_is_no_page(publisher: SqlitePublisher, timer: Timer) -> None:
    publisher.publish([FetchFacts("spam"), SPAM, FetchFacts("spam", AT)])
    timer.wait(COALESCE)

    assert messages(publisher.take(10)) == [SPAM]
    assert messages(publisher.take(10, lane=Lane.FACTS)) == [FetchFacts("spam"), FetchFacts("spam", AT)]
    assert messages(publisher.take(1, lane=Lane.FACTS)) == [FetchFacts("spam")]
    assert len(publisher.waiting()) == 3
    assert publisher.pages_waiting() == 1

    publisher.done(take_one(publisher))
    assert publisher.pages_waiting() == 0
    assert publisher.take(10) == []
