"""Usage rows in DynamoDB."""

import json
from collections.abc import Iterator
from typing import TYPE_CHECKING

from adapters.aws.items import Item, checked, items_under, key, number, text
from adapters.records import from_json, to_json
from adapters.usage_totals import totals_of
from domain.usage_sums import UsageRow, UsageSummary, UsageTotals, added

if TYPE_CHECKING:
    from types_boto3_dynamodb import DynamoDBClient

_USAGE = "usage"
_SUMMARIES = "usage-summaries"
_EMPTY = UsageSummary()


class DynamoUsageTable:
    """A UsageTable in the same table as the events; `rebuild` derives it again.

    Summaries are items of their own, so that nobody pays for reading them with the rows.
    """

    def __init__(self, client: "DynamoDBClient", table: str) -> None:
        self._client = client
        self._table = table

    def put(self, row: UsageRow, summary: UsageSummary) -> None:
        """Keep both, each unless a newer one is there."""
        stamp = {"stamp": text(row.stamp)}
        data = "" if summary == _EMPTY else json.dumps(to_json(summary), ensure_ascii=False, separators=(",", ":"))
        self._put(
            key(_USAGE, row.name)
            | stamp
            | {
                "total": number(row.total),
                "last_30_days": number(row.last_30_days),
                "latest": text(row.latest),
            }
        )
        self._put(checked(key(_SUMMARIES, row.name) | stamp | {"data": text(data)}, f"The usage of {row.name}"))

    def forget(self, name: str) -> None:
        """Remove row and summary, whatever they say."""
        for kind in (_USAGE, _SUMMARIES):
            self._client.delete_item(TableName=self._table, Key=key(kind, name))

    def rows(self) -> Iterator[UsageRow]:
        """All rows in the order of names."""
        return (_row(item) for item in self._items(_USAGE))

    def totals(self, most: int) -> UsageTotals:
        """The rows added up, and this number of those with most downloads."""
        return totals_of(self.rows(), most)

    def summaries(self) -> Iterator[tuple[str, UsageSummary]]:
        """The summaries that say anything, in the order of names."""
        kept = ((item["sk"]["S"], item["data"]["S"]) for item in self._items(_SUMMARIES))
        return ((name, from_json(UsageSummary, json.loads(data))) for name, data in kept if data)

    def summed(self) -> UsageSummary:
        """All summaries added up."""
        return added(summary for _, summary in self.summaries())

    def _put(self, item: Item) -> None:
        try:
            self._client.put_item(
                TableName=self._table,
                Item=item,
                ConditionExpression="attribute_not_exists(pk) OR stamp <= :stamp",
                ExpressionAttributeValues={":stamp": item["stamp"]},
            )
        except self._client.exceptions.ConditionalCheckFailedException:
            return

    def _items(self, kind: str) -> Iterator[Item]:
        return items_under(self._client, self._table, kind)


def _row(item: Item) -> UsageRow:
    return UsageRow(
        name=item["sk"]["S"],
        stamp=item["stamp"]["S"],
        total=int(item["total"]["N"]),
        last_30_days=int(item["last_30_days"]["N"]),
        latest=item["latest"]["S"],
    )
