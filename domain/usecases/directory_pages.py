"""Keeping what is written from the directory equal to it: search nodes, browse pages and the pages of owners."""

from domain.ports.directory import Directory
from domain.usecases.browse_pages import BrowsePages
from domain.usecases.directory_reading import listings_of
from domain.usecases.owner_pages import OwnerPages
from domain.usecases.search_nodes import SearchNodes

_AT_ONCE = 500


class DirectoryPages:
    """Writes what the directory owes."""

    def __init__(self, directory: Directory, search: SearchNodes, browse: BrowsePages, owners: OwnerPages) -> None:
        """Compose the parts.

        Args:
            directory: says what is owed.
            search: writes the nodes of tokens.
            browse: writes the pages of names.
            owners: writes the pages of accounts.
        """
        self._directory = directory
        self._search = search
        self._browse = browse
        self._owners = owners

    def write(self, limit: int) -> bool:
        """Write the pages of so many packages; whether more are owed. The more at once, the fewer writes each takes.

        Raises:
            Unsettled: others kept changing the same pages; they stay owed.
        """
        owed = self._directory.owed(limit)
        self._search.write(token for one in owed for token in one.tokens)
        self._browse.write(one.name for one in owed)
        for owner in sorted({owner for one in owed for owner in one.owners}):
            self._owners.write(owner)
        self._directory.settle(owed)
        return bool(self._directory.owed(1))

    def rewrite(self) -> None:
        """Write all pages, owed or not.

        Raises:
            Unsettled: as `write`.
        """
        while self.write(_AT_ONCE):
            pass
        self._search.rewrite()
        self._browse.rewrite()
        for owner in sorted({listing.owner for listing in listings_of(self._directory)}):
            self._owners.write(owner)
