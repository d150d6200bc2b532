"""Packages as lists show them. Pages have to stay light, so the more there are, the less is said of each."""

from collections.abc import Iterable, Sequence
from html import escape

from attrs import evolve, frozen

from domain.listing import Listing
from domain.wording import shortened

_LONGEST_SUMMARY = 100
_SHORTEST_SUMMARY = 30
_STEP = 10
_MARKUP_OF_A_TAG = 40


@frozen
class Row:
    """One package in a list.

    Attributes:
        name: canonical name.
        spelling: as its owner spells it.
        latest: the version shown; empty without files.
        summary: one line, maybe shortened or left out.
        updated: the day of the newest file, like ``2026-11-24``; empty without files.
        downloads: of the last 30 finished days.
        standing: what speaks against choosing it, in a word; empty if nothing.
    """

    name: str
    spelling: str
    latest: str
    summary: str
    updated: str
    downloads: int
    standing: str = ""


def row_of(listing: Listing) -> Row:
    """The row of a listing."""
    return Row(
        name=listing.name,
        spelling=listing.spelling,
        latest=listing.latest,
        summary=listing.summary,
        updated=listing.updated,
        downloads=listing.downloads,
        standing=listing.standing,
    )


def fitted(rows: Sequence[Row], budget: int, markup: int) -> tuple[Row, ...]:
    """The rows, with summaries as long as the budget allows; without any if nothing legible would be left of them.

    Names, versions and figures stay in any case. What speaks against packages goes if there is no room at all.

    Args:
        rows: in their order.
        budget: bytes of HTML that they may take together.
        markup: bytes of a row besides its texts.
    """
    if weight(rows, markup) > budget:
        rows = [evolve(row, standing="") for row in rows]
    longest = _summary_length(rows, budget - weight(rows, markup))
    return tuple(evolve(row, summary=shortened(row.summary, longest) if longest else "") for row in rows)


def weight(rows: Iterable[Row], markup: int) -> int:
    """Bytes of HTML that the rows take without summaries."""
    return sum(
        len(row.name)
        + len(row.spelling)
        + len(row.latest)
        + len(row.updated)
        + len(f"{row.downloads:,}")
        + markup
        + (len(row.standing) + _MARKUP_OF_A_TAG if row.standing else 0)
        for row in rows
    )


def _summary_length(rows: Sequence[Row], left: int) -> int:
    if left < 0:
        return 0
    for longest in range(_LONGEST_SUMMARY, _SHORTEST_SUMMARY - 1, -_STEP):
        if sum(_bytes(shortened(row.summary, longest)) for row in rows) <= left:
            return longest
    return 0


def _bytes(text: str) -> int:
    """In HTML."""
    return len(escape(text).encode(errors="replace"))
