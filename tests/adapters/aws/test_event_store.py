"""What the contracts do not tell of events in DynamoDB: collisions, lost answers, parts, bounds."""

import errno
from collections.abc import Callable
from threading import Barrier
from uuid import uuid4

import pytest
from botocore.exceptions import ClientError
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from adapters.aws.event_log import DynamoEventLog
from adapters.aws.event_store import DynamoEventStore
from adapters.aws.items import TooMuch, event_key
from adapters.aws.stream import recorded_in
from adapters.aws.transactions import Busy
from adapters.memory.event_store import MemoryEventStore
from adapters.unreadable import Unreadable
from domain.events import Event, FileYanked, Recorded
from domain.ports.event_store import ClaimTaken, StreamConflict
from infrastructure.resources import Resources
from tests.adapters.aws.wire import Answer, Wire, failure, sent_twice
from tests.appends import AT, outcome, unyanked
from tests.aws import client
from tests.strategies import events as any_events

STREAM = "package/spam"
WRITE = "TransactWriteItems"


def cancelled(*codes: str) -> Answer:
    return failure("TransactionCanceledException", CancellationReasons=[{"Code": code} for code in codes])


@pytest.fixture
def store(resources: Resources, pauses: list[float]) -> DynamoEventStore:
    return DynamoEventStore(client("dynamodb"), resources.table, pauses.append)


@pytest.fixture
def other(resources: Resources) -> DynamoEventStore:
    """Somebody else."""
    return DynamoEventStore(client("dynamodb"), resources.table)


@pytest.fixture
def table(resources: Resources) -> Callable[[], list[dict[str, dict[str, str]]]]:
    return lambda: client("dynamodb").scan(TableName=resources.table)["Items"]


def test_an_event_is_one_item_that_says_what_it_is(
    store: DynamoEventStore, table: Callable[[], list[dict[str, dict[str, str]]]]
) -> None:
    store.append(STREAM, 0, [unyanked("1"), unyanked("2")], ["name/spam"])

    items = {item["sk"]["S"]: item for item in table()}
    append = items["event#00000001"]["append"]
    assert items == {
        "event#00000001": {
            "pk": {"S": STREAM},
            "sk": {"S": "event#00000001"},
            "type": {"S": "FileUnyanked"},
            "schema": {"N": "1"},
            "data": {"S": '{"filename":"1","at":"2026-11-24T00:00:00.000000Z","by":"local:alice"}'},
            "last": {"N": "2"},
            "append": append,
            "group": {"S": "streams#package"},
            "member": {"S": STREAM},
        },
        "event#00000002": {
            "pk": {"S": STREAM},
            "sk": {"S": "event#00000002"},
            "type": {"S": "FileUnyanked"},
            "schema": {"N": "1"},
            "data": {"S": '{"filename":"2","at":"2026-11-24T00:00:00.000000Z","by":"local:alice"}'},
            "last": {"N": "2"},
            "append": append,
        },
        "claim": {"pk": {"S": "claim#name/spam"}, "sk": {"S": "claim"}, "owner": {"S": STREAM}},
    }
    assert recorded_in(items["event#00000002"]) == Recorded(STREAM, 2, unyanked("2"))


def test_an_append_whose_answer_was_lost_is_no_conflict(store: DynamoEventStore) -> None:
    store.append(STREAM, 0, [unyanked("1")])

    with sent_twice(client("dynamodb"), WRITE) as bodies:
        store.append(STREAM, 1, [unyanked("2"), unyanked("3")], ["name/spam"])

    # The token is the same, so that DynamoDB itself knows it again; this emulator does not.
    assert len(bodies) == 2
    assert bodies[0] == bodies[1]
    assert b"ClientRequestToken" in bodies[0]
    assert list(store.read(STREAM)) == [unyanked("1"), unyanked("2"), unyanked("3")]


def test_an_append_that_collided_with_its_own_lost_request_is_no_conflict(
    store: DynamoEventStore, dynamodb: Wire
) -> None:
    dynamodb.afterwards[WRITE] = [cancelled("TransactionConflict")]

    store.append(STREAM, 0, [unyanked("1")])

    assert len(dynamodb.of(WRITE)) == 1
    assert list(store.read(STREAM)) == [unyanked("1")]


def test_an_equal_event_of_somebody_else_is_a_conflict(
    store: DynamoEventStore, other: DynamoEventStore, dynamodb: Wire
) -> None:
    def faster() -> Answer:
        other.append(STREAM, 0, [unyanked("1")])
        return cancelled("ConditionalCheckFailed")

    dynamodb.answers[WRITE] = [faster]

    with pytest.raises(StreamConflict):
        store.append(STREAM, 0, [unyanked("1")])


@pytest.mark.parametrize("code", ["TransactionConflict", "ThrottlingError", "ProvisionedThroughputExceeded"])
@pytest.mark.parametrize("place", [0, 1])
def test_what_collides_with_others_is_tried_again(
    store: DynamoEventStore, dynamodb: Wire, pauses: list[float], code: str, place: int
) -> None:
    codes = ["None", "None"]
    codes[place] = code
    dynamodb.answers[WRITE] = [cancelled(*codes), cancelled(*codes)]

    store.append(STREAM, 0, [unyanked("1")], ["name/spam"])

    assert list(store.read(STREAM)) == [unyanked("1")]
    assert store.owner_of("name/spam") == STREAM
    assert len(pauses) == 2


def test_a_collision_with_a_faster_append_is_a_conflict(
    store: DynamoEventStore, other: DynamoEventStore, dynamodb: Wire, pauses: list[float]
) -> None:
    def faster() -> Answer:
        other.append(STREAM, 0, [unyanked("other")])
        return cancelled("TransactionConflict")

    dynamodb.answers[WRITE] = [faster]

    with pytest.raises(StreamConflict):
        store.append(STREAM, 0, [unyanked("1")])
    assert list(store.read(STREAM)) == [unyanked("other")]
    assert pauses == []


def test_a_collision_with_a_faster_claim_is_that_claim(
    store: DynamoEventStore, other: DynamoEventStore, dynamodb: Wire
) -> None:
    def faster() -> Answer:
        other.append("package/sp-am", 0, [unyanked("other")], ["name/spam"])
        return cancelled("None", "TransactionConflict")

    dynamodb.answers[WRITE] = [faster]

    with pytest.raises(ClaimTaken) as raised:
        store.append(STREAM, 0, [unyanked("1")], ["name/spam"])
    assert (raised.value.claim, raised.value.owner) == ("name/spam", "package/sp-am")


def test_a_conflict_is_said_although_only_the_claim_is_told_to_have_failed(
    store: DynamoEventStore, other: DynamoEventStore, dynamodb: Wire
) -> None:
    other.append("package/sp-am", 0, [unyanked("other")], ["name/spam"])
    other.append(STREAM, 0, [unyanked("other")])
    dynamodb.answers[WRITE] = [cancelled("None", "ConditionalCheckFailed")]

    with pytest.raises(StreamConflict):
        store.append(STREAM, 0, [unyanked("1")], ["name/spam"])


def test_whoever_collides_again_and_again_gives_up_after_seconds(
    store: DynamoEventStore, dynamodb: Wire, pauses: list[float]
) -> None:
    dynamodb.answers[WRITE] = [cancelled("TransactionConflict")] * 100

    with pytest.raises(Busy, match=rf"{STREAM}.*Try again\.") as raised:
        store.append(STREAM, 0, [unyanked("1")])

    assert raised.value.errno == errno.ETIMEDOUT  # as a database that stays locked, so publishers are told the same

    assert len(dynamodb.of(WRITE)) == len(pauses) + 1 < 20
    assert sum(pauses) < 3
    assert store.version(STREAM) == 0


def test_what_will_never_succeed_is_not_tried_again(store: DynamoEventStore, dynamodb: Wire) -> None:
    dynamodb.answers[WRITE] = [cancelled("None", "ValidationError")]

    with pytest.raises(ClientError, match="as planned"):
        store.append(STREAM, 0, [unyanked("1")], ["name/spam"])

    assert len(dynamodb.of(WRITE)) == 1


@pytest.mark.parametrize("operation", ["Query", "GetItem"])
@pytest.mark.parametrize("code", ["AccessDeniedException", "ResourceNotFoundException", "InternalServerError"])
def test_what_cannot_be_read_is_not_empty(
    store: DynamoEventStore, resources: Resources, dynamodb: Wire, operation: str, code: str
) -> None:
    store.append(STREAM, 0, [unyanked("1")], ["name/spam"])
    reads: dict[str, list[Callable[[], object]]] = {
        "Query": [
            lambda: store.read(STREAM),
            lambda: store.version(STREAM),
            lambda: list(DynamoEventLog(client("dynamodb"), resources.table).streams("package")),
        ],
        "GetItem": [lambda: store.owner_of("name/spam")],
    }

    for read in reads[operation]:
        dynamodb.answers[operation] = [failure(code)]
        with pytest.raises(ClientError, match=code):
            read()


def test_a_collision_that_cannot_be_looked_into_is_no_conflict(store: DynamoEventStore, dynamodb: Wire) -> None:
    dynamodb.answers |= {WRITE: [cancelled("TransactionConflict")], "GetItem": [failure("ThrottlingException")]}

    with pytest.raises(ClientError, match="ThrottlingException"):
        store.append(STREAM, 0, [unyanked("1")])


def test_every_read_of_the_table_is_consistent(store: DynamoEventStore, dynamodb: Wire) -> None:
    store.append(STREAM, 0, [unyanked("1")], ["name/spam"])
    with pytest.raises(StreamConflict):
        store.append(STREAM, 0, [unyanked("2")])
    store.read(STREAM)
    store.version(STREAM)
    store.owner_of("name/spam")

    reads = dynamodb.of("Query") + dynamodb.of("GetItem")
    assert len(reads) >= 4
    assert all(read["ConsistentRead"] for read in reads)


def test_long_streams_come_in_pages(store: DynamoEventStore, resources: Resources, dynamodb: Wire) -> None:
    events = [unyanked(str(each)) for each in range(7)]
    store.append(STREAM, 0, events)
    for name in ("a", "b", "c"):
        store.append(f"package/{name}", 0, [unyanked("1")])
    dynamodb.added["Query"] = {"Limit": 2}

    assert list(store.read(STREAM)) == events
    log = DynamoEventLog(client("dynamodb"), resources.table)
    assert list(log.streams("package")) == ["package/a", "package/b", "package/c", STREAM]
    assert len(dynamodb.of("Query")) > 5


def test_of_a_stream_that_was_read_only_what_came_since_is_read(
    store: DynamoEventStore, other: DynamoEventStore, dynamodb: Wire
) -> None:
    events = [unyanked(str(each)) for each in range(90)]
    other.append(STREAM, 0, events)
    assert list(store.read(STREAM)) == events
    other.append(STREAM, 90, [unyanked("90"), unyanked("91")])
    dynamodb.calls.clear()
    dynamodb.added["Query"] = {"Limit": 10}

    assert list(store.read(STREAM)) == [*events, unyanked("90"), unyanked("91")]
    assert list(store.read(STREAM)) == [*events, unyanked("90"), unyanked("91")]
    assert len(dynamodb.of("Query")) == 2


@pytest.mark.parametrize("late", [[4], [5], [6], [4, 5], [5, 6]])
def test_a_part_of_an_append_is_not_read_behind_what_is_known(
    store: DynamoEventStore, resources: Resources, late: list[int]
) -> None:
    events = [unyanked(str(each)) for each in range(6)]
    store.append(STREAM, 0, events[:3])
    store.read(STREAM)
    store.append(STREAM, 3, events[3:])
    for each in late:
        client("dynamodb").delete_item(TableName=resources.table, Key=event_key(STREAM, each))

    with pytest.raises(Unreadable):
        store.read(STREAM)


def test_the_version_takes_one_item(store: DynamoEventStore, dynamodb: Wire) -> None:
    store.append(STREAM, 0, [unyanked(str(each)) for each in range(7)])

    assert store.version(STREAM) == 7
    (query,) = dynamodb.of("Query")
    assert (query["Limit"], query["ScanIndexForward"]) == (1, False)


@pytest.mark.parametrize("late", [[3], [2, 3], [2]])
def test_a_part_of_an_append_is_read_again(store: DynamoEventStore, resources: Resources, late: list[int]) -> None:
    events = [unyanked(str(each)) for each in range(3)]
    store.append(STREAM, 0, events[:1])
    store.append(STREAM, 1, events[1:])
    dynamo = client("dynamodb")
    kept = [dynamo.get_item(TableName=resources.table, Key=event_key(STREAM, each))["Item"] for each in late]
    for each in late:
        dynamo.delete_item(TableName=resources.table, Key=event_key(STREAM, each))

    def arrive(_: float) -> None:
        for item in kept:
            dynamo.put_item(TableName=resources.table, Item=item)

    read = DynamoEventStore(dynamo, resources.table, arrive).read(STREAM)
    # An append of which nothing is there yet has not happened.
    assert list(read) == (events[:1] if late == [2, 3] else events)


def test_an_event_that_is_lost_is_told_instead_of_passed_over(store: DynamoEventStore, resources: Resources) -> None:
    store.append(STREAM, 0, [unyanked(str(each)) for each in range(3)])
    client("dynamodb").delete_item(TableName=resources.table, Key=event_key(STREAM, 2))

    with pytest.raises(Unreadable, match=rf"{STREAM}.*{resources.table}.*backup"):
        store.read(STREAM)


def test_a_question_that_the_table_leaves_open_is_asked_again(
    store: DynamoEventStore, resources: Resources, dynamodb: Wire, pauses: list[float]
) -> None:
    store.append("package/a", 0, [unyanked("1")])
    store.append("package/b", 0, [unyanked("1")])
    left = {resources.table: {"Keys": [event_key("package/b", 1)], "ConsistentRead": True}}
    dynamodb.afterwards["BatchGetItem"] = [
        (200, {"Responses": {resources.table: [event_key("package/a", 1)]}, "UnprocessedKeys": left})
    ]

    assert set(store.longer({"package/a": 0, "package/b": 0})) == {"package/a", "package/b"}
    assert len(pauses) == 1
    first, again = dynamodb.of("BatchGetItem")
    assert first["RequestItems"][resources.table]["ConsistentRead"]
    assert again["RequestItems"] == left

    dynamodb.answers["BatchGetItem"] = [(200, {"Responses": {}, "UnprocessedKeys": left})] * 100
    with pytest.raises(Busy):
        store.longer({"package/b": 0})


def test_many_streams_are_asked_for_at_the_same_time(store: DynamoEventStore, dynamodb: Wire) -> None:
    met = Barrier(10)

    def answer() -> Answer:
        met.wait(timeout=20)
        return 200, {"Items": []}

    dynamodb.answers["Query"] = [answer] * 20

    assert store.read_each([f"package/p{number}" for number in range(20)]) == [()] * 20


def test_an_append_is_at_most_a_hundred_items(store: DynamoEventStore, dynamodb: Wire) -> None:
    store.append(STREAM, 0, [unyanked(str(each)) for each in range(98)], ["name/spam", "token/ab"])
    assert store.version(STREAM) == 98

    with pytest.raises(TooMuch, match="99 events and 1 claims of package/spam"):
        store.append(STREAM, 98, [unyanked(str(each)) for each in range(99)], ["name/spam"])

    assert len(dynamodb.of(WRITE)) == 1


def test_an_event_fits_into_an_item_and_an_append_into_a_transaction(store: DynamoEventStore) -> None:
    def yanked(size: int) -> Event:
        return FileYanked("f", "é" * (size // 2), AT, "local:alice")

    with pytest.raises(TooMuch, match=r"An event FileYanked of package/spam takes 41\d{4} bytes"):
        store.append(STREAM, 0, [yanked(410_000)])
    with pytest.raises(TooMuch, match="4000000 bytes"):
        store.append(STREAM, 0, [yanked(400_000)] * 10)

    store.append(STREAM, 0, [yanked(390_000)])
    assert store.version(STREAM) == 1


_STREAMS = st.sampled_from(["package/a", "package/b", "account/1"])
_APPENDS = st.tuples(
    _STREAMS,
    st.integers(0, 3),
    st.lists(any_events(), max_size=3),
    st.lists(st.sampled_from(["x", "y", "z"]), max_size=2),
)


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(_APPENDS, max_size=12))
def test_it_does_what_the_store_in_memory_does(
    store: DynamoEventStore, appends: list[tuple[str, int, list[Event], list[str]]]
) -> None:
    memory = MemoryEventStore()
    own = f"-{uuid4().hex}"
    for stream, expected, added, claims in appends:
        append = (stream + own, expected, added, [claim + own for claim in claims])
        assert outcome(store, *append) == outcome(memory, *append)
    for stream in ("package/a", "package/b", "account/1"):
        assert list(store.read(stream + own)) == list(memory.read(stream + own))
        assert store.version(stream + own) == memory.version(stream + own)
    for claim in ("x", "y", "z"):
        assert store.owner_of(claim + own) == memory.owner_of(claim + own)
