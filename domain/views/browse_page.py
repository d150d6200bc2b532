"""Browsing: all packages of a large index, by how their names begin, without a script."""

from bisect import bisect_left
from collections.abc import Sequence
from itertools import groupby

from attrs import frozen

from domain.browse import leaves
from domain.ports.directory import Listing
from domain.site_settings import SiteSettings
from domain.views.lists import Row, fitted, row_of

LIST_BUDGET = 30_000
MARKUP = 78
_MOST_RANGES = 240
_AFTER_EVERYTHING = "\U0010ffff"


@frozen
class Leaf:
    """A page of packages whose names begin alike.

    Attributes:
        prefix: with a dot at its end if it stands for exactly that name.
        count: how many packages there are.
        first, last: their names' ends, canonical.
    """

    prefix: str
    count: int
    first: str
    last: str


@frozen
class Letter:
    """The leaves of one first letter or digit, and how many packages they have."""

    initial: str
    count: int
    leaves: tuple[Leaf, ...]


@frozen
class BrowseIndex:
    """The page of all leaves.

    Attributes:
        count: of packages.
        ranges: whether each leaf's first and last name are shown; with very many leaves they are not.
    """

    site: SiteSettings
    count: int
    ranges: bool
    letters: tuple[Letter, ...]


@frozen
class BrowsePage:
    """One leaf; `rows` in the order of names."""

    site: SiteSettings
    prefix: str
    rows: tuple[Row, ...]


def letters_of(names: Sequence[str]) -> tuple[Letter, ...]:
    """The leaves by first letter or digit; `names` are canonical and in order."""
    found = [_leaf(prefix, names) for prefix in leaves(names)]
    grouped = ((initial, tuple(group)) for initial, group in groupby(found, key=lambda leaf: leaf.prefix[0]))
    return tuple(Letter(initial, sum(leaf.count for leaf in group), group) for initial, group in grouped)


def browse_index(names: Sequence[str], settings: SiteSettings) -> BrowseIndex:
    """The page of all leaves; `names` are canonical and in order."""
    letters = letters_of(names)
    many = sum(len(letter.leaves) for letter in letters)
    return BrowseIndex(settings, len(names), many <= _MOST_RANGES, letters)


def browse_page(prefix: str, listings: Sequence[Listing], settings: SiteSettings) -> BrowsePage:
    """One leaf."""
    rows = sorted(map(row_of, listings), key=lambda row: row.name)
    return BrowsePage(settings, prefix, fitted(rows, LIST_BUDGET, MARKUP))


def _leaf(prefix: str, names: Sequence[str]) -> Leaf:
    if prefix.endswith("."):
        name = prefix.removesuffix(".")
        return Leaf(prefix, 1, name, name)
    first = bisect_left(names, prefix)
    after = bisect_left(names, prefix + _AFTER_EVERYTHING)
    return Leaf(prefix, after - first, names[first], names[after - 1])
