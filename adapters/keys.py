"""What a key of objects and blobs may look like, so that every world keeps it."""

import re

from domain.ports.secrets import is_identifier

_LONGEST_KEY = 1024  # bytes; S3
# At most 255 bytes, for file systems. A leading dot would be hidden from listings, and covers `.` and `..`.
_A_PART = rb"[^./\0][^/\0]{0,254}"
_PART = re.compile(_A_PART)
_KEY = re.compile(_A_PART + rb"(?:/" + _A_PART + rb")*")


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
    encoded = _bytes(key)
    return len(encoded) <= _LONGEST_KEY and _KEY.fullmatch(encoded) is not None


def check_identifier(text: str) -> None:
    """An identifier is what `Secrets.identifier` makes, and may be a part of any key.

    Raises:
        InvalidKey: it is none.
    """
    if not is_identifier(text):
        raise InvalidKey(f"{text!r} is no identifier")


def order_of(key: str) -> bytes:
    """Sorts keys as S3 does: by their bytes."""
    return key.encode()


def is_part(part: str) -> bool:
    """Whether this can stand between the slashes of a key."""
    return _PART.fullmatch(_bytes(part)) is not None


def _bytes(text: str) -> bytes:
    """Nothing, which is no part and no key, if it is no Unicode."""
    try:
        return text.encode()
    except UnicodeEncodeError:
        return b""
