"""What a key of objects and blobs may look like, so that every world keeps it."""

import math
import re

_LONGEST_KEY = 1024  # bytes; S3
_LONGEST_PART = 255  # bytes; file systems
_IDENTIFIER = re.compile(r"[a-z0-9][a-z0-9_-]{0,63}")


class InvalidKey(ValueError):
    """No world could keep this, or a folder would keep it somewhere else."""


def check_key(key: str) -> None:
    """A key is a relative URL path: parts that are visible names, joined by single slashes.

    Raises:
        InvalidKey: it is not.
    """
    if not is_key(key):
        raise InvalidKey(f"{key!r} is no key")


def is_key(key: str) -> bool:
    """Whether something can be kept under this key."""
    return "\0" not in key and _bytes(key) <= _LONGEST_KEY and all(is_part(part) for part in key.split("/"))


def check_identifier(text: str) -> None:
    """An identifier is what `Secrets.identifier` makes, and may be a part of any key.

    Raises:
        InvalidKey: it is none.
    """
    if not is_identifier(text):
        raise InvalidKey(f"{text!r} is no identifier")


def is_identifier(text: str) -> bool:
    """Whether this may have been made by `Secrets.identifier`."""
    return _IDENTIFIER.fullmatch(text) is not None


def order_of(key: str) -> bytes:
    """Sorts keys as S3 does: by their bytes."""
    return key.encode()


def is_part(part: str) -> bool:
    """Whether this can stand between the slashes of a key."""
    # A leading dot would be hidden from listings, and covers `.` and `..`.
    return part[:1] not in {"", "."} and _bytes(part) <= _LONGEST_PART


def _bytes(text: str) -> float:
    try:
        return len(text.encode())
    except UnicodeEncodeError:
        return math.inf
