"""Moments as JSON, feeds and text say them: RFC 3339, in UTC."""

from datetime import UTC, datetime
from functools import lru_cache


def timestamp(at: datetime) -> str:
    """Always with microseconds, as the Simple API wants them (PEP 700)."""
    return _written(at, "microseconds")


def in_seconds(at: datetime) -> str:
    """As Atom and GitHub write them."""
    return _written(at, "seconds")


@lru_cache(maxsize=1024)
def _written(at: datetime, precision: str) -> str:
    """Remembered, as each publication of a file tells the times of all others of its package, on several pages."""
    return f"{at.astimezone(UTC).replace(tzinfo=None).isoformat(timespec=precision)}Z"
