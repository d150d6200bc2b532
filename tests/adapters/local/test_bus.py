"""The queue of what is due, and the relay that fills it."""

from collections.abc import Iterator, Sequence
from contextlib import closing
from pathlib import Path

import pytest

from adapters.local.bus import Delivery, Lane, SqliteBus
from adapters.local.database import Database
from adapters.local.event_store import SqliteEventStore
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
def bus(database: Database, timer: Timer) -> SqliteBus:
    return SqliteBus(database, COALESCE, timer)


def stale(recorded: Recorded) -> Sequence[Message]:
    return PageStale(Page.SIMPLE, key_of(recorded.stream)), PageStale(Page.PROJECT, key_of(recorded.stream))


def messages(deliveries: Sequence[Delivery]) -> list[Message]:
    return [delivery.message for delivery in deliveries]


def take_one(bus: SqliteBus) -> Delivery:
    (delivery,) = bus.take(10)
    return delivery


def next_due(bus: SqliteBus) -> float | None:
    """When the next message is due, in seconds since 1970; None if none waits."""
    ((due,),) = bus._database.rows("SELECT min(due) FROM messages WHERE dead = 0")
    return None if due is None else float(due)


def fail_until_dead(bus: SqliteBus, timer: Timer) -> list[float]:
    """Returns after how many seconds each attempt was allowed."""
    pauses = []
    while bus.waiting():
        due = next_due(bus)
        assert due is not None
        pauses.append(due - timer.seconds)
        timer.seconds = due
        bus.failed(take_one(bus), "no space left")
    return pauses


def test_consequences_of_events_are_published_once(store: SqliteEventStore, bus: SqliteBus) -> None:
    store.append("package/spam", 0, [unyanked("1"), unyanked("2")])
    store.append("package/eggs", 0, [unyanked("3")])
    assert bus.behind() == 3
    assert [recorded.stream for recorded in bus.unseen()] == ["package/spam", "package/spam", "package/eggs"]

    assert bus.relay(stale) == 3
    assert bus.relay(stale) == 0

    assert bus.behind() == 0
    assert list(bus.unseen()) == []
    assert bus.waiting() == [
        PageStale(Page.SIMPLE, "spam"),
        PageStale(Page.PROJECT, "spam"),
        PageStale(Page.SIMPLE, "eggs"),
        PageStale(Page.PROJECT, "eggs"),
    ]


def test_many_events_are_relayed_piece_by_piece(store: SqliteEventStore, bus: SqliteBus) -> None:
    for name in ("a", "b", "c"):
        store.append(f"package/{name}", 0, [unyanked("1")])

    assert [bus.relay(stale, limit=2) for _ in range(3)] == [2, 1, 0]
    assert len(bus.waiting()) == 6


def test_a_relay_that_breaks_off_has_done_nothing(store: SqliteEventStore, bus: SqliteBus) -> None:
    store.append("package/spam", 0, [unyanked("1")])
    store.append("package/eggs", 0, [unyanked("2")])

    def break_off(recorded: Recorded) -> Sequence[Message]:
        if recorded.stream == "package/eggs":
            raise KeyboardInterrupt
        return stale(recorded)

    with pytest.raises(KeyboardInterrupt):
        bus.relay(break_off)

    assert bus.behind() == 2
    assert bus.waiting() == []
    assert bus.relay(stale) == 2
    assert len(bus.waiting()) == 4


def test_what_waits_survives_the_process(database: Database, timer: Timer, tmp_path: Path) -> None:
    SqliteBus(database, COALESCE, timer).publish([SPAM, EGGS])
    database.close()

    with closing(Database(tmp_path / "events.db")) as again:
        assert SqliteBus(again, COALESCE, timer).waiting() == [SPAM, EGGS]


def test_a_message_waits_for_equal_ones_before_it_is_due(bus: SqliteBus, timer: Timer) -> None:
    bus.publish([SPAM])

    assert bus.take(10) == []
    assert next_due(bus) == timer.seconds + COALESCE
    timer.wait(COALESCE)
    assert messages(bus.take(10)) == [SPAM]


def test_equal_messages_become_one_and_are_not_put_off(bus: SqliteBus, timer: Timer) -> None:
    bus.publish([SPAM])
    for _ in range(4):
        timer.wait(COALESCE / 4)
        bus.publish([SPAM, SPAM])

    assert bus.waiting() == [SPAM]
    assert take_one(bus).generation == 9


def test_a_look_does_not_pass_over_what_waits_in_other_lanes(database: Database, bus: SqliteBus, timer: Timer) -> None:
    many = 2000
    bus.publish([FetchFacts(f"package-{number}") for number in range(many)])
    timer.wait(COALESCE)
    bus.publish([SPAM])
    steps: list[None] = []
    with database.transaction() as connection:  # it will be used again
        connection.set_progress_handler(lambda: steps.append(None), 1)
    steps.clear()

    assert bus.take(10, lane=Lane.BUILDS) == []
    assert messages(bus.take(10, early=True)) == [SPAM]
    assert messages(bus.take(1, lane=Lane.FACTS)) == [FetchFacts("package-0")]
    assert 0 < len(steps) < many


def test_who_is_in_a_hurry_takes_what_is_not_due_yet(bus: SqliteBus, timer: Timer) -> None:
    bus.publish([SPAM])
    timer.wait(COALESCE)
    bus.failed(take_one(bus), "not now")
    bus.publish([EGGS])

    assert messages(bus.take(10, early=True)) == [EGGS]


def test_the_oldest_come_first(bus: SqliteBus, timer: Timer) -> None:
    bus.publish([SPAM])
    timer.wait(STEP)
    bus.publish([EGGS, SPAM])
    timer.wait(STEP)
    bus.publish([PageStale(Page.ROOT)])
    timer.wait(COALESCE)

    assert messages(bus.take(2)) == [SPAM, EGGS]
    assert messages(bus.take(10)) == bus.waiting() == [SPAM, EGGS, PageStale(Page.ROOT)]


def test_pages_of_one_family_are_found_among_all_others(bus: SqliteBus, timer: Timer, database: Database) -> None:
    with database.transaction() as connection:
        connection.execute(
            "INSERT INTO messages (key, type, data, generation, due) VALUES ('damaged', 'PageStale', '{\"page', 1, 0)"
        )
    bus.publish([SPAM, EGGS, PageStale(Page.ROOT), FetchFacts("spam")])
    timer.wait(STEP)
    bus.publish([PageStale(Page.SIMPLE, "eggs")])

    assert bus.stale(Page.SIMPLE) == [SPAM, PageStale(Page.SIMPLE, "eggs")]
    assert bus.stale(Page.HOME) == []

    bus.done(*bus.take(10, early=True))
    assert bus.stale(Page.SIMPLE) == []


def test_what_is_taken_waits_until_it_is_done(bus: SqliteBus, timer: Timer) -> None:
    bus.publish([SPAM, EGGS])
    timer.wait(COALESCE)
    taken = bus.take(1)
    assert bus.take(1) == taken

    bus.done(taken[0])

    assert bus.waiting() == [EGGS]
    assert messages(bus.take(10)) == [EGGS]


def test_what_was_published_while_it_was_handled_is_handled_again(bus: SqliteBus, timer: Timer) -> None:
    bus.publish([SPAM])
    timer.wait(COALESCE)
    taken = take_one(bus)
    bus.publish([SPAM])

    bus.done(taken)

    # It waits for equal ones again: a busy index does not write the same page all the time.
    assert bus.take(10) == []
    timer.wait(COALESCE)
    bus.done(take_one(bus))
    assert bus.waiting() == []
    assert next_due(bus) is None


def test_a_failure_is_tried_again_later_and_later_and_then_put_aside(bus: SqliteBus, timer: Timer) -> None:
    bus.publish([SPAM])

    assert fail_until_dead(bus, timer) == [COALESCE, 2, 4, 8, 16, 32, 64, 128]

    timer.wait(1_000_000)
    assert bus.take(10) == []
    assert next_due(bus) is None
    (letter,) = bus.dead()
    assert (letter.attempts, letter.error) == (8, "no space left")
    assert "spam" in letter.key


def test_others_do_not_wait_for_what_fails(bus: SqliteBus, timer: Timer) -> None:
    bus.publish([SPAM, EGGS])
    timer.wait(COALESCE)
    bus.failed(bus.take(1)[0], "broken")

    assert messages(bus.take(10)) == [EGGS]
    assert set(bus.waiting()) == {SPAM, EGGS}


def test_dead_messages_can_be_revived(bus: SqliteBus, timer: Timer) -> None:
    bus.publish([SPAM])
    fail_until_dead(bus, timer)

    assert bus.revive() == 1
    assert bus.revive() == 0

    assert bus.dead() == []
    assert take_one(bus).attempts == 0


def test_publishing_a_dead_message_revives_it(bus: SqliteBus, timer: Timer) -> None:
    bus.publish([SPAM])
    fail_until_dead(bus, timer)
    timer.wait(1_000_000)

    bus.publish([SPAM])

    assert bus.dead() == []
    assert next_due(bus) == timer.seconds + COALESCE
    timer.wait(COALESCE)
    assert take_one(bus).attempts == 0


def test_news_give_a_failing_message_another_chance_at_once(bus: SqliteBus, timer: Timer) -> None:
    bus.publish([SPAM])
    for _ in range(5):
        timer.seconds = next_due(bus) or 0.0
        bus.failed(take_one(bus), "broken")

    bus.publish([SPAM])

    assert next_due(bus) == timer.seconds + COALESCE


def test_a_clock_that_is_set_back_holds_nothing_up(bus: SqliteBus, timer: Timer) -> None:
    bus.publish([SPAM])
    timer.wait(-100_000)

    assert messages(bus.take(10)) == [SPAM]


def test_what_another_version_left_holds_nothing_up(database: Database, bus: SqliteBus, timer: Timer) -> None:
    with database.transaction() as connection:
        connection.execute(
            "INSERT INTO messages (key, type, data, generation, due) VALUES ('k', 'MoonStale', '{}', 1, 0)"
        )
    bus.publish([SPAM])
    timer.wait(COALESCE)

    assert messages(bus.take(10)) == [SPAM]
    (letter,) = bus.dead()
    assert "MoonStale" in letter.error


def test_what_makes_pages_due_comes_before_them(bus: SqliteBus) -> None:
    figures = PageStale(Page.FIGURES)

    bus.publish([SPAM, EGGS, figures])

    assert bus.waiting() == [figures, SPAM, EGGS]


def test_what_is_slow_is_taken_apart_and_is_no_page(bus: SqliteBus, timer: Timer) -> None:
    bus.publish([FetchFacts("spam"), SPAM, FetchFacts("spam", AT)])
    timer.wait(COALESCE)

    assert messages(bus.take(10)) == [SPAM]
    assert messages(bus.take(10, lane=Lane.FACTS)) == [FetchFacts("spam"), FetchFacts("spam", AT)]
    assert messages(bus.take(1, lane=Lane.FACTS)) == [FetchFacts("spam")]
    assert len(bus.waiting()) == 3
    assert bus.pages_waiting() == 1

    bus.done(take_one(bus))
    assert bus.pages_waiting() == 0
    assert bus.take(10) == []


@pytest.mark.parametrize("position", [3, 2**40])
def test_a_checkpoint_ahead_of_all_events_is_damaged_and_they_are_looked_at_again(
    store: SqliteEventStore, bus: SqliteBus, database: Database, position: int
) -> None:
    store.append("package/spam", 0, [unyanked("1"), unyanked("2")])
    bus.relay(lambda _: [])
    assert bus.behind() == 0
    with database.transaction() as connection:
        connection.execute("UPDATE relayed SET position = ?", (position,))

    assert bus.behind() == len(list(bus.unseen())) == 2
    assert bus.relay(lambda _: [SPAM]) == 2
    assert bus.behind() == 0
    assert list(bus.waiting()) == [SPAM]
