"""Who needs what, in DynamoDB.

A need is an item under what is needed, and a package may have more needs than one transaction takes. So each of its
transactions also notes, in the package's own row, which items are not written yet, and happens only if nobody changed
that row since it was read. Whoever puts the same needs again goes on from there.
"""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from hashlib import sha256
from itertools import islice
from typing import TYPE_CHECKING
from uuid import uuid4

from attrs import evolve, field, frozen

from adapters.aws.items import Item, checked, key, text
from adapters.aws.retrying import Sleep, attempts, sleep
from adapters.aws.transactions import MOST_ITEMS, Busy, may_pass, unmoved
from adapters.needs import by_package, decode_needs, encode_needs
from adapters.records import from_json, to_json
from domain.needs import Dependents, Need
from domain.ports.dependents import Untold

if TYPE_CHECKING:
    from types_boto3_dynamodb import DynamoDBClient
    from types_boto3_dynamodb.literals import SelectType
    from types_boto3_dynamodb.type_defs import QueryOutputTypeDef, TransactWriteItemTypeDef

_NEEDS = "needs"


@frozen
class _Row:
    """What is known of one package's needs.

    Attributes:
        digests: of its needs, by what is needed.
        behind: packages that are needed, or were, and whose items are not written yet.
        untold: packages whose dependents changed since somebody was told.
    """

    digests: Mapping[str, str] = field(factory=dict)
    behind: tuple[str, ...] = ()
    untold: tuple[str, ...] = ()


class _Collided(Exception):
    """Somebody else was faster, or is at it."""


class DynamoDependents:
    """A DependentsTable in the same table as the events; `rebuild` derives it again."""

    def __init__(self, client: "DynamoDBClient", table: str, pause: Sleep = sleep) -> None:
        self._client = client
        self._table = table
        self._pause = pause

    def put(self, dependent: str, needs: Sequence[Need]) -> Untold:
        """Keep what a package needs in place of what it needed.

        Raises:
            TooMuch: it needs more than fits into an item.
            Busy: others kept changing the same needs; the next `put` writes what is not written yet.
        """
        wanted = {package: encode_needs(group) for package, group in by_package(needs).items()}
        for _ in attempts(self._pause):
            with suppress(_Collided):
                return self._caught_up(dependent, wanted)
        raise Busy(f"Others kept changing the needs of {dependent} at the same time. Try again.")

    def forget(self, dependent: str, packages: Iterable[str]) -> None:
        """Remove the needs of a package, and whatever stands for it under `packages`."""
        row = _parsed(self._row(dependent))
        places = [(_group(package), dependent) for package in sorted({*packages, *row.digests, *row.behind})]
        for place in (*places, (_NEEDS, dependent)):
            self._client.delete_item(TableName=self._table, Key=key(*place))

    def told(self, untold: Untold) -> None:
        """Note that messages about these packages are on their way."""
        item = self._row(untold.dependent)
        if item is None or item["mark"]["S"] != untold.mark:
            return
        row = evolve(_parsed(item), untold=())
        with suppress(self._client.exceptions.ConditionalCheckFailedException):
            self._client.put_item(
                TableName=self._table, Item=_item(untold.dependent, row, untold.mark), **unmoved(item)
            )

    def of(self, package: str, limit: int | None = None) -> Dependents:
        """The dependents of a package in the order of names, with the needs of at most `limit` of them, or of all."""
        pages = self._pages(package, "ALL_ATTRIBUTES", limit)
        first = list(islice((item for page in pages for item in page["Items"]), limit))
        count = len(first)
        if count == limit:
            count = sum(page["Count"] for page in self._pages(package, "COUNT"))
        return Dependents(count, tuple(need for item in first for need in decode_needs(item["data"]["S"])))

    def _caught_up(self, dependent: str, wanted: Mapping[str, str]) -> Untold:
        """Write the items that are behind, as many at once as a transaction takes."""
        digests = {package: sha256(data.encode()).hexdigest() for package, data in sorted(wanted.items())}
        while True:
            item = self._row(dependent)
            row = _parsed(item)
            changed = {one for one, _ in row.digests.items() ^ digests.items()}
            behind = sorted(changed.union(row.behind))
            if not behind:
                return Untold(dependent, frozenset(row.untold), item["mark"]["S"] if item else "")
            now, later = behind[: MOST_ITEMS - 1], behind[MOST_ITEMS - 1 :]
            moved = _Row(digests, tuple(later), tuple(sorted(changed.union(row.untold))))
            own: TransactWriteItemTypeDef = {
                "Put": {"TableName": self._table, "Item": _item(dependent, moved, uuid4().hex), **unmoved(item)}
            }
            self._write([own, *self._items(dependent, now, wanted)])

    def _items(
        self, dependent: str, packages: Sequence[str], wanted: Mapping[str, str]
    ) -> "Iterator[TransactWriteItemTypeDef]":
        for package in packages:
            own = key(_group(package), dependent)
            if package in wanted:
                item = checked(own | {"data": text(wanted[package])}, f"What {dependent} needs of {package}")
                yield {"Put": {"TableName": self._table, "Item": item}}
            else:
                yield {"Delete": {"TableName": self._table, "Key": own}}

    def _write(self, writes: "Sequence[TransactWriteItemTypeDef]") -> None:
        try:
            self._client.transact_write_items(TransactItems=writes)
        except self._client.exceptions.TransactionCanceledException as cancelled:
            if not may_pass(cancelled):
                raise
            raise _Collided from cancelled

    def _pages(self, package: str, select: "SelectType", size: int | None = None) -> "Iterable[QueryOutputTypeDef]":
        """The needs on a package, in the order of dependents."""
        return self._client.get_paginator("query").paginate(
            TableName=self._table,
            ConsistentRead=True,
            KeyConditionExpression="pk = :group",
            ExpressionAttributeValues={":group": text(_group(package))},
            Select=select,
            PaginationConfig={"PageSize": size} if size else {},
        )

    def _row(self, dependent: str) -> Item | None:
        own = key(_NEEDS, dependent)
        return self._client.get_item(TableName=self._table, Key=own, ConsistentRead=True).get("Item")


def _group(package: str) -> str:
    return f"dependents#{package}"


def _item(dependent: str, row: _Row, mark: str) -> Item:
    own = key(_NEEDS, dependent) | {"data": text(json.dumps(to_json(row))), "mark": text(mark)}
    return checked(own, f"What {dependent} needs")


def _parsed(item: Item | None) -> _Row:
    return from_json(_Row, json.loads(item["data"]["S"])) if item else _Row()
