"""The pages on which people browse: all packages by how their names begin, at most `MOST` on a page.

A leaf is a page. Its prefix is the shortest beginning of its names that no more than `MOST` packages have; a package
whose whole name is a longer one's beginning, with more packages behind it than that, has the leaf ``<name>.`` alone. So
each package is on exactly one leaf, and which leaves there are depends on nothing but the names.
"""

import re
from bisect import bisect_left
from collections.abc import Collection, Iterator, Mapping, Sequence

from attrs import frozen

from domain.ports.directory import Directory, Listing
from domain.search import BROWSE

MOST = 250
FOLDER = "browse/"

_EXACTLY = "."
_AT_ONCE = 1000
_NEXT = "\x01"
"""What comes behind a token and before all others."""
# No name has two dashes in a row: ``a--`` is the page of a letter's leaves, and no leaf.
_KEY = re.compile(r"browse/([a-z0-9]+(?:-[a-z0-9]+)*(?:-|\.)?)/index\.html")


@frozen
class Branch:
    """A part of the tree as it has to be stored.

    Attributes:
        top: what all names in it begin with, and no others; with a dot at its end if it is one name's leaf.
        leaves: listings by prefix, in the order of names; none where a page is not to be.
    """

    top: str
    leaves: Mapping[str, tuple[Listing, ...]]

    def holds(self, name: str) -> bool:
        """Whether this is the part in which a package of this name is."""
        return name == bare(self.top) if self.top.endswith(_EXACTLY) else name.startswith(self.top)

    def is_part_of(self, other: "Branch") -> bool:
        """Whether the other one has all of its leaves with the same on them."""
        return self.leaves.items() <= other.leaves.items()


def leaves(names: Sequence[str]) -> Sequence[str]:
    """The prefixes of all leaves, in the order of the names on them; `names` are canonical and in order."""
    return [prefix for prefix, _ in pages_of(names)]


def pages_of(names: Sequence[str]) -> Iterator[tuple[str, Sequence[str]]]:
    """The prefixes of all leaves, each with the names on it; `names` are canonical and in order."""
    return _split(names, "")


def leaf_key(prefix: str) -> str:
    """The site key of a leaf."""
    return f"{FOLDER}{prefix}/index.html"


def prefix_of(key: str) -> str | None:
    """The prefix of the leaf with this site key; None if it is no leaf's."""
    found = _KEY.fullmatch(key)
    return found[1] if found else None


def bare(prefix: str) -> str:
    """The name for which `leaf_of` tells what there is in the place of this leaf."""
    return prefix.removesuffix(_EXACTLY)


def leaf_of(name: str, directory: Directory) -> tuple[str, tuple[Listing, ...]]:
    """The leaf on which a package of this name is, or would be: its prefix, and all listings on it."""
    listings: tuple[Listing, ...] = ()
    for length in range(1, len(name) + 1):
        listings = _below(name[:length], directory, MOST + 1)
        if len(listings) <= MOST:
            return name[:length], listings
    return name + _EXACTLY, tuple(listing for listing in listings if listing.name == name)


def listings_of(directory: Directory) -> tuple[Listing, ...]:
    """All listings in the order of names."""
    return _below("", directory)


def names_of(directory: Directory) -> Iterator[str]:
    """The names of all listings in their order."""
    low, high = BROWSE, _after(BROWSE)
    while found := directory.between(low, high, _AT_ONCE):
        yield from (posting.listing.name for posting in found)
        low = found[-1].token + _NEXT


def listings_between(directory: Directory, first: str, last: str) -> tuple[Listing, ...]:
    """The listings of these two packages and of all between them, in the order of names."""
    return tuple(posting.listing for posting in directory.between(BROWSE + first, BROWSE + last + _NEXT))


def branch_of(name: str, directory: Directory, stored: Collection[str]) -> Branch:
    """The part of the tree that has to be written when a package of this name came, changed or went.

    That is its leaf. If a page above the leaf is still there, which did not grow out of its size before, it is all that
    page's packages; and if pages below the leaf are, which have shrunk into it, they go.

    Args:
        name: canonical name.
        directory: how it is.
        stored: prefixes of the leaves that have a page, at least those with the name's first character.
    """
    prefix, listings = leaf_of(name, directory)
    top = min((page for page in stored if prefix.startswith(page)), key=len, default=prefix)
    found: dict[str, tuple[Listing, ...]] = {page: () for page in stored if page.startswith(top)}
    if top == prefix:
        found[prefix] = listings
    else:
        by_name = {listing.name: listing for listing in _below(top, directory)}
        found |= {page: tuple(by_name[one] for one in on_it) for page, on_it in _split(list(by_name), top)}
    return Branch(top, found)


def _below(prefix: str, directory: Directory, limit: int | None = None) -> tuple[Listing, ...]:
    """The first listings of packages whose names begin so, in their order."""
    low = BROWSE + prefix
    return tuple(posting.listing for posting in directory.between(low, _after(low), limit))


def _after(beginning: str) -> str:
    """What comes behind all texts that begin so."""
    return beginning[:-1] + chr(ord(beginning[-1]) + 1)


def _split(names: Sequence[str], prefix: str) -> Iterator[tuple[str, Sequence[str]]]:
    """The leaves of names that all begin so, and the names on each; the beginning of all names is none."""
    if prefix and len(names) <= MOST:
        if names:
            yield prefix, names
        return
    start = 0
    if names and names[0] == prefix:
        yield prefix + _EXACTLY, names[:1]
        start = 1
    while start < len(names):
        following = names[start][: len(prefix) + 1]
        end = bisect_left(names, _after(following), start)
        yield from _split(names[start:end], following)
        start = end
