"""What a key of objects and blobs may look like, so that every world keeps it."""

_LONGEST_KEY = 1024  # bytes; S3
_LONGEST_PART = 255  # bytes; file systems


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
    try:
        if len(key.encode()) > _LONGEST_KEY:
            return False
    except UnicodeEncodeError:
        return False
    return "\0" not in key and all(_is_part(part) for part in key.split("/"))


def order_of(key: str) -> bytes:
    """Sorts keys as S3 does: by their bytes."""
    return key.encode()


def _is_part(part: str) -> bool:
    # A leading dot would be hidden from listings, and covers `.` and `..`.
    return bool(part) and not part.startswith(".") and len(part.encode()) <= _LONGEST_PART
