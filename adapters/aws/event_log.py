"""The streams in DynamoDB by their categories. What is new is told by the table's stream (`adapters.aws.stream`)."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from adapters.aws.items import items_in, streams_group

if TYPE_CHECKING:
    from types_boto3_dynamodb import DynamoDBClient


class DynamoEventLog:
    """An EventLog. A stream may be missing for some milliseconds after its first event, as indexes follow the table."""

    def __init__(self, client: "DynamoDBClient", table: str) -> None:
        self._client = client
        self._table = table

    def streams(self, category: str) -> Iterator[str]:
        """Every stream `<category>/...` that has events, in the order of names."""
        found = items_in(self._client, self._table, streams_group(category), attribute="member")
        return (item["member"]["S"] for item in found)
