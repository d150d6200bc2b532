"""Browsing: all packages of a large index, by how their names begin, without a script."""

from bisect import bisect_left
from collections.abc import Iterable, Mapping, Sequence
from itertools import groupby

from attrs import frozen

from domain.browse import FOLDER, leaves
from domain.listing import Listing
from domain.site_settings import SiteSettings
from domain.views.lists import Row, fitted, row_of

INDEX_KEY = "browse/index.html"

_LIST_BUDGET = 28_500
_MARKUP_OF_A_ROW = 60
_MARKUP_OF_A_LEAF = 26
_MARKUP_OF_A_RANGE = 60
_AFTER_EVERYTHING = "\U0010ffff"
# No canonical name has two dashes in a row, so this is no leaf's prefix.
_LETTER = "{}--"


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

    @property
    def url(self) -> str:
        """The path of the page."""
        return f"/browse/{self.prefix}/"

    @property
    def label(self) -> str:
        """What the page's names begin with, or the one name that it is about."""
        return self.prefix.removesuffix(".")


@frozen
class Letter:
    """The leaves of one first letter or digit.

    Attributes:
        count: of packages.
        url: where these leaves are listed.
    """

    initial: str
    count: int
    leaves: tuple[Leaf, ...]
    url: str


@frozen
class BrowseIndex:
    """A page of leaves: of all, or of one letter if all of them would be too many for a page.

    Attributes:
        initial: the letter; None on the page that one begins with.
        count: of packages.
        letters: those of the page.
        leaves: whether their leaves are shown; if not, each letter has a page.
        ranges: whether the leaves' first and last names are shown as well.
    """

    site: SiteSettings
    initial: str | None
    count: int
    letters: tuple[Letter, ...]
    leaves: bool
    ranges: bool


@frozen
class BrowsePage:
    """One leaf; `rows` in the order of names."""

    site: SiteSettings
    prefix: str
    rows: tuple[Row, ...]

    @property
    def exactly(self) -> str | None:
        """The name that the page is about, if it is about one alone."""
        return self.prefix.removesuffix(".") if self.prefix.endswith(".") else None


def letters_of(names: Sequence[str]) -> tuple[Letter, ...]:
    """The leaves by first letter or digit; `names` are canonical and in order."""
    found = [_leaf(prefix, names) for prefix in leaves(names)]
    apart = _weight(found) > _LIST_BUDGET
    return tuple(
        _letter(initial, tuple(some), apart=apart) for initial, some in groupby(found, key=lambda leaf: leaf.prefix[0])
    )


def browse_indexes(names: Sequence[str], settings: SiteSettings) -> Mapping[str, BrowseIndex]:
    """The pages of leaves by site key; `names` are canonical and in order."""
    letters = letters_of(names)
    apart = [letter for letter in letters if letter.url == _url(letter.initial)]
    views = {INDEX_KEY: _index(settings, None, letters, leaves=not apart)}
    for letter in apart:
        views[f"{letter.url[1:]}index.html"] = _index(settings, letter.initial, (letter,), leaves=True)
    return views


def is_index(key: str) -> bool:
    """Whether the site key is that of a page of leaves."""
    return key == INDEX_KEY or (key.startswith(FOLDER) and key.endswith(_LETTER.format("") + "/index.html"))


def browse_page(prefix: str, listings: Sequence[Listing], settings: SiteSettings) -> BrowsePage:
    """One leaf."""
    rows = sorted(map(row_of, listings), key=lambda row: row.name)
    return BrowsePage(settings, prefix, fitted(rows, _LIST_BUDGET, _MARKUP_OF_A_ROW))


def _index(settings: SiteSettings, initial: str | None, letters: tuple[Letter, ...], *, leaves: bool) -> BrowseIndex:
    shown = [leaf for letter in letters for leaf in letter.leaves] if leaves else []
    ranges = _weight(shown) + sum(len(leaf.first + leaf.last) + _MARKUP_OF_A_RANGE for leaf in shown) <= _LIST_BUDGET
    return BrowseIndex(settings, initial, sum(letter.count for letter in letters), letters, leaves, ranges)


def _letter(initial: str, some: tuple[Leaf, ...], *, apart: bool) -> Letter:
    url = _url(initial) if apart else f"/browse/#at-{initial}"
    return Letter(initial, sum(leaf.count for leaf in some), some, url)


def _url(initial: str) -> str:
    return f"/browse/{_LETTER.format(initial)}/"


def _weight(some: Iterable[Leaf]) -> int:
    return sum(2 * len(leaf.prefix) + _MARKUP_OF_A_LEAF for leaf in some)


def _leaf(prefix: str, names: Sequence[str]) -> Leaf:
    if prefix.endswith("."):
        name = prefix.removesuffix(".")
        return Leaf(prefix, 1, name, name)
    first = bisect_left(names, prefix)
    after = bisect_left(names, prefix + _AFTER_EVERYTHING)
    return Leaf(prefix, after - first, names[first], names[after - 1])
