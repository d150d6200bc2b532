"""Keeping the search nodes equal to what the directory says."""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from itertools import groupby

from domain.listing import Posting
from domain.ports.directory import Directory
from domain.ports.objects import ABSENT, ObjectChanged, Objects
from domain.search_tree import (
    CAPACITY,
    ROOTS,
    Shape,
    bits_of,
    fits,
    is_searched,
    leaf_json,
    leaf_key,
    map_key,
    path_of,
    range_of,
    root_of,
    shape_json,
    shape_of,
)
from domain.usecases.unsettled import Unsettled

_ROUNDS = 100


class SearchNodes:
    """Writes leaves and maps (`domain.search_tree`).

    Others may write at the same time. So etags are noted before the directory is read, only objects that were seen are
    replaced, and the directory is read again afterwards. A change of the shape writes the map three times:

    1. the old shape, with leaves that come or go as doubtful nodes: whoever comes after a crash knows what to check;
    2. once new leaves are written, the new shape, so that the map never names a leaf that is not there;
    3. once the objects of former leaves are removed, the new shape without doubtful nodes.

    Another round follows, as another writer may have gone by the shape from before.
    """

    def __init__(self, directory: Directory, objects: Objects) -> None:
        self._directory = directory
        self._objects = objects

    def ensure_start(self) -> None:
        """Write the maps that are not there."""
        for root in ROOTS:
            with suppress(ObjectChanged):
                self._objects.put(map_key(root), shape_json(Shape(root)), if_match=ABSENT)

    def write(self, tokens: Iterable[str]) -> None:
        """Write the nodes in which these tokens are, or were.

        Raises:
            Unsettled: others kept changing the same nodes; the directory must owe them until it is tried again.
        """
        searched = sorted({token for token in tokens if is_searched(token)})
        for root, group in groupby(searched, key=root_of):
            self._settle(root, [path_of(token) for token in group])

    def rewrite(self) -> None:
        """Write all nodes.

        Raises:
            Unsettled: as `write`.
        """
        for root in ROOTS:
            self._settle(root, [bits_of(root)])

    def _settle(self, root: str, paths: Sequence[str]) -> None:
        work = _Work(self._directory, self._objects, root, paths)
        for _ in range(_ROUNDS):
            with suppress(ObjectChanged):
                if work.is_done():
                    return
        raise Unsettled(f"the search nodes below {root} keep changing")


class _Work:
    """Brings the nodes on some paths below one root to what the directory says, round by round."""

    def __init__(self, directory: Directory, objects: Objects, root: str, paths: Sequence[str]) -> None:
        self._directory = directory
        self._objects = objects
        self._root = root
        self._key = map_key(root)
        self._paths = dict.fromkeys(paths)
        self._written: set[str] = set()
        self._read: dict[str, Sequence[Posting]] = {}
        self._seen: dict[str, str] = {}

    def is_done(self) -> bool:
        """Write what is not right; False if it has to be looked at again.

        Raises:
            ObjectChanged: another writer was faster; it has to be looked at again, too.
        """
        self._read, self._seen = {}, {}
        etag = self._objects.etag(self._key)
        body = self._objects.get(self._key)
        before = shape_of(self._root, body)
        after, touched = self._planned(before)
        there = set(after.leaves)
        if body == shape_json(after) and self._written <= there:
            self._write(touched)
            return self._objects.etag(self._key) == etag
        doubtful = before.doubtful | self._written | set(before.leaves).symmetric_difference(there)
        etag = self._put_map(Shape(self._root, before.leaves, doubtful), etag)
        self._write(touched)
        etag = self._put_map(Shape(self._root, after.leaves, doubtful), etag)
        for node in sorted(doubtful - there):
            self._paths[node] = None  # somebody else may need it meanwhile
            self._objects.delete(leaf_key(node))
        self._objects.put(self._key, shape_json(after), if_match=etag)
        self._written.clear()
        return False

    def _planned(self, shape: Shape) -> tuple[Shape, Sequence[str]]:
        """The shape as it should be, and the leaves on the paths."""
        stored = frozenset(shape.leaves)
        touched: dict[str, None] = {}
        shape = Shape(shape.root, shape.leaves)
        for path in self._paths:
            node = shape.reached(path)
            if node in touched:
                continue
            if node in stored:
                self._look(node)
            node, leaves = self._mended(node)
            if shape.below(node) != leaves:
                shape = shape.changed(node, leaves)
            touched |= dict.fromkeys(leaves)
        return shape, tuple(touched)

    def _mended(self, node: str) -> tuple[str, tuple[str, ...]]:
        """The node that belongs in the place of this one, the same or one above, and the leaves at or below it."""
        if not fits(self._postings(node)):
            return node, tuple(self._leaves(node))
        while len(node) > len(bits_of(self._root)) and fits(self._postings(node[:-1])):
            node = node[:-1]
        return node, (node,) if self._postings(node) else ()

    def _leaves(self, node: str) -> Iterator[str]:
        if not fits(self._postings(node)):
            yield from self._leaves(node + "0")
            yield from self._leaves(node + "1")
        elif self._postings(node):
            yield node

    def _look(self, node: str) -> None:
        """Note the etag of the leaf's object, then read its postings."""
        self._seen[node] = self._objects.etag(leaf_key(node))
        self._read.pop(node, None)
        self._postings(node)

    def _postings(self, node: str) -> Sequence[Posting]:
        """As many postings as tell whether it is a leaf: one too many, and the next token's if those are of one."""
        if node not in self._read:
            low, high = range_of(node)
            found = self._directory.between(low, high, CAPACITY + 1)
            if len(found) > CAPACITY and fits(found):
                behind = found[0].token + "\x01"
                found = [*found, *(self._directory.between(behind, high, 1) if behind < high else ())]
            self._read[node] = found
        return self._read[node]

    def _write(self, leaves: Iterable[str]) -> None:
        for node in leaves:
            if node not in self._seen:
                self._look(node)
            postings = self._postings(node)
            if not postings or not fits(postings):
                raise ObjectChanged(leaf_key(node))  # the directory moved on
            key, body = leaf_key(node), leaf_json(postings)
            if self._objects.get(key) != body:
                self._written.add(node)
                self._objects.put(key, body, if_match=self._seen[node])
                # The directory may have changed and changed back meanwhile, of which there is no other trace.
                self._read.pop(node)
                if leaf_json(self._postings(node)) != body:
                    raise ObjectChanged(key)

    def _put_map(self, shape: Shape, etag: str) -> str:
        """Write the map; returns its etag."""
        body = shape_json(shape)
        self._objects.put(self._key, body, if_match=etag)
        seen = self._objects.etag(self._key)
        if self._objects.get(self._key) != body:
            raise ObjectChanged(self._key)
        return seen
