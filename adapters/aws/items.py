"""Items of the one table, in DynamoDB's own JSON, and what they are called.

| item | pk | sk | group | member |
|---|---|---|---|---|
| event | stream | ``event#00000007`` | the first one: ``streams#<category>`` | stream |
| claim | ``claim#<claim>`` | ``claim`` | | |
| catalogue row | ``catalogue`` | name | ``owner#<account>`` | name |
| usage row | ``usage`` | name | | |
| usage summary | ``usage-summaries`` | name | | |
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

from collections.abc import Iterable
from typing import TYPE_CHECKING

from adapters.codec import encode
from domain.events import Event

if TYPE_CHECKING:
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


def _size(value: "AttributeValueTypeDef") -> int:
    return len(value["S"].encode()) if "S" in value else _NUMBER_BYTES
