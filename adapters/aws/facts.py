"""Facts of repositories in DynamoDB."""

from collections.abc import Mapping, Sequence
from itertools import islice
from typing import TYPE_CHECKING

from adapters.aws.items import Item, items_in, key, text
from adapters.heard import decode_heard, encode_heard, moment
from domain.ports.facts import Heard

if TYPE_CHECKING:
    from types_boto3_dynamodb import DynamoDBClient

_FACTS = "facts"
_FOLLOWER = "follower"


class DynamoFactsTable:
    """A FactsTable in the same table as the events."""

    def __init__(self, client: "DynamoDBClient", table: str) -> None:
        self._client = client
        self._table = table

    def get(self, full_name: str) -> Heard | None:
        """What is known; None if nobody wanted to know."""
        answer = self._client.get_item(TableName=self._table, Key=_facts_key(full_name), ConsistentRead=True)
        item = answer.get("Item")
        return decode_heard(item["data"]["S"]) if item else None

    def put(self, full_name: str, heard: Heard) -> None:
        """Keep it in place of what was known."""
        item = _facts_key(full_name) | {
            "data": text(encode_heard(heard)),
            "group": text(_FACTS),
            "member": text(f"{moment(heard)}#{full_name.lower()}"),
        }
        self._client.put_item(TableName=self._table, Item=item)

    def forget(self, full_name: str) -> None:
        """Know nothing of the repository any more; harmless if nothing was known."""
        self._client.delete_item(TableName=self._table, Key=_facts_key(full_name))

    def oldest(self, limit: int) -> Mapping[str, Heard]:
        """What is known of the repositories that were asked for longest ago, those first."""
        found = islice(items_in(self._client, self._table, _FACTS), limit)
        return {item["member"]["S"].partition("#")[2]: decode_heard(item["data"]["S"]) for item in found}

    def follow(self, package: str, full_name: str | None) -> None:
        """The pages of this package show this repository and no other; None for none at all."""
        own = key(f"{_FOLLOWER}#{package}", _FOLLOWER)
        if full_name is None:
            self._client.delete_item(TableName=self._table, Key=own)
            return
        item = own | {"group": text(_followers_group(full_name)), "member": text(package)}
        self._client.put_item(TableName=self._table, Item=item)

    def followers(self, full_name: str) -> Sequence[str]:
        """The packages whose pages show the repository, in the order of names."""
        return [item["member"]["S"] for item in items_in(self._client, self._table, _followers_group(full_name))]


def _facts_key(full_name: str) -> Item:
    return key(f"{_FACTS}#{full_name.lower()}", _FACTS)


def _followers_group(full_name: str) -> str:
    return f"followers#{full_name.lower()}"
