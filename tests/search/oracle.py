"""All search nodes at once, straight from the listings: what every way to write them step by step has to give."""

from collections.abc import Iterable, Mapping
from itertools import groupby

from domain.listing import Listing, Posting
from domain.search import tokens_of
from domain.search_tree import (
    ROOTS,
    Shape,
    bits_of,
    is_searched,
    leaf_json,
    leaf_key,
    leaves_of,
    map_key,
    root_of,
    shape_json,
)


def search_objects(listings: Iterable[Listing]) -> Mapping[str, bytes]:
    """The search nodes of an index, by their keys."""
    postings = sorted(
        (Posting(token, listing) for listing in listings for token in tokens_of(listing) if is_searched(token)),
        key=_order,
    )
    grouped = {root: list(group) for root, group in groupby(postings, key=lambda posting: root_of(posting.token))}
    objects: dict[str, bytes] = {}
    for root in ROOTS:
        leaves = leaves_of(bits_of(root), grouped.get(root, []))
        objects[map_key(root)] = shape_json(Shape(root, tuple(leaves)))
        objects |= {leaf_key(node): leaf_json(found) for node, found in leaves.items()}
    return objects


def _order(posting: Posting) -> tuple[str, int, str]:
    """As a directory has them."""
    return posting.token, -posting.listing.downloads, posting.listing.name
