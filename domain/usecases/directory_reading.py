"""Reads parts of the directory: the listings of a leaf, of a range of names, or of all."""

from collections.abc import Collection, Iterator, Sequence

from domain import browse
from domain.browse import EXACTLY, Branch, after, pages_of
from domain.listing import Listing, Posting
from domain.ports.directory import Directory
from domain.search import BROWSE
from domain.search_tree import range_of

_AT_ONCE = 1000
_PIECE = 2000
_NEXT = "\x01"
"""Appended to a token, this sorts after the token and before all others."""


def listings_of(directory: Directory) -> tuple[Listing, ...]:
    """All listings in the order of names."""
    return _below("", directory)


def names_of(directory: Directory) -> Iterator[str]:
    """The names of all listings in their order."""
    low, high = BROWSE, after(BROWSE)
    while found := directory.between(low, high, _AT_ONCE):
        yield from (posting.listing.name for posting in found)
        low = found[-1].token + _NEXT


def listings_between(directory: Directory, first: str, last: str) -> tuple[Listing, ...]:
    """The listings of these two packages and of all between them, in the order of names."""
    return tuple(posting.listing for posting in directory.between(BROWSE + first, BROWSE + last + _NEXT))


def leaf_of(name: str, directory: Directory) -> tuple[str, tuple[Listing, ...]]:
    """The leaf on which a package of this name is, or would be: its prefix, and all listings on it."""
    listings: tuple[Listing, ...] = ()
    for length in range(1, len(name) + 1):
        listings = _below(name[:length], directory, browse.MOST + 1)
        if len(listings) <= browse.MOST:
            return name[:length], listings
    return name + EXACTLY, tuple(listing for listing in listings if listing.name == name)


def branch_of(name: str, directory: Directory, stored: Collection[str]) -> Branch:
    """The part of the trie that has to be written when a package of this name came, changed or went.

    Mostly that is its leaf. If there is still a page above the leaf, from before it grew too large, it is the part of
    that page. Pages that are still there below the leaf, from before they shrank into it, have to go.

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
        found |= {page: tuple(by_name[one] for one in on_it) for page, on_it in pages_of(list(by_name), top)}
    return Branch(top, found)


def pieces_of(directory: Directory, node: str) -> Iterator[tuple[str, Sequence[Posting]]]:
    """The postings of a node in pieces that fit into memory: consecutive nodes, each with all of its postings.

    A piece has some thousand postings at most, unless all are of one token.
    """
    low, high = range_of(node)
    found = directory.between(low, high, _PIECE + 1)
    if len(found) > _PIECE and found[0].token == found[-1].token:
        found = directory.between(low, high)
    if len(found) <= _PIECE or found[0].token == found[-1].token:
        yield node, found
    else:
        del found  # not held while it is read again in pieces, at each of the many nodes that one prefix may be
        yield from pieces_of(directory, node + "0")
        yield from pieces_of(directory, node + "1")


def _below(prefix: str, directory: Directory, limit: int | None = None) -> tuple[Listing, ...]:
    """The first listings of packages whose names begin so, in their order."""
    low = BROWSE + prefix
    return tuple(posting.listing for posting in directory.between(low, after(low), limit))
