"""Asking for many items at once."""

from collections.abc import Iterable, Iterator, Mapping
from itertools import islice
from typing import TYPE_CHECKING

from adapters.aws.items import Item
from adapters.aws.retrying import Sleep, attempts
from adapters.aws.transactions import Busy

if TYPE_CHECKING:
    from types_boto3_dynamodb import DynamoDBClient
    from types_boto3_dynamodb.type_defs import KeysAndAttributesUnionTypeDef

_MOST_KEYS = 100


def items_at(
    client: "DynamoDBClient", table: str, keys: Iterable[Item], pause: Sleep, *, attribute: str | None = None
) -> Iterator[Item]:
    """The items that there are under these keys, in any order, a hundred with each question.

    Args:
        client: of DynamoDB.
        table: its name.
        keys: none of them twice.
        pause: called with seconds, where the table leaves some questions open.
        attribute: the only one to read; None for all.

    Raises:
        Busy: the table kept leaving some questions open.
    """
    left = iter(keys)
    while some := list(islice(left, _MOST_KEYS)):
        question: KeysAndAttributesUnionTypeDef = {"Keys": some, "ConsistentRead": True}
        if attribute is not None:
            question["ProjectionExpression"] = attribute
        yield from _items(client, table, question, pause)


def _items(
    client: "DynamoDBClient", table: str, question: "KeysAndAttributesUnionTypeDef", pause: Sleep
) -> Iterator[Item]:
    wanted: Mapping[str, KeysAndAttributesUnionTypeDef] = {table: question}
    for _ in attempts(pause):
        answer = client.batch_get_item(RequestItems=wanted)
        yield from answer["Responses"].get(table, ())
        wanted = answer["UnprocessedKeys"]
        if not wanted:
            return
    raise Busy(f"The table {table} has too much to do. Try again.")
