"""Keeping the browse pages equal to what the directory says."""

from collections.abc import Iterable

from domain.browse import FOLDER, Branch, branch_of, leaf_key, listings_of, prefix_of
from domain.ports.directory import Directory
from domain.ports.objects import ObjectChanged, Objects
from domain.ports.pages import Pages
from domain.site_settings import SiteSettings
from domain.usecases.unsettled import Unsettled
from domain.views.browse_page import browse_page

_ROUNDS = 100


class BrowsePages:
    """Writes leaves.

    Each write looks at the objects before it reads the directory, and replaces only what it saw. Pages that are to go
    go last, so that whoever comes after a crash finds them and does their whole part of the tree again, and after that
    it is looked at once more, as another writer may have needed them meanwhile.
    """

    def __init__(self, directory: Directory, objects: Objects, pages: Pages, settings: SiteSettings) -> None:
        self._directory = directory
        self._objects = objects
        self._pages = pages
        self._settings = settings

    def write(self, names: Iterable[str]) -> None:
        """Write the pages on which these packages are, or were; where pages split or merge, all that come of it.

        Raises:
            Unsettled: others kept changing the same pages; the directory must owe them until it is tried again.
        """
        left = sorted(set(names))
        while left:
            branch = self._settle(left[0])
            left = [name for name in left[1:] if not branch.holds(name)]

    def rewrite(self) -> None:
        """Write all pages, as after a change of settings, and remove those that are none of the directory's.

        Raises:
            Unsettled: as `write`.
        """
        found = (prefix_of(key) for key in self._objects.keys(FOLDER))
        # A page whose packages are gone is found by its prefix, as if that were the name of one.
        gone = {prefix.removesuffix(".") for prefix in found if prefix}
        self.write(gone.union(listing.name for listing in listings_of(self._directory)))

    def _settle(self, name: str) -> Branch:
        for _ in range(_ROUNDS):
            seen = {prefix: self._objects.etag(leaf_key(prefix)) for prefix in self._branch(name).leaves}
            branch = self._branch(name)
            if not branch.leaves.keys() <= seen.keys():
                continue
            try:
                self._put(branch, seen)
            except ObjectChanged:
                continue
            gone = [prefix for prefix, listings in branch.leaves.items() if not listings and seen[prefix]]
            if not gone:
                return branch
            for prefix in gone:
                self._objects.delete(leaf_key(prefix))
        raise Unsettled(f"the browse pages of {name} keep changing")

    def _branch(self, name: str) -> Branch:
        stored = [prefix for key in self._objects.keys(FOLDER + name[0]) if (prefix := prefix_of(key))]
        return branch_of(name, self._directory, stored)

    def _put(self, branch: Branch, seen: dict[str, str]) -> None:
        for prefix, listings in branch.leaves.items():
            if listings:
                body = self._pages.browse(browse_page(prefix, listings, self._settings))
                self._objects.put(leaf_key(prefix), body, if_match=seen[prefix])
