"""What the table's stream tells of its items."""

from collections.abc import Mapping
from typing import Any

from adapters.codec import decode
from domain.events import Recorded


def recorded_in(image: Mapping[str, Mapping[str, Any]]) -> Recorded:
    """The event in a new image of the stream, in DynamoDB's own JSON: ``{"pk": {"S": "package/frob"}, ...}``.

    Raises:
        Unreadable: a newer version of this software stored it, or it is damaged.
        KeyError: the item is no event.
    """
    event = decode(image["type"]["S"], int(image["schema"]["N"]), image["data"]["S"])
    return Recorded(image["pk"]["S"], int(image["sk"]["S"].removeprefix("event#")), event)
