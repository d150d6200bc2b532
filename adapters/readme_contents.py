"""The table of contents of a description."""

from collections.abc import Collection, Sequence
from typing import Final

from attrs import frozen

_FEWEST: Final = 3
_MOST_OPEN: Final = 12
_LEVELS: Final = 2
# What authors and docutils call their own.
_THEIRS: Final = frozenset({"readme-contents", "readme-table-of-contents", "readme-toc"})


@frozen
class Heading:
    """A heading; `level` is that of HTML, `target` an id on the page, `words` are escaped."""

    level: int
    target: str
    words: str


def contents(headings: Sequence[Heading], ids: Collection[str]) -> str:
    """Links to the headings of the two upper levels; empty if there are few, or the description has its own."""
    if len(headings) < _FEWEST or not _THEIRS.isdisjoint(ids):
        return ""
    shown = _without_title(headings)
    top = min(heading.level for heading in shown)
    entries = [heading for heading in shown if heading.level < top + _LEVELS]
    opened = " open" if len(entries) <= _MOST_OPEN else ""
    links = "".join(_entry(heading.level - top, before, heading) for before, heading in _pairs(entries, top))
    closed = "</ul>" * (1 + entries[-1].level - top)
    # Its direction is its own, as otherwise our word before the description would decide that of all.
    return (
        f'<nav class="contents" aria-label="Contents of the README" dir="auto">'
        f"<details{opened}><summary>Contents</summary>\n"
        f"<ul>{links}{closed}\n</details></nav>\n"
    )


def _without_title(headings: Sequence[Heading]) -> Sequence[Heading]:
    """All but the first, if that stands above all others."""
    first, *others = headings
    return others if all(other.level > first.level for other in others) else headings


def _pairs(entries: Sequence[Heading], top: int) -> list[tuple[int, Heading]]:
    """Each entry with the depth of the one before it."""
    depths = [0, *(entry.level - top for entry in entries)]
    return list(zip(depths, entries, strict=False))


def _entry(depth: int, before: int, heading: Heading) -> str:
    between = "<ul>" if depth > before else "</ul>" * (before - depth)
    return f'{between}\n<li><a href="#{heading.target}">{heading.words}</a>'
