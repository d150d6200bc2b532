"""Keeping the browse pages equal to what the directory says."""

from collections.abc import Collection, Iterable, Mapping

from domain.browse import FOLDER, Branch, bare, leaf_key, prefix_of
from domain.ports.directory import Directory
from domain.ports.objects import ObjectChanged, Objects
from domain.usecases.directory_reading import branch_of, listings_of
from domain.usecases.list_rendering import ListRendering
from domain.usecases.unsettled import Unsettled

_ROUNDS = 100


class BrowsePages:
    """Writes the browse pages, which are the leaves of a trie over names (`domain.browse`).

    Others may write at the same time. So each round notes the pages' etags, then reads the directory, replaces only
    the pages that it saw, and reads the directory once more. Pages that are not needed any more are removed last: after
    a crash the next writer still finds them, and writes their whole part of the trie again. Where pages came or went
    another round follows, as another writer may have gone by the trie from before.
    """

    def __init__(self, directory: Directory, objects: Objects, rendering: ListRendering) -> None:
        self._directory = directory
        self._objects = objects
        self._rendering = rendering

    def write(self, names: Iterable[str]) -> None:
        """Write the pages on which these packages are, or were; where pages split or merge, all that come of it.

        Raises:
            Unsettled: others kept changing the same pages; the directory must owe them until it is tried again.
        """
        touched = set(names)
        for _ in range(_ROUNDS):
            # The prefix of a page that came or went serves as a name on it.
            touched = self._pass(touched)
            if not touched:
                return
        raise Unsettled("the browse pages keep changing")

    def rewrite(self) -> None:
        """Write all pages, as after a change of settings, and remove those for which the directory has no packages.

        Raises:
            Unsettled: as `write`.
        """
        self.write({*map(bare, self._stored()), *(listing.name for listing in listings_of(self._directory))})

    def _pass(self, names: Collection[str]) -> set[str]:
        """Write the branches of these names; returns a name for each page that came or went."""
        touched: set[str] = set()
        branch: Branch | None = None
        # Sorted, so that those of one branch are neighbours.
        for name in sorted(names):
            if branch is None or not branch.holds(name):
                branch, others = self._written(name)
                touched.update(map(bare, others))
        return touched

    def _written(self, name: str) -> tuple[Branch, Collection[str]]:
        """Write one branch; returns it with the prefixes of the pages that came or went."""
        touched: set[str] = set()
        branch = self._branch(name)
        for _ in range(_ROUNDS):
            seen = {prefix: self._objects.etag(leaf_key(prefix)) for prefix in branch.leaves}
            branch = self._branch(name)
            if not branch.leaves.keys() <= seen.keys():
                continue
            touched.update(prefix for prefix, listings in branch.leaves.items() if bool(listings) != bool(seen[prefix]))
            try:
                self._replace(branch, seen)
            except ObjectChanged:
                continue
            written, branch = branch, self._branch(name)
            if branch.is_part_of(written):
                return written, touched
        raise Unsettled(f"the browse pages of {name} keep changing")

    def _branch(self, name: str) -> Branch:
        return branch_of(name, self._directory, self._stored(name[0]))

    def _stored(self, initial: str = "") -> Collection[str]:
        """The prefixes of the leaves that have a page; of one letter or digit, or all."""
        return [prefix for key in self._objects.keys(FOLDER + initial) if (prefix := prefix_of(key))]

    def _replace(self, branch: Branch, seen: Mapping[str, str]) -> None:
        for prefix, listings in branch.leaves.items():
            if listings:
                for key, body in self._rendering.browse(prefix, listings).items():
                    self._objects.put(key, body, if_match=seen[prefix])
        for prefix, listings in branch.leaves.items():
            if not listings:
                self._objects.delete(leaf_key(prefix))
