"""Items of the one table, in DynamoDB's own JSON, and what they are called.

| item | pk | sk | group | member |
|---|---|---|---|---|
| event | stream | ``event#00000007`` | the first one: ``streams#<category>`` | stream |
| claim | ``claim#<claim>`` | ``claim`` | | |
| catalogue row | ``catalogue`` | name | ``owner#<account>`` | name |
| usage row | ``usage`` | name | | |
| usage summary | ``usage-summaries`` | name | | |
| usage in brief | ``usage-briefs`` | name | | |
| listing | ``listings`` | name | | |
| listing of an account | ``listings-of#<account>`` | name | | |
| posting | ``tokens#<the token's first character>`` | token, NUL, 18 digits (10^18 - 1 - downloads), name | | |
| what is owed | ``owed`` | name | | |
| needs of a package | ``needs`` | name | | |
| needs on a package | ``dependents#<what is needed>`` | name of what needs it | | |
| who may trust a project | ``trust#<kind>#<owner/name>`` | account | | |
| session | ``session#<key>`` | ``session`` | | |
| facts of a repository | ``facts#<owner/name>`` | ``facts`` | ``facts`` | ``<when it was asked for>#<owner/name>`` |
| submission | ``submissions-of#<account>`` | 18 digits (10^18 - 1 - microseconds since 1970), ``#``, id | | |
| follower of one | ``follower#<package>`` | ``follower`` | ``followers#<owner/name>`` | package |

`group` and `member` are the keys of the index `by-group`. Its answers may be milliseconds old; those of the table never
are, as all of its readers ask for consistent ones.
"""

from collections.abc import Iterable, Iterator, Mapping
from itertools import islice
from typing import TYPE_CHECKING, Any

from adapters.codec import encode
from domain.events import Event

if TYPE_CHECKING:
    from types_boto3_dynamodb import DynamoDBClient
    from types_boto3_dynamodb.type_defs import AttributeValueTypeDef

BY_GROUP = "by-group"
EVENT = "event#"

_MOST_BYTES = 400 * 1024
_NUMBER_BYTES = 21  # at most

Item = dict[str, "AttributeValueTypeDef"]


class TooMuch(ValueError):
    """More than DynamoDB takes at once; the text says what."""


def text(value: str) -> "AttributeValueTypeDef":
    """A string as an attribute."""
    return {"S": value}


def number(value: int) -> "AttributeValueTypeDef":
    """A whole number as an attribute."""
    return {"N": str(value)}


def key(pk: str, sk: str) -> Item:
    """The key of an item."""
    return {"pk": text(pk), "sk": text(sk)}


def items_under(
    client: "DynamoDBClient",
    table: str,
    pk: str,
    *,
    limit: int | None = None,
    between: tuple[str, str] | None = None,
    attribute: str | None = None,
) -> Iterator[Item]:
    """The items with this pk in the order of their sk, page by page as they are asked for.

    Args:
        client: of DynamoDB.
        table: its name.
        pk: what they have in common.
        limit: how many at most; None for all.
        between: the first and the last sk; None for all.
        attribute: the only one to read; None for all.
    """
    values = {":pk": text(pk)} | ({":low": text(between[0]), ":high": text(between[1])} if between else {})
    pages = client.get_paginator("query").paginate(
        TableName=table,
        ConsistentRead=True,
        KeyConditionExpression="pk = :pk" + (" AND sk BETWEEN :low AND :high" if between else ""),
        ExpressionAttributeValues=values,
        PaginationConfig={} if limit is None else {"PageSize": limit},
        **_reading(attribute),
    )
    return islice((item for page in pages for item in page["Items"]), limit)


def items_in(client: "DynamoDBClient", table: str, group: str, *, attribute: str | None = None) -> Iterator[Item]:
    """The items of a group in the order of their members, as `items_under`."""
    pages = client.get_paginator("query").paginate(
        TableName=table,
        IndexName=BY_GROUP,
        KeyConditionExpression="#group = :group",
        ExpressionAttributeValues={":group": text(group)},
        **_reading(attribute, {"#group": "group"}),
    )
    return (item for page in pages for item in page["Items"])


def event_key(stream: str, version: int) -> Item:
    """The key of the event after which the stream has this version."""
    return key(stream, f"{EVENT}{version:08}")


def claim_key(claim: str) -> Item:
    """The key of a claim."""
    return key(f"claim#{claim}", "claim")


def streams_group(category: str) -> str:
    """The group of all streams of a category."""
    return f"streams#{category}"


def owner_group(owner: str) -> str:
    """The group of all packages of an account."""
    return f"owner#{owner}"


def event_item(stream: str, version: int, event: Event, last: int, append: str) -> Item:
    """An event as it is stored.

    Args:
        stream: where it belongs.
        version: the stream's version after it.
        event: what happened.
        last: the stream's version after all events of the same append. Who sees one of them knows how many there are.
        append: identifies the append, so that whoever made it recognises it.

    Raises:
        TooMuch: the event is too big.
    """
    type_name, schema, data = encode(event)
    item = event_key(stream, version) | {
        "type": text(type_name),
        "schema": number(schema),
        "data": text(data),
        "last": number(last),
        "append": text(append),
    }
    category, slash, _ = stream.partition("/")
    if version == 1 and slash:
        item |= {"group": text(streams_group(category)), "member": text(stream)}
    return checked(item, f"An event {type_name} of {stream}")


def checked(item: Item, what: str) -> Item:
    """The item, which DynamoDB will not find too big.

    Raises:
        TooMuch: it is.
    """
    size = size_of([item])
    if size > _MOST_BYTES:
        raise TooMuch(f"{what} takes {size} bytes, and DynamoDB keeps at most {_MOST_BYTES} together. Make it smaller.")
    return item


def size_of(items: Iterable[Item]) -> int:
    """About how many bytes DynamoDB counts; never too few."""
    return sum(len(name.encode()) + _size(value) for item in items for name, value in item.items())


def _reading(attribute: str | None, names: Mapping[str, str] | None = None) -> dict[str, Any]:
    """How a query says what it reads; `names` are those of attributes that it speaks of besides."""
    if attribute is not None:
        names = {**(names or {}), "#attribute": attribute}
    said: dict[str, Any] = {"ExpressionAttributeNames": names} if names else {}
    return said if attribute is None else said | {"ProjectionExpression": "#attribute"}


def _size(value: "AttributeValueTypeDef") -> int:
    return len(value["S"].encode()) if "S" in value else _NUMBER_BYTES
