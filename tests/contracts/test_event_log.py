"""What every EventLog promises, and how events are followed where a world is asked what is new."""

from collections.abc import Callable
from functools import partial

from domain.events import Recorded
from domain.ports.event_log import EventLog
from domain.ports.event_store import EventStore
from tests.appends import unyanked
from tests.contracts.conftest import Local, Memory
from tests.together import together


def everything(followed: Memory | Local, position: int = 0, limit: int = 1000) -> list[Recorded]:
    found: list[Recorded] = []
    while True:
        recorded, position = followed.events_after(position, limit)
        if not recorded:
            return found
        assert len(recorded) <= limit
        found += recorded


def test_an_empty_store_has_no_streams(log: EventLog) -> None:
    assert list(log.streams("package")) == []


def test_an_empty_store_has_no_events(followed: Memory | Local) -> None:
    assert everything(followed) == []


def test_streams_of_a_category_come_in_the_order_of_their_names(store: EventStore, log: EventLog) -> None:
    for stream in ("package/b", "account/1", "package/a-b", "package/a", "packages/x", "package/a.b", "package"):
        store.append(stream, 0, [unyanked("1"), unyanked("2")])
    store.append("package/a", 2, [unyanked("3")])

    assert list(log.streams("package")) == ["package/a", "package/a-b", "package/a.b", "package/b"]
    assert list(log.streams("account")) == ["account/1"]
    assert list(log.streams("nothing")) == []


def test_streams_with_more_slashes_are_of_the_category_before_the_first(store: EventStore, log: EventLog) -> None:
    for stream in ("usage/b/2026", "usage/a/2027", "usage/a/2026", "usage-years/a", "days/2026"):
        store.append(stream, 0, [unyanked("1"), unyanked("2")])

    assert list(log.streams("usage")) == ["usage/a/2026", "usage/a/2027", "usage/b/2026"]
    assert list(log.streams("usage-years")) == ["usage-years/a"]
    assert list(log.streams("days")) == ["days/2026"]


def test_a_stream_that_was_only_tried_does_not_exist(store: EventStore, log: EventLog) -> None:
    together([partial(store.append, "package/a", 1, [unyanked("1")])])

    assert list(log.streams("package")) == []


def test_all_events_are_there_each_in_its_place(followed: Memory | Local) -> None:
    store = followed.store
    store.append("package/a", 0, [unyanked("1"), unyanked("2")])
    store.append("package/b", 0, [unyanked("3")])
    store.append("package/a", 2, [unyanked("4")])

    for limit in (1, 2, 1000):
        found = everything(followed, limit=limit)
        assert sorted(found, key=repr) == [
            Recorded("package/a", 1, unyanked("1")),
            Recorded("package/a", 2, unyanked("2")),
            Recorded("package/a", 3, unyanked("4")),
            Recorded("package/b", 1, unyanked("3")),
        ]
        assert [each.version for each in found if each.stream == "package/a"] == [1, 2, 3]


def test_a_position_goes_on_where_it_was_whatever_came_since(followed: Memory | Local) -> None:
    store = followed.store
    store.append("package/a", 0, [unyanked("1")])
    _, position = followed.events_after(0)
    end, at_end = followed.events_after(position)
    assert list(end) == []

    store.append("package/b", 0, [unyanked("2")])

    assert everything(followed, position) == everything(followed, at_end) == [Recorded("package/b", 1, unyanked("2"))]


def test_a_position_from_an_empty_store_misses_nothing(followed: Memory | Local) -> None:
    store = followed.store
    _, position = followed.events_after(0)

    store.append("package/a", 0, [unyanked("1")])

    assert everything(followed, position) == [Recorded("package/a", 1, unyanked("1"))]


def test_nothing_is_skipped_while_others_append(followed: Memory | Local) -> None:
    store = followed.store
    writers, appends = 8, 20
    found: list[Recorded] = []

    def write(stream: str) -> None:
        for version in range(0, 2 * appends, 2):
            store.append(stream, version, [unyanked(str(version)), unyanked(str(version + 1))])

    def follow() -> None:
        position = 0
        while len(found) < writers * appends * 2:
            recorded, position = followed.events_after(position, 7)
            found.extend(recorded)

    streams = [f"package/{writer}" for writer in range(writers)]
    actions: list[Callable[[], None]] = [follow, *(partial(write, stream) for stream in streams)]
    assert together(actions) == [None] * (writers + 1)
    for stream in streams:
        events = [recorded.event for recorded in found if recorded.stream == stream]
        assert events == list(store.read(stream))
