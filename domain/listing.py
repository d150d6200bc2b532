"""What lists and search results say about a package."""

from datetime import UTC

from domain.ports.catalogue import Entry
from domain.ports.directory import Listing
from domain.views.lists import shortened

_LONGEST_SUMMARY = 80
_STEPS = (5, 2, 1)


def listing_of(entry: Entry, last_30_days: int) -> Listing | None:
    """The package's listing; None if lists do not show it.

    Args:
        entry: the package's row.
        last_30_days: its downloads of the last finished days.
    """
    if not entry.listed:
        return None
    return Listing(
        name=entry.name,
        spelling=entry.spelling,
        owner=entry.owner,
        latest=entry.latest or "",
        summary=shortened(_printable(entry.summary), _LONGEST_SUMMARY),
        updated=entry.updated.astimezone(UTC).date().isoformat() if entry.updated else "",
        downloads=rounded_down(last_30_days),
        standing=entry.standing,
    )


def rounded_down(figure: int) -> int:
    """To 1, 2 or 5 times a power of ten: each night changes all figures, and few of these."""
    if figure <= 0:
        return 0
    power: int = 10 ** (len(str(figure)) - 1)
    return next(step * power for step in _STEPS if step * power <= figure)


def _printable(text: str) -> str:
    return "".join(char if char.isprintable() else " " for char in text)
