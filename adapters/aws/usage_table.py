"""Usage rows in DynamoDB."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from adapters.aws.items import Item, key, number, text
from domain.ports.usage_table import UsageRow

if TYPE_CHECKING:
    from types_boto3_dynamodb import DynamoDBClient

_USAGE = "usage"


class DynamoUsageTable:
    """A UsageTable in the same table as the events; `rebuild` derives it again."""

    def __init__(self, client: "DynamoDBClient", table: str) -> None:
        self._client = client
        self._table = table

    def put(self, row: UsageRow) -> None:
        """Keep the row unless a row with a greater stamp is there."""
        item = key(_USAGE, row.name) | {
            "stamp": text(row.stamp),
            "total": number(row.total),
            "last_30_days": number(row.last_30_days),
            "latest": text(row.latest),
        }
        try:
            self._client.put_item(
                TableName=self._table,
                Item=item,
                ConditionExpression="attribute_not_exists(pk) OR stamp <= :stamp",
                ExpressionAttributeValues={":stamp": text(row.stamp)},
            )
        except self._client.exceptions.ConditionalCheckFailedException:
            return

    def rows(self) -> Iterator[UsageRow]:
        """All rows in the order of names."""
        pages = self._client.get_paginator("query").paginate(
            TableName=self._table,
            ConsistentRead=True,
            KeyConditionExpression="pk = :usage",
            ExpressionAttributeValues={":usage": text(_USAGE)},
        )
        return (_row(item) for page in pages for item in page["Items"])


def _row(item: Item) -> UsageRow:
    return UsageRow(
        name=item["sk"]["S"],
        stamp=item["stamp"]["S"],
        total=int(item["total"]["N"]),
        last_30_days=int(item["last_30_days"]["N"]),
        latest=item["latest"]["S"],
    )
