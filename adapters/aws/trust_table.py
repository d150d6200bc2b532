"""Who may trust a project elsewhere, in DynamoDB."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from adapters.aws.items import items_under, key
from domain.identity_claims import Kind

if TYPE_CHECKING:
    from types_boto3_dynamodb import DynamoDBClient


class DynamoTrustTable:
    """A TrustTable in the same table as the events."""

    def __init__(self, client: "DynamoDBClient", table: str) -> None:
        self._client = client
        self._table = table

    def note(self, kind: Kind, project: str, account: str) -> None:
        """The account with this key is about to trust the project; harmless if that is known."""
        self._client.put_item(TableName=self._table, Item=key(_group(kind, project), account))

    def accounts(self, kind: Kind, project: str) -> Sequence[str]:
        """The keys of the accounts that were about to, sorted."""
        return [item["sk"]["S"] for item in items_under(self._client, self._table, _group(kind, project))]


def _group(kind: Kind, project: str) -> str:
    return f"trust#{kind.value}#{project.lower()}"
