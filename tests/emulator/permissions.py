"""What AWS looks at when it decides whether somebody may do something, and MiniStack does not (see start.py)."""

import json
import re
from collections.abc import Callable, Iterator
from typing import Any

from ministack.core import iam_actions
from ministack.services import dynamodb

# What policies call an operation that repeats another one.
REPEATED = {
    "sns:PublishBatch": "sns:Publish",
    "sqs:ChangeMessageVisibilityBatch": "sqs:ChangeMessageVisibility",
    "sqs:DeleteMessageBatch": "sqs:DeleteMessage",
    "sqs:SendMessageBatch": "sqs:SendMessage",
}
EQUALS = re.compile(r"([#\w]+)\s*=\s*(:\w+)")


def without_batches(action: Callable[..., str | None]) -> Callable[..., str | None]:
    """On AWS there is no action for a batch: who may send one message may send ten."""

    def named(*arguments: Any) -> str | None:
        name = action(*arguments)
        return REPEATED.get(name, name) if name else name

    return named


def with_leading_keys(context: Callable[[bytes], dict[str, Any]]) -> Callable[[bytes], dict[str, Any]]:
    """On AWS a policy may say which partition keys it is about (`dynamodb:LeadingKeys`)."""

    def described(body: bytes) -> dict[str, Any]:
        keys = list(leading_keys(json.loads(body or b"{}")))
        return context(body) | ({"dynamodb:LeadingKeys": keys} if keys else {})

    return described


def leading_keys(request: dict[str, Any]) -> Iterator[str]:
    """The values of the partition keys that a request names."""
    for item in request.get("TransactItems", []):
        for operation in item.values():
            yield from leading_keys(operation)
    for table, wanted in request.get("RequestItems", {}).items():
        items = wanted["Keys"] if isinstance(wanted, dict) else [next(iter(one.values())) for one in wanted]
        for item in items:
            yield from leading_keys({"TableName": table, "Key": item.get("Item") or item.get("Key") or item})
    name = partition_key(request.get("TableName", ""), request.get("IndexName"))
    value = (request.get("Key") or request.get("Item") or {}).get(name)
    if value is None:
        names, values = request.get("ExpressionAttributeNames", {}), request.get("ExpressionAttributeValues", {})
        compared = dict(EQUALS.findall(request.get("KeyConditionExpression", "")))
        value = next((values.get(to) for left, to in compared.items() if names.get(left, left) == name), None)
    if value:
        yield next(iter(value.values()))


def partition_key(table: str, index: str | None) -> str | None:
    """The name of a table's, or of an index's, partition key."""
    found = dynamodb._tables.get(table.rpartition("/")[2]) or {}
    schemas: dict[str | None, list[dict[str, str]]] = {None: found.get("KeySchema", [])}
    schemas |= {one["IndexName"]: one["KeySchema"] for one in found.get("GlobalSecondaryIndexes") or []}
    return next((key["AttributeName"] for key in schemas.get(index, []) if key["KeyType"] == "HASH"), None)


def patch() -> None:
    """Decide as AWS does."""
    iam_actions.extract_iam_action = without_batches(iam_actions.extract_iam_action)
    iam_actions.dynamodb_service_context = with_leading_keys(iam_actions.dynamodb_service_context)
