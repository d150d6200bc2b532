"""The search nodes: a binary trie over the bits of tokens, as static objects.

A node is a range of tokens, named by the bits with which they begin: seven for each letter, and seven zeros at the end.
It is a leaf if it has at most `CAPACITY` postings, or postings of one token only, of which the best are shown. So a
leaf is one range of the directory, and the trie's shape depends on the set of listings alone. Each leaf with postings
is an object. The shape below each root is another, its map, so that no script asks for a leaf that is not there.
"""

import json
from bisect import bisect_left
from collections.abc import Iterator, Mapping, Sequence

from attrs import field, frozen

from domain.listing import Listing, Posting
from domain.search import BACKWARDS, BROWSE, FOREIGN, INWARDS

CAPACITY = 48
_FOLDER = "search/v1/"
_BITS = 7
_END = "\x00"
_ALPHABET = "0123456789abcdefghijklmnopqrstuvwxyz"
ROOTS = (*_ALPHABET, FOREIGN, *(marker + char for marker in (BACKWARDS, INWARDS) for char in _ALPHABET))
"""What tokens begin with. The shape below each of these is an object, whether there are tokens or not."""

_INNER, _LEAF, _EMPTY = "1", "0", "-"


def root_of(token: str) -> str:
    """The root below which the token lies."""
    return token[:2] if token[0] in (BACKWARDS, INWARDS) else token[:1]


def is_searched(token: str) -> bool:
    """Whether search nodes hold the token."""
    return not token.startswith(BROWSE)


def bits_of(token: str) -> str:
    """The token's path, as zeros and ones."""
    return "".join(f"{ord(char):0{_BITS}b}" for char in token)


def path_of(token: str) -> str:
    """The path of a whole token, its end included."""
    return bits_of(token + _END)


def range_of(node: str) -> tuple[str, str]:
    """The node's tokens: from the first, included, to the second, excluded."""
    after = f"{int(node, 2) + 1:0{len(node)}b}"
    return _text(node), _text(after)


def leaf_key(node: str) -> str:
    """The site key of a leaf."""
    return f"{_FOLDER}{int('1' + node, 2):x}.json"


def map_key(root: str) -> str:
    """The site key of the shape below a root."""
    return f"{_FOLDER}map/{root.encode().hex()}.json"


def fits(postings: Sequence[Posting]) -> bool:
    """Whether a range with these postings is a leaf."""
    return len(postings) <= CAPACITY or postings[0].token == postings[-1].token


def leaf_json(postings: Sequence[Posting]) -> bytes:
    """The packages of a leaf in the order of names, each as a list.

    Name, spelling if it differs, summary, version, day, downloads, and what speaks against it if anything does.
    """
    listings = {posting.listing.name: posting.listing for posting in postings[:CAPACITY]}
    return _json([_row(listings[name]) for name in sorted(listings)])


@frozen
class Shape:
    """The leaves below a root that have postings.

    Attributes:
        leaves: in their order.
        doubtful: nodes that may have an object without being leaves, while the shape is being changed.
    """

    root: str
    leaves: tuple[str, ...] = ()
    doubtful: frozenset[str] = field(default=frozenset())

    def below(self, node: str) -> Sequence[str]:
        """The leaves at or below a node."""
        return self.leaves[slice(*self._span(node))]

    def reached(self, path: str) -> str:
        """Where a token's path ends: at a leaf, or at a range without postings."""
        for length in range(len(bits_of(self.root)), len(path)):
            low, high = self._span(path[:length])
            if low == high or self.leaves[low] == path[:length]:
                return path[:length]
        return path

    def changed(self, node: str, leaves: Sequence[str]) -> "Shape":
        """The shape with other leaves at or below a node."""
        low, high = self._span(node)
        return Shape(self.root, (*self.leaves[:low], *leaves, *self.leaves[high:]), self.doubtful)

    def _span(self, node: str) -> tuple[int, int]:
        # "2" sorts behind every path that goes on.
        return bisect_left(self.leaves, node), bisect_left(self.leaves, node + "2")


def shape_json(shape: Shape) -> bytes:
    """The map of a shape: a symbol for each node, in pre-order."""
    said: dict[str, object] = {"shape": "".join(_symbols(shape.leaves, bits_of(shape.root)))}
    if shape.doubtful:
        said["doubtful"] = sorted(shape.doubtful)
    return _json(said)


def shape_of(root: str, body: bytes | None) -> Shape:
    """The shape that a map describes; without leaves if there is no map, or a damaged one."""
    if body is None:
        return Shape(root)
    try:
        said = json.loads(body)
        return Shape(root, tuple(_said(said["shape"], root)), frozenset(said.get("doubtful", ())))
    except (ValueError, LookupError, TypeError, AttributeError):
        return Shape(root)


def _said(symbols: str, root: str) -> Iterator[str]:
    ahead = [bits_of(root)]
    for symbol in symbols:
        node = ahead.pop()
        if symbol == _INNER:
            ahead += (node + "1", node + "0")
        elif symbol == _LEAF:
            yield node


def leaves_of(node: str, postings: Sequence[Posting]) -> Mapping[str, Sequence[Posting]]:
    """The leaves at or below a node with their postings, given all postings of the node."""
    return dict(_leaves(postings, node))


def _leaves(postings: Sequence[Posting], node: str) -> Iterator[tuple[str, Sequence[Posting]]]:
    if not postings:
        return
    if fits(postings):
        yield node, postings
        return
    middle = bisect_left(postings, _text(node + "1"), key=lambda posting: posting.token)
    yield from _leaves(postings[:middle], node + "0")
    yield from _leaves(postings[middle:], node + "1")


def _symbols(leaves: Sequence[str], node: str) -> Iterator[str]:
    if not leaves:
        yield _EMPTY
    elif leaves[0] == node:
        yield _LEAF
    else:
        middle = bisect_left(leaves, node + "1")
        yield _INNER
        yield from _symbols(leaves[:middle], node + "0")
        yield from _symbols(leaves[middle:], node + "1")


def _text(bits: str) -> str:
    """The first token whose path begins with these bits, without its end."""
    padded = bits.ljust(-(-len(bits) // _BITS) * _BITS, "0")
    letters = (padded[at : at + _BITS] for at in range(0, len(padded), _BITS))
    return "".join(chr(int(letter, 2)) for letter in letters).rstrip(_END)


def _row(listing: Listing) -> list[object]:
    spelling = "" if listing.spelling == listing.name else listing.spelling
    row = [listing.name, spelling, listing.summary, listing.latest, listing.updated, listing.downloads]
    return [*row, listing.standing] if listing.standing else row


def _json(value: object) -> bytes:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode(errors="replace")
