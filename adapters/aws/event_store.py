"""Streams in DynamoDB.

An append is one transaction: each event is put where none is, behind the one before. A reader who comes between its
writes may see a part of it; every event therefore says how far its append goes, and who misses some reads again.

Why a transaction was cancelled is asked of the table and not of the answer: whether the append is there after all (its
answer was lost on the way and it was sent again), somebody was faster, a claim is taken, or two only collided, in
which case it is tried again. So an append that happened is never called a conflict, and a collision neither.
"""

from collections.abc import Collection, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING
from uuid import uuid4

from adapters.aws.batches import items_at
from adapters.aws.items import (
    EVENT,
    Item,
    TooMuch,
    claim_key,
    event_item,
    event_key,
    size_of,
    text,
)
from adapters.aws.retrying import Sleep, attempts, sleep
from adapters.aws.transactions import MOST_ITEMS, Busy, may_pass
from adapters.codec import decode
from adapters.recent_streams import RecentStreams
from adapters.unreadable import Unreadable
from domain.events import Event
from domain.ports.event_store import Append, ClaimTaken, StreamConflict

if TYPE_CHECKING:
    from types_boto3_dynamodb import DynamoDBClient
    from types_boto3_dynamodb.type_defs import TransactWriteItemTypeDef

_MOST_BYTES = 4_000_000
_AT_ONCE = 10  # as many connections as boto3 keeps
_EVENTS_OF = "pk = :stream AND begins_with(sk, :event)"
_EVENTS_FROM = "pk = :stream AND sk BETWEEN :first AND :last"
_LAST = 99_999_999
_ABSENT = "attribute_not_exists(pk)"
_PRESENT = "attribute_exists(pk)"


class DynamoEventStore:
    """An EventStore in one table."""

    def __init__(self, client: "DynamoDBClient", table: str, pause: Sleep = sleep) -> None:
        self._client = client
        self._table = table
        self._pause = pause
        self._recent = RecentStreams()

    def read(self, stream: str) -> Sequence[Event]:
        """All events of the stream, oldest first.

        Raises:
            Unreadable: an event is missing or of a newer version.
        """
        known = self._recent.of(stream)
        for _ in attempts(self._pause):
            items = self._events(stream, len(known) + 1)
            if not items:
                return known
            if _are_whole(items, len(known) + 1):
                events = (*known, *(decode(i["type"]["S"], int(i["schema"]["N"]), i["data"]["S"]) for i in items))
                self._recent.keep(stream, events)
                return events
        raise Unreadable(f"Events of {stream} are missing in the table {self._table}. Restore it from a backup.")

    def read_each(self, streams: Sequence[str]) -> Sequence[Sequence[Event]]:
        """All events of each of these streams, some of which are asked for at the same time.

        Raises:
            Unreadable: an event is missing or of a newer version.
        """
        with ThreadPoolExecutor(_AT_ONCE) as executor:
            return list(executor.map(self.read, streams))

    def version(self, stream: str) -> int:
        """How many events the stream has."""
        found = self._client.query(
            TableName=self._table,
            ConsistentRead=True,
            KeyConditionExpression=_EVENTS_OF,
            ExpressionAttributeValues={":stream": text(stream), ":event": text(EVENT)},
            ScanIndexForward=False,
            Limit=1,
        )["Items"]
        return int(found[0]["last"]["N"]) if found else 0

    def longer(self, versions: Mapping[str, int]) -> Collection[str]:
        """Those of these streams that have more events than is said here, a hundred with each question.

        Raises:
            Busy: the table kept leaving some questions open.
        """
        keys = (event_key(stream, version + 1) for stream, version in versions.items())
        there = items_at(self._client, self._table, keys, self._pause, attribute="pk")
        return {item["pk"]["S"] for item in there}

    def append(self, stream: str, expected: int, events: Sequence[Event], claims: Sequence[str] = ()) -> None:
        """Append all events at version `expected` and take all claims, or change nothing.

        Raises:
            TooMuch: it does not fit into one transaction.
            Busy: others kept colliding with it.
        """
        name = uuid4().hex
        last = expected + len(events)
        items = [event_item(stream, version, event, last, name) for version, event in enumerate(events, expected + 1)]
        wanted = list(dict.fromkeys(claims))
        writes = self._writes(stream, expected, items, wanted)
        for _ in attempts(self._pause):
            try:
                self._client.transact_write_items(TransactItems=writes)
            except self._client.exceptions.TransactionCanceledException as cancelled:
                if self._happened(stream, expected, name):
                    return
                self._refuse_claims(stream, wanted)
                if not may_pass(cancelled):
                    raise
            else:
                return
        raise Busy(f"Others kept changing {stream} at the same time. Try again.")

    def append_each(self, appends: Sequence[Append]) -> Sequence[Append]:
        """Append to many streams, one after the other; returns those that were at another version.

        Raises:
            TooMuch, Busy: as `append`; what came before has happened.
        """
        late = []
        for append in appends:
            try:
                self.append(append.stream, append.expected, append.events)
            except StreamConflict:
                late.append(append)
        return late

    def owner_of(self, claim: str) -> str | None:
        """The stream that holds the claim."""
        found = self._get(claim_key(claim))
        return found["owner"]["S"] if found else None

    def _writes(
        self, stream: str, expected: int, items: Sequence[Item], claims: Sequence[str]
    ) -> "list[TransactWriteItemTypeDef]":
        """The whole transaction. Without events it still checks the version."""
        checks = {_PRESENT: event_key(stream, expected)} if expected else {}
        if not items:
            checks[_ABSENT] = event_key(stream, expected + 1)
        writes: list[TransactWriteItemTypeDef] = [
            {"ConditionCheck": {"TableName": self._table, "Key": key, "ConditionExpression": condition}}
            for condition, key in checks.items()
        ]
        writes += [{"Put": {"TableName": self._table, "Item": i, "ConditionExpression": _ABSENT}} for i in items]
        writes += [
            {
                "Put": {
                    "TableName": self._table,
                    "Item": claim_key(claim) | {"owner": text(stream)},
                    "ConditionExpression": f"{_ABSENT} OR #owner = :stream",
                    "ExpressionAttributeNames": {"#owner": "owner"},
                    "ExpressionAttributeValues": {":stream": text(stream)},
                }
            }
            for claim in claims
        ]
        if len(writes) > MOST_ITEMS or size_of(items) > _MOST_BYTES:
            raise TooMuch(
                f"{len(items)} events and {len(claims)} claims of {stream} at once are more than DynamoDB takes "
                f"({MOST_ITEMS} items or {_MOST_BYTES} bytes). Append them in parts."
            )
        return writes

    def _happened(self, stream: str, expected: int, append: str) -> bool:
        """Whether this very append is in the table; False if the stream is still where it was.

        Raises:
            StreamConflict: it is not there any more.
        """
        following = self._get(event_key(stream, expected + 1))
        if following and following["append"]["S"] == append:
            return True
        if following or (expected and not self._get(event_key(stream, expected))):
            raise StreamConflict(f"{stream} is not at version {expected}")
        return False

    def _refuse_claims(self, stream: str, claims: Sequence[str]) -> None:
        for claim in claims:
            owner = self.owner_of(claim)
            if owner not in (None, stream):
                raise ClaimTaken(claim, owner)

    def _events(self, stream: str, first: int) -> list[Item]:
        pages = self._client.get_paginator("query").paginate(
            TableName=self._table,
            ConsistentRead=True,
            KeyConditionExpression=_EVENTS_FROM,
            ExpressionAttributeValues={
                ":stream": text(stream),
                ":first": event_key(stream, first)["sk"],
                ":last": event_key(stream, _LAST)["sk"],
            },
        )
        return [item for page in pages for item in page["Items"]]

    def _get(self, key: Item) -> Item | None:
        return self._client.get_item(TableName=self._table, Key=key, ConsistentRead=True).get("Item")


def _are_whole(items: Sequence[Item], first: int) -> bool:
    """Whether these are all events of their stream from there on, and not a part of an append that is being written."""
    versions = [int(item["sk"]["S"].removeprefix(EVENT)) for item in items]
    return versions == list(range(first, int(items[-1]["last"]["N"]) + 1))
