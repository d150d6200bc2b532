"""Listings and their postings in DynamoDB.

A change of a listing with its postings and what is owed is one transaction, under the condition that nobody changed the
listing since it was read. So no crash and no second writer leaves a part of it, and an equal `put` completes nothing.
"""

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import partial
from typing import TYPE_CHECKING
from uuid import uuid4

from attrs import frozen

from adapters.aws.items import Item, checked, items_under, key, text
from adapters.aws.retrying import Sleep, attempts, sleep
from adapters.aws.transactions import Busy, may_pass, unmoved
from adapters.records import from_json, to_json
from adapters.tokens import check_range, check_tokens
from domain.listing import Listing, Posting
from domain.ports.directory import Owed

if TYPE_CHECKING:
    from types_boto3_dynamodb import DynamoDBClient
    from types_boto3_dynamodb.type_defs import TransactWriteItemTypeDef

_LISTINGS = "listings"
_OWED = "owed"
_DIGITS = 18
_MOST_DOWNLOADS = 10**_DIGITS - 1


@frozen
class _Kept:
    listing: Listing
    tokens: frozenset[str]

    @property
    def items(self) -> Mapping[tuple[str, str], Item]:
        """The listing's copies by their keys: one under each token, and one under its owner."""
        name, data = self.listing.name, {"data": text(_json(to_json(self.listing)))}
        keys = [(_token_group(token), f"{token}\0{self._place}{name}") for token in self.tokens]
        return {place: key(*place) | data for place in (*keys, (_owner_group(self.listing.owner), name))}

    @property
    def _place(self) -> str:
        """Sorts those with more downloads first."""
        return f"{_MOST_DOWNLOADS - self.listing.downloads:0{_DIGITS}}"


class DynamoDirectory:
    """A Directory in the same table as the events; `rebuild` derives it again."""

    def __init__(self, client: "DynamoDBClient", table: str, pause: Sleep = sleep) -> None:
        self._client = client
        self._table = table
        self._pause = pause

    def put(self, name: str, listing: Listing | None, tokens: frozenset[str]) -> None:
        """Keep the listing under these tokens and no others; None removes it.

        Raises:
            TooMuch: an item is too big.
            Busy: others kept changing the same listing.
        """
        check_tokens(tokens)
        kept = _Kept(listing, tokens) if listing else None

        def writes(row: Item | None, owed: Item | None) -> "list[TransactWriteItemTypeDef]":
            if kept == _kept(row):
                return []
            return [*self._row(name, row, kept), self._owe(name, owed, [_kept(row), kept]), *self._copies(row, kept)]

        self._change(name, writes)

    def forget(self, name: str, tokens: Iterable[str]) -> None:
        """Remove the listing with its postings, and those under `tokens`."""
        row = self._get(key(_LISTINGS, name))
        known = _kept(row)
        places = {*known.items} if known else set()
        for token in {*tokens, *(known.tokens if known else ())}:
            found = self._query(_token_group(token), None, f"{token}\0", f"{token}\x01")
            places |= {
                (_token_group(token), item["sk"]["S"]) for item in found if item["sk"]["S"][_of_name(token) :] == name
            }
        for place in (*sorted(places), (_LISTINGS, name)):
            self._client.delete_item(TableName=self._table, Key=key(*place))

    def owe(self, names: Sequence[str]) -> None:
        """Note the pages of these packages as owed although no listing changed.

        Raises:
            Busy: others kept changing the same listing.
        """
        for name in names:
            self._change(name, partial(self._owing, name))

    def owed(self, limit: int) -> Sequence[Owed]:
        """Some of the packages whose pages are owed, in the order of names."""
        return [_owed(item) for item in self._query(_OWED, limit)]

    def settle(self, owed: Sequence[Owed]) -> None:
        """Note that these pages are written. What changed since stays owed."""
        for one in owed:
            try:
                self._client.delete_item(
                    TableName=self._table, Key=key(_OWED, one.name), **unmoved({"mark": text(one.mark)})
                )
            except self._client.exceptions.ConditionalCheckFailedException:
                continue

    def between(self, low: str, high: str, limit: int | None = None) -> Sequence[Posting]:
        """The first postings with low <= token < high, sorted by token."""
        check_range(low, high)
        # No sort key is equal to either: each has a NUL behind its token.
        found = self._query(_token_group(low), limit, low, high) if low < high else ()
        return [Posting(item["sk"]["S"].partition("\0")[0], _listing(item)) for item in found]

    def tokens(self, name: str) -> frozenset[str]:
        """Those under which the package is told."""
        kept = _kept(self._get(key(_LISTINGS, name)))
        return kept.tokens if kept else frozenset()

    def owned_by(self, owner: str) -> Sequence[Listing]:
        """The listings of one account's packages in the order of names."""
        return list(map(_listing, self._query(_owner_group(owner), None)))

    def _owing(self, name: str, row: Item | None, owed: Item | None) -> "list[TransactWriteItemTypeDef]":
        return [self._owe(name, owed, [_kept(row)])] if row else []

    def _change(
        self, name: str, writes: "Callable[[Item | None, Item | None], list[TransactWriteItemTypeDef]]"
    ) -> None:
        """Write what `writes` makes of the package's row and of what is owed for it; again if others were faster."""
        for _ in attempts(self._pause):
            wanted = writes(self._get(key(_LISTINGS, name)), self._get(key(_OWED, name)))
            if not wanted:
                return
            try:
                self._client.transact_write_items(TransactItems=wanted)
            except self._client.exceptions.TransactionCanceledException as cancelled:
                if not may_pass(cancelled):
                    raise
            else:
                return
        raise Busy(f"Others kept changing the listing of {name} at the same time. Try again.")

    def _row(self, name: str, row: Item | None, kept: _Kept | None) -> "Iterator[TransactWriteItemTypeDef]":
        """Replace or remove the row that was seen."""
        own = key(_LISTINGS, name)
        if kept:
            item = own | {
                "data": text(_json(to_json(kept.listing))),
                "tokens": text(_json(sorted(kept.tokens))),
                "mark": text(uuid4().hex),
            }
            item = checked(item, f"The listing of {name}")
            yield {"Put": {"TableName": self._table, "Item": item, **unmoved(row)}}
        else:
            yield {"Delete": {"TableName": self._table, "Key": own, **unmoved(row)}}

    def _owe(self, name: str, owed: Item | None, sides: Iterable[_Kept | None]) -> "TransactWriteItemTypeDef":
        """Add to what is owed the tokens and owners that the listing had and has."""
        known = _owed(owed) if owed else Owed(name, frozenset(), frozenset(), "")
        there = [side for side in sides if side]
        tokens = known.tokens.union(*(side.tokens for side in there))
        owners = known.owners.union(side.listing.owner for side in there)
        item = key(_OWED, name) | {
            "tokens": text(_json(sorted(tokens))),
            "owners": text(_json(sorted(owners))),
            "mark": text(uuid4().hex),
        }
        return {"Put": {"TableName": self._table, "Item": checked(item, f"What is owed for {name}"), **unmoved(owed)}}

    def _copies(self, row: Item | None, kept: _Kept | None) -> "Iterator[TransactWriteItemTypeDef]":
        """Put the copies of the listing that are new or another, and delete those that are none any more."""
        known = _kept(row)
        before, after = known.items if known else {}, kept.items if kept else {}
        for place in sorted(before.keys() - after.keys()):
            yield {"Delete": {"TableName": self._table, "Key": key(*place)}}
        for place, item in sorted(after.items()):
            if before.get(place) != item:
                yield {"Put": {"TableName": self._table, "Item": checked(item, f"A posting of {place[1]}")}}

    def _get(self, own: Item) -> Item | None:
        return self._client.get_item(TableName=self._table, Key=own, ConsistentRead=True).get("Item")

    def _query(self, group: str, limit: int | None, low: str = "", high: str = "") -> Iterator[Item]:
        """The first items of a group, or of a range of it, page by page as they are asked for."""
        between = (low, high) if high else None
        return items_under(self._client, self._table, group, limit=limit, between=between)


def _token_group(token: str) -> str:
    """Where all postings of tokens are that start like this one."""
    return f"tokens#{token[0]}"


def _of_name(token: str) -> int:
    """Where the name begins in the sort key of a posting."""
    return len(token) + len("\0") + _DIGITS


def _owner_group(owner: str) -> str:
    return f"listings-of#{owner}"


def _kept(row: Item | None) -> _Kept | None:
    return _Kept(_listing(row), frozenset(json.loads(row["tokens"]["S"]))) if row else None


def _listing(item: Item) -> Listing:
    return from_json(Listing, json.loads(item["data"]["S"]))


def _owed(item: Item) -> Owed:
    tokens, owners = (frozenset(json.loads(item[each]["S"])) for each in ("tokens", "owners"))
    return Owed(item["sk"]["S"], tokens, owners, item["mark"]["S"])


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False)
