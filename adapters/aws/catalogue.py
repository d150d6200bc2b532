"""The catalogue's rows in DynamoDB."""

import json
from collections.abc import Iterator
from typing import TYPE_CHECKING

from adapters.aws.items import Item, checked, items_in, items_under, key, number, owner_group, text
from adapters.listed import listed_of
from adapters.records import from_json, to_json
from domain.listing import Entry, Listed

if TYPE_CHECKING:
    from types_boto3_dynamodb import DynamoDBClient

_CATALOGUE = "catalogue"


class DynamoCatalogue:
    """A Catalogue in the same table as the events; `rebuild` derives it again.

    `listed` reads one attribute of each item, which says it in brief. What `owned_by` says may be some milliseconds
    old, as indexes follow the table.
    """

    def __init__(self, client: "DynamoDBClient", table: str) -> None:
        self._client = client
        self._table = table

    def put(self, entry: Entry) -> None:
        """Keep the row unless a row of a newer stream version is there.

        Raises:
            TooMuch: it is too big.
        """
        item = key(_CATALOGUE, entry.name) | {
            "stream_version": number(entry.stream_version),
            "data": text(json.dumps(to_json(entry), ensure_ascii=False)),
            "listed": text(json.dumps(listed_of(entry))),
            "group": text(owner_group(entry.owner)),
            "member": text(entry.name),
        }
        try:
            self._client.put_item(
                TableName=self._table,
                Item=checked(item, f"The row of {entry.name}"),
                ConditionExpression="attribute_not_exists(pk) OR stream_version <= :version",
                ExpressionAttributeValues={":version": number(entry.stream_version)},
            )
        except self._client.exceptions.ConditionalCheckFailedException:
            return

    def forget(self, name: str) -> None:
        """Remove the row, whatever it says."""
        self._client.delete_item(TableName=self._table, Key=key(_CATALOGUE, name))

    def get(self, name: str) -> Entry | None:
        """The row of one package."""
        item = self._client.get_item(TableName=self._table, Key=key(_CATALOGUE, name), ConsistentRead=True).get("Item")
        return _entry(item) if item else None

    def entries(self) -> Iterator[Entry]:
        """All rows in the order of names, rows of unlisted packages too."""
        return map(_entry, self._items("data"))

    def names(self) -> Iterator[str]:
        """The names of what is listed, in their order."""
        return (one.name for one in self.listed())

    def listed(self) -> Iterator[Listed]:
        """What is listed, in the order of names."""
        items = list(self._items("listed"))
        if all(items):
            said = (json.loads(item["listed"]["S"]) for item in items)
            return (Listed(*values) for values in said if values)
        # Older software wrote some of the rows, which are about to be derived again.
        return filter(None, map(listed_of, self.entries()))

    def owned_by(self, owner: str) -> Iterator[Entry]:
        """The rows of one account's packages in the order of names."""
        return map(_entry, items_in(self._client, self._table, owner_group(owner)))

    def _items(self, attribute: str) -> Iterator[Item]:
        """One attribute of each row, in the order of names; nothing where a row has none."""
        return items_under(self._client, self._table, _CATALOGUE, attribute=attribute)


def _entry(item: Item) -> Entry:
    return from_json(Entry, json.loads(item["data"]["S"]))
