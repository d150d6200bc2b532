"""Figures of the product beside those of its peers, as a Markdown table that says where it is not ahead."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

PRODUCT = "sls-pypi"
_NONE = "-"
_CLOSE = 1.0


class Row(NamedTuple):
    """One thing that was measured of several programs.

    Attributes:
        what: in words.
        unit: of the figures.
        figures: by program; one that is missing was not measured.
        less: whether less is better, as of seconds; otherwise more is, as of pages a second.
    """

    what: str
    unit: str
    figures: Mapping[str, float]
    less: bool = False

    def times(self, peer: str) -> float | None:
        """How many times better than the peer the product is; None where one of the two was not measured."""
        ours, theirs = self.figures.get(PRODUCT), self.figures.get(peer)
        if not ours or not theirs:
            return None
        return theirs / ours if self.less else ours / theirs


def table(rows: Sequence[Row], peers: Sequence[str], limits: Sequence[str] = ()) -> str:
    """The rows, each figure of another program with how many times better the product is, and who is ahead of it.

    Args:
        rows: in their order.
        peers: programs that do the same, to be ahead of.
        limits: programs that do less, which show what the machine can do.

    Returns:
        Lines of Markdown; nothing if there is no row.
    """
    if not rows:
        return ""
    others = (*peers, *limits)
    head = ("", "unit", PRODUCT, *peers, *(f"{name} (limit)" for name in limits), "ahead")
    lines = [head, ("---", "---", *["---:"] * (len(others) + 1), "---")]
    for row in rows:
        cells = (_cell(row, name) for name in others)
        lines.append((row.what, row.unit, number(row.figures.get(PRODUCT)), *cells, verdict(row, peers)))
    return "".join(f"| {' | '.join(line)} |\n" for line in lines)


def verdict(row: Row, peers: Sequence[str]) -> str:
    """Whether the product is ahead of all peers that were measured, or of whom it is not."""
    times = {name: found for name in peers if (found := row.times(name)) is not None}
    if not times:
        return _NONE
    behind = [name for name, found in times.items() if found < _CLOSE]
    return f"**not of {', '.join(behind)}**" if behind else "yes"


def number(value: float | None) -> str:
    """A figure with three digits that mean something, or more of large ones."""
    if value is None:
        return _NONE
    if value >= 100:
        return f"{value:,.0f}"
    return f"{value:.1f}" if value >= 10 else f"{value:.2f}" if value >= 0.1 else f"{value:.3f}"


def _cell(row: Row, name: str) -> str:
    times = row.times(name)
    ratio = "" if times is None else f" ({times:,.0f} times)" if times >= 100 else f" ({times:.2g} times)"
    return f"{number(row.figures.get(name))}{ratio}"
