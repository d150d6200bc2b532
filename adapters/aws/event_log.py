"""The streams in DynamoDB by their categories. What is new is told by the table's stream (`adapters.aws.stream`)."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from adapters.aws.items import BY_GROUP, streams_group, text

if TYPE_CHECKING:
    from types_boto3_dynamodb import DynamoDBClient


class DynamoEventLog:
    """An EventLog. A stream may be missing for some milliseconds after its first event, as indexes follow the table."""

    def __init__(self, client: "DynamoDBClient", table: str) -> None:
        self._client = client
        self._table = table

    def streams(self, category: str) -> Iterator[str]:
        """Every stream `<category>/...` that has events, in the order of names."""
        pages = self._client.get_paginator("query").paginate(
            TableName=self._table,
            IndexName=BY_GROUP,
            KeyConditionExpression="#group = :group",
            ProjectionExpression="#member",
            ExpressionAttributeNames={"#group": "group", "#member": "member"},
            ExpressionAttributeValues={":group": text(streams_group(category))},
        )
        return (item["member"]["S"] for page in pages for item in page["Items"])
