"""What every EventStore promises."""

from datetime import UTC, datetime
from functools import partial

import pytest

from domain.events import Event, SubmitterRegistered, TokenIssued
from domain.ports.event_store import Append, ClaimTaken, EventStore, StreamConflict
from tests.appends import unyanked
from tests.together import together

AT = datetime(2026, 11, 24, 20, 15, 1, 123456, tzinfo=UTC)
STREAM = "package/spam"
OTHER = "package/sp-am"
THREADS = 16
ROUNDS = 5


def test_a_stream_nobody_appended_to_is_empty(store: EventStore) -> None:
    assert list(store.read(STREAM)) == []
    assert store.version(STREAM) == 0


def test_events_come_back_equal_and_in_order(store: EventStore) -> None:
    events: list[Event] = [
        SubmitterRegistered("Älice \u2028 \0 \U0001f40d \"'\\", AT),
        TokenIssued("1", "ab", "laptop", ("spam", "eggs"), AT),
        TokenIssued("2", "cd", "", None, AT),
        TokenIssued("3", "ef", "none", (), AT),
    ]

    store.append("account/1", 0, events[:3])
    store.append("account/1", 3, events[3:])

    assert list(store.read("account/1")) == events
    assert store.version("account/1") == 4


def test_streams_do_not_mix(store: EventStore) -> None:
    store.append(STREAM, 0, [unyanked("1")])
    store.append(f"{STREAM}-more", 0, [unyanked("2"), unyanked("3")])

    assert list(store.read(STREAM)) == [unyanked("1")]
    assert store.version(f"{STREAM}-more") == 2


@pytest.mark.parametrize("expected", [0, 2])
def test_another_version_is_a_conflict_and_changes_nothing(store: EventStore, expected: int) -> None:
    store.append(STREAM, 0, [unyanked("1")])

    with pytest.raises(StreamConflict):
        store.append(STREAM, expected, [unyanked("2"), unyanked("3")], ["name/spam"])

    assert list(store.read(STREAM)) == [unyanked("1")]
    assert store.owner_of("name/spam") is None


def test_an_event_that_cannot_be_stored_prevents_the_whole_append(store: EventStore) -> None:
    naive = SubmitterRegistered("alice", AT.replace(tzinfo=None))

    with pytest.raises(ValueError, match="UTC"):
        store.append(STREAM, 0, [unyanked("1"), naive], ["name/spam"])

    assert store.version(STREAM) == 0
    assert store.owner_of("name/spam") is None


def test_streams_are_compared_with_what_is_known_of_them(store: EventStore) -> None:
    for number in range(1, 4):
        store.append(f"package/p{number}", 0, [unyanked(str(each)) for each in range(number)])

    assert set(store.longer({f"package/p{number}": 2 for number in range(5)})) == {"package/p3"}
    assert set(store.longer({"package/p1": 0, "package/p2": 1, "package/p3": 3})) == {"package/p1", "package/p2"}
    assert set(store.longer({})) == set()


def test_many_streams_are_read_at_once_in_the_order_in_which_they_are_asked_for(store: EventStore) -> None:
    asked = [f"package/p{number}" for number in reversed(range(40))]
    for number in (7, 3, 30):
        store.append(f"package/p{number}", 0, [unyanked(str(each)) for each in range(number)])

    assert [len(events) for events in store.read_each([*asked, "package/p7"])] == [
        *(number if number in (7, 3, 30) else 0 for number in reversed(range(40))),
        7,
    ]
    assert list(store.read_each(["package/p3"])[0]) == list(map(unyanked, "012"))
    assert store.read_each([]) == []


def test_very_many_streams_are_compared_at_once(store: EventStore) -> None:
    for number in (3, 104, 250):
        store.append(f"package/p{number}", 0, [unyanked("1")])

    known = dict.fromkeys((f"package/p{number}" for number in range(251)), 0)
    assert set(store.longer(known)) == {"package/p3", "package/p104", "package/p250"}


def test_many_streams_are_appended_to_at_once_and_each_for_itself(store: EventStore) -> None:
    store.append("package/a", 0, [unyanked("a-1")])
    appends = [
        Append("package/b", 0, (unyanked("b-1"), unyanked("b-2"))),
        Append("package/a", 0, (unyanked("late"),)),
        Append("package/b", 2, (unyanked("b-3"),)),
        Append("package/a", 1, (unyanked("a-2"),)),
    ]
    assert store.append_each(appends) == [appends[1]]
    assert list(store.read("package/a")) == [unyanked("a-1"), unyanked("a-2")]
    assert list(store.read("package/b")) == [unyanked("b-1"), unyanked("b-2"), unyanked("b-3")]
    assert store.append_each([]) == []


def test_a_claim_has_no_owner_until_it_is_taken(store: EventStore) -> None:
    assert store.owner_of("name/spam") is None

    store.append(STREAM, 0, [unyanked("1")], ["name/spam", "token/ab"])

    assert store.owner_of("name/spam") == STREAM
    assert store.owner_of("token/ab") == STREAM


def test_a_claim_of_another_stream_prevents_the_whole_append(store: EventStore) -> None:
    store.append(STREAM, 0, [unyanked("1")], ["name/spam"])

    with pytest.raises(ClaimTaken) as raised:
        store.append(OTHER, 0, [unyanked("2")], ["token/new", "name/spam"])

    assert (raised.value.claim, raised.value.owner) == ("name/spam", STREAM)
    assert store.version(OTHER) == 0
    assert store.owner_of("token/new") is None
    assert store.owner_of("name/spam") == STREAM


def test_taking_a_claim_again_is_harmless(store: EventStore) -> None:
    store.append(STREAM, 0, [unyanked("1")], ["name/spam"])
    store.append(STREAM, 1, [unyanked("2")], ["name/spam", "name/spam"])

    assert store.version(STREAM) == 2


def test_a_conflict_is_said_before_a_claim_that_may_not_be_wanted_any_more(store: EventStore) -> None:
    store.append(STREAM, 0, [unyanked("1")], ["name/spam"])
    store.append(OTHER, 0, [unyanked("1")])

    with pytest.raises(StreamConflict):
        store.append(OTHER, 0, [unyanked("2")], ["name/spam"])


@pytest.mark.concurrent
def test_of_simultaneous_appends_exactly_one_wins_each_version(store: EventStore) -> None:
    for version in range(ROUNDS):
        names = [f"{version}-{thread}" for thread in range(THREADS)]
        results = together([partial(store.append, STREAM, version, [unyanked(name)]) for name in names])

        assert sorted(map(str, map(type, results))) == sorted(
            [str(type(None)), *[str(StreamConflict)] * (THREADS - 1)]
        ), results
        assert store.read(STREAM)[-1] == unyanked(names[results.index(None)])
    assert store.version(STREAM) == ROUNDS


@pytest.mark.concurrent
def test_nothing_is_lost_where_all_try_again(store: EventStore) -> None:
    def append(name: str) -> None:
        while True:
            try:
                store.append(STREAM, store.version(STREAM), [unyanked(name)])
            except StreamConflict:
                continue
            return

    names = [str(thread) for thread in range(THREADS)]
    assert together([partial(append, name) for name in names]) == [None] * THREADS
    assert sorted(store.read(STREAM), key=repr) == sorted(map(unyanked, names), key=repr)


@pytest.mark.concurrent
def test_of_simultaneous_claims_exactly_one_wins(store: EventStore) -> None:
    streams = [f"package/{thread}" for thread in range(THREADS)]
    results = together([partial(store.append, stream, 0, [unyanked("1")], ["name/spam"]) for stream in streams])

    (winner,) = [stream for stream, result in zip(streams, results, strict=True) if result is None]
    assert store.owner_of("name/spam") == winner
    losses = [result for result in results if isinstance(result, ClaimTaken)]
    assert len(losses) == THREADS - 1
    assert {loss.owner for loss in losses} == {winner}
    assert [stream for stream in streams if store.version(stream)] == [winner]


@pytest.mark.concurrent
def test_nobody_sees_half_an_append(store: EventStore) -> None:
    seen: list[int] = []

    def write() -> None:
        for version in range(0, 60, 3):
            store.append(STREAM, version, [unyanked(str(version + each)) for each in range(3)])

    def look() -> None:
        while not seen or seen[-1] < 60:
            seen.append(len(store.read(STREAM)))
            seen.append(store.version(STREAM))

    assert together([write, look]) == [None, None]
    assert {version % 3 for version in seen} == {0}
    assert seen == sorted(seen)
