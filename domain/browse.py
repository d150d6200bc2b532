"""The browse pages: all packages by how their names begin, at most `MOST` on a page.

They are the leaves of a trie over the names. A leaf's prefix is the shortest one with which at most `MOST` names begin.
A name with which too many others begin has a leaf of its own, ``<name>.``. So each package is on exactly one leaf, and
which leaves there are depends on the set of names alone.
"""

import re
from bisect import bisect_left
from collections.abc import Iterator, Mapping, Sequence

from attrs import frozen

from domain.listing import Listing

MOST = 250
FOLDER = "browse/"

EXACTLY = "."
"""Ends the prefix of a leaf that holds this one name, and not all names that begin so."""

# No name has two dashes in a row: ``a--`` is the page of a letter's leaves, and no leaf.
_KEY = re.compile(r"browse/([a-z0-9]+(?:-[a-z0-9]+)*(?:-|\.)?)/index\.html")


@frozen
class Branch:
    """A part of the trie as it has to be stored.

    Attributes:
        top: the prefix of all names in it and of no others; ends with a dot if it is the leaf of one name.
        leaves: listings by prefix, in the order of names; none where a page has to go.
    """

    top: str
    leaves: Mapping[str, tuple[Listing, ...]]

    def holds(self, name: str) -> bool:
        """Whether this is the part in which a package of this name is."""
        return name == bare(self.top) if self.top.endswith(EXACTLY) else name.startswith(self.top)

    def is_part_of(self, other: "Branch") -> bool:
        """Whether the other branch has all of these leaves, with the same listings."""
        return self.leaves.items() <= other.leaves.items()


def leaves(names: Sequence[str]) -> Sequence[str]:
    """The prefixes of all leaves, in the order of the names on them; `names` are canonical and in order."""
    return [prefix for prefix, _ in pages_of(names)]


def pages_of(names: Sequence[str], beginning: str = "") -> Iterator[tuple[str, Sequence[str]]]:
    """The prefixes of all leaves, each with the names on it.

    Args:
        names: canonical and in order.
        beginning: what all of them begin with, and no others.
    """
    if beginning and len(names) <= MOST:
        if names:
            yield beginning, names
        return
    start = 0
    if names and names[0] == beginning:
        yield beginning + EXACTLY, names[:1]
        start = 1
    while start < len(names):
        following = names[start][: len(beginning) + 1]
        end = bisect_left(names, after(following), start)
        yield from pages_of(names[start:end], following)
        start = end


def leaf_key(prefix: str) -> str:
    """The site key of a leaf."""
    return f"{FOLDER}{prefix}/index.html"


def prefix_of(key: str) -> str | None:
    """The prefix of the leaf with this site key; None if it is no leaf's."""
    found = _KEY.fullmatch(key)
    return found[1] if found else None


def bare(prefix: str) -> str:
    """A name that belongs on the leaf with this prefix, or on what takes its place."""
    return prefix.removesuffix(EXACTLY)


def after(beginning: str) -> str:
    """What sorts after all texts that begin so."""
    return beginning[:-1] + chr(ord(beginning[-1]) + 1)
