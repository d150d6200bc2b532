"""Writing many items at once or none: what DynamoDB takes, and which refusals may be over at the next attempt."""

import errno
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, Literal, NotRequired, TypedDict, cast

from botocore.exceptions import ClientError

from adapters.aws.items import Item

if TYPE_CHECKING:
    from types_boto3_dynamodb.type_defs import AttributeValueTypeDef

MOST_ITEMS = 100

_PASSING = frozenset(
    {"None", "ConditionalCheckFailed", "TransactionConflict", "ThrottlingError", "ProvisionedThroughputExceeded"}
)


class Condition(TypedDict):
    """Parameters of a write that happens only under a condition."""

    ConditionExpression: str
    ExpressionAttributeNames: NotRequired[Mapping[str, str]]
    ExpressionAttributeValues: NotRequired[Mapping[str, "AttributeValueTypeDef"]]
    ReturnValuesOnConditionCheckFailure: NotRequired[Literal["ALL_OLD", "NONE"]]


class Busy(OSError):
    """Others were in the way each time. Nothing has changed, and it may be tried again."""

    def __init__(self, text: str) -> None:
        """Told apart from other faults like a database on one machine that stays locked: by its number."""
        super().__init__(errno.ETIMEDOUT, text)


def may_pass(cancelled: ClientError) -> bool:
    """Whether the transaction was cancelled only because others were in its way, or faster."""
    reasons: Sequence[Mapping[str, str]] = cast("Any", cancelled.response).get("CancellationReasons", ())
    return {reason.get("Code", "None") for reason in reasons} <= _PASSING


def unmoved(item: Item | None) -> Condition:
    """The condition that an item with a mark is as it was seen: of that mark, or not there."""
    if item is None:
        return {"ConditionExpression": "attribute_not_exists(pk)"}
    return {
        "ConditionExpression": "#mark = :mark",
        "ExpressionAttributeNames": {"#mark": "mark"},
        "ExpressionAttributeValues": {":mark": item["mark"]},
    }
