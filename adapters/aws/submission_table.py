"""Submissions in DynamoDB."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from adapters.aws.items import Item, checked, items_under, key, text
from adapters.submissions import decode_row, encode_row
from domain.ports.submission_table import SubmissionRow

if TYPE_CHECKING:
    from types_boto3_dynamodb import DynamoDBClient

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)
_DIGITS = 18
_END = 10**_DIGITS - 1


class DynamoSubmissionTable:
    """A SubmissionTable in the same table as the events."""

    def __init__(self, client: "DynamoDBClient", table: str) -> None:
        self._client = client
        self._table = table

    def put(self, row: SubmissionRow) -> None:
        """Keep the row, in the place of the one with the same id: who asked for it, and when, never changes.

        Raises:
            TooMuch: it is too big.
        """
        item = _key(row) | {"data": text(encode_row(row))}
        self._client.put_item(TableName=self._table, Item=checked(item, f"The submission {row.id}"))

    def get(self, like: SubmissionRow) -> SubmissionRow | None:
        """What is kept of this submission; None also if it is damaged."""
        item = self._client.get_item(TableName=self._table, Key=_key(like), ConsistentRead=True).get("Item")
        try:
            return decode_row(item["data"]["S"]) if item else None
        except ValueError:
            return None

    def forget(self, like: SubmissionRow) -> None:
        """Remove what is kept of this submission."""
        self._client.delete_item(TableName=self._table, Key=_key(like))

    def of(self, account: str, limit: int | None) -> Sequence[SubmissionRow]:
        """The newest of an account, newest first; ties by id."""
        found = items_under(self._client, self._table, _group(account), limit=limit)
        return [decode_row(item["data"]["S"]) for item in found]


def _key(row: SubmissionRow) -> Item:
    return key(_group(row.account), f"{_place(row.at)}#{row.id}")


def _group(account: str) -> str:
    return f"submissions-of#{account}"


def _place(at: datetime) -> str:
    """Sorts what is newer first."""
    return f"{_END - (at - _EPOCH) // _MICROSECOND:0{_DIGITS}}"
