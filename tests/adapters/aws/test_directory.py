"""What the contracts do not tell of directory and dependents in DynamoDB: their items, pages, collisions, crashes."""

from collections.abc import Callable

import pytest
from attrs import evolve
from botocore.exceptions import ClientError

from adapters.aws.dependents import DynamoDependents
from adapters.aws.directory import DynamoDirectory
from adapters.aws.items import TooMuch
from adapters.aws.transactions import Busy
from domain.listing import Listing
from domain.needs import Need
from infrastructure.resources import Resources
from tests.adapters.aws.wire import Answer, Wire, failure
from tests.aws import client

LISTING = Listing("spam", "Spam", "local:alice", "1.0", "", "2026-11-24", 1200)
WRITE = "TransactWriteItems"


def cancelled(*codes: str) -> Answer:
    return failure("TransactionCanceledException", CancellationReasons=[{"Code": code} for code in codes])


@pytest.fixture
def directory(resources: Resources, pauses: list[float]) -> DynamoDirectory:
    return DynamoDirectory(client("dynamodb"), resources.table, pauses.append)


@pytest.fixture
def dependents(resources: Resources, pauses: list[float]) -> DynamoDependents:
    return DynamoDependents(client("dynamodb"), resources.table, pauses.append)


def keys(resources: Resources) -> set[tuple[str, str]]:
    items = client("dynamodb").scan(TableName=resources.table)["Items"]
    return {(item["pk"]["S"], item["sk"]["S"]) for item in items}


def test_a_listing_is_whole_in_the_items_of_its_tokens_and_of_its_owner(
    directory: DynamoDirectory, resources: Resources
) -> None:
    directory.put("spam", LISTING, frozenset({"=spam", "spam"}))

    assert keys(resources) == {
        ("listings", "spam"),
        ("listings-of#local:alice", "spam"),
        ("tokens#=", "=spam\x00999999999999998799spam"),
        ("tokens#s", "spam\x00999999999999998799spam"),
        ("owed", "spam"),
    }
    directory.put("spam", None, frozenset())
    assert keys(resources) == {("owed", "spam")}
    directory.settle(directory.owed(1))
    assert keys(resources) == set()


def test_a_change_is_one_transaction_and_no_change_is_none(directory: DynamoDirectory, dynamodb: Wire) -> None:
    directory.put("spam", LISTING, frozenset({"a", "b"}))
    directory.put("spam", LISTING, frozenset({"b", "c"}))
    directory.put("spam", LISTING, frozenset({"b", "c"}))

    first, second = dynamodb.of(WRITE)
    assert len(first["TransactItems"]) == 5
    assert [next(iter(write)) for write in second["TransactItems"]] == ["Put", "Put", "Delete", "Put"]
    assert dynamodb.of("PutItem") == dynamodb.of("DeleteItem") == []


def test_all_is_read_consistently_in_pages(
    directory: DynamoDirectory, dependents: DynamoDependents, dynamodb: Wire
) -> None:
    names = [f"p{number}" for number in range(5)]
    for name in names:
        directory.put(name, evolve(LISTING, name=name), frozenset({name}))
        dependents.put(name, [Need("base", name, name, "")])
    dynamodb.calls.clear()
    dynamodb.added["Query"] = {"Limit": 2}

    assert [posting.token for posting in directory.between("p", "q")] == names
    assert [posting.token for posting in directory.between("p", "q", 3)] == names[:3]
    assert [listing.name for listing in directory.owned_by("local:alice")] == names
    assert [one.name for one in directory.owed(10)] == names
    assert dependents.of("base", 3).count == 5
    assert [need.dependent for need in dependents.of("base", 3).needs] == names[:3]
    reads = [parameters for operation, parameters in dynamodb.calls if operation in {"Query", "GetItem"}]
    assert all(read["ConsistentRead"] for read in reads)


def test_no_more_is_asked_for_than_is_wanted(directory: DynamoDirectory, dynamodb: Wire) -> None:
    directory.put("spam", LISTING, frozenset({"a", "ab", "ac"}))
    directory.between("a", "b", 2)

    assert [query["Limit"] for query in dynamodb.of("Query")] == [2]


@pytest.mark.parametrize("code", ["TransactionConflict", "ConditionalCheckFailed", "ThrottlingError"])
def test_whoever_collides_tries_again(
    directory: DynamoDirectory, dependents: DynamoDependents, dynamodb: Wire, pauses: list[float], code: str
) -> None:
    dynamodb.answers[WRITE] = [cancelled("None", code), None, cancelled(code)]

    directory.put("spam", LISTING, frozenset({"a"}))
    untold = dependents.put("spam", [Need("base", "spam", "Spam", "")])

    assert len(directory.between("a", "b")) == 1
    assert (set(untold.packages), len(pauses)) == ({"base"}, 2)


def test_whoever_always_collides_says_so(
    directory: DynamoDirectory, dependents: DynamoDependents, dynamodb: Wire
) -> None:
    dynamodb.answers[WRITE] = [cancelled("TransactionConflict")] * 99

    with pytest.raises(Busy, match=r"listing of spam.*Try again\."):
        directory.put("spam", LISTING, frozenset({"a"}))
    with pytest.raises(Busy, match=r"needs of spam.*Try again\."):
        dependents.put("spam", [Need("base", "spam", "Spam", "")])


def test_what_was_written_although_the_answer_was_lost_is_not_written_again(
    directory: DynamoDirectory, dependents: DynamoDependents, dynamodb: Wire
) -> None:
    dynamodb.afterwards[WRITE] = [cancelled("ConditionalCheckFailed")] * 2

    directory.put("spam", LISTING, frozenset({"a"}))
    untold = dependents.put("spam", [Need("base", "spam", "Spam", "")])

    assert untold.packages == frozenset({"base"})
    assert len(dynamodb.of(WRITE)) == 2


def test_any_other_failure_is_one(directory: DynamoDirectory, dependents: DynamoDependents, dynamodb: Wire) -> None:
    directory.put("spam", LISTING, frozenset({"a"}))
    untold = dependents.put("spam", [Need("base", "spam", "Spam", "")])
    denied = failure("AccessDeniedException")
    attempts: list[tuple[str, Answer, Callable[[], object]]] = [
        (WRITE, cancelled("ValidationError"), lambda: directory.put("eggs", evolve(LISTING, name="eggs"), frozenset())),
        (WRITE, cancelled("ValidationError"), lambda: dependents.put("spam", [])),
        ("GetItem", denied, lambda: directory.put("spam", None, frozenset())),
        ("GetItem", denied, lambda: dependents.put("spam", [])),
        ("Query", denied, lambda: directory.between("a", "b")),
        ("Query", denied, lambda: dependents.of("base", 1)),
        ("DeleteItem", denied, lambda: directory.settle(directory.owed(1))),
        ("PutItem", denied, lambda: dependents.told(untold)),
    ]
    for operation, answer, attempt in attempts:
        dynamodb.answers[operation] = [answer]
        with pytest.raises(ClientError):
            attempt()


def test_another_who_comes_between_is_seen(directory: DynamoDirectory, dynamodb: Wire) -> None:
    other = evolve(LISTING, owner="local:bob")

    def come() -> Answer:
        DynamoDirectory(client("dynamodb"), directory._table).put("spam", other, frozenset({"b"}))
        return cancelled("ConditionalCheckFailed")

    dynamodb.answers[WRITE] = [come]
    directory.put("spam", LISTING, frozenset({"a"}))

    assert list(directory.between("b", "c")) == []
    ((owed),) = directory.owed(10)
    assert owed.tokens == frozenset("ab")
    assert owed.owners == frozenset({"local:alice", "local:bob"})


@pytest.mark.parametrize("at", [1, 2, 3])
def test_needs_of_many_are_told_in_parts_from_where_a_crash_left_them(
    dependents: DynamoDependents, dynamodb: Wire, at: int
) -> None:
    needs = [Need(f"p{number:03}", "spam", "Spam", "") for number in range(250)]
    dependents.told(dependents.put("spam", [Need("before", "spam", "Spam", "")]))
    dynamodb.answers[WRITE] = [*[None] * (at - 1), failure("AccessDeniedException")]

    with pytest.raises(ClientError):
        dependents.put("spam", needs)
    untold = dependents.put("spam", needs)

    assert untold.packages == frozenset({"before", *(need.on for need in needs)})
    assert [dependents.of(need.on, 1).needs for need in needs] == [(need,) for need in needs]
    assert dependents.of("before", 1).count == 0


def test_what_does_not_fit_into_an_item_is_named(directory: DynamoDirectory, dependents: DynamoDependents) -> None:
    with pytest.raises(TooMuch, match=r"^The listing of spam takes"):
        directory.put("spam", evolve(LISTING, summary="x" * 500_000), frozenset())
    with pytest.raises(TooMuch, match=r"^What spam needs of base takes"):
        dependents.put("spam", [Need("base", "spam", "Spam", "x" * 500_000)])
