"""One row a package, for pages over all packages. A disposable projection."""

from collections.abc import Iterator
from typing import Protocol

from domain.listing import Entry, Listed


class Catalogue(Protocol):
    """Rows by canonical name."""

    def put(self, entry: Entry) -> None:
        """Keep the row unless a row of a newer stream version is there."""

    def forget(self, name: str) -> None:
        """Remove the row, whatever it says; for one that is damaged. Harmless if there is none."""

    def get(self, name: str) -> Entry | None:
        """The row of one package."""

    def entries(self) -> Iterator[Entry]:
        """All rows in the order of names, rows of unlisted packages too."""

    def names(self) -> Iterator[str]:
        """The names of what is listed, in their order."""

    def listed(self) -> Iterator[Listed]:
        """What is listed, in the order of names; far less to read than `entries`."""

    def owned_by(self, owner: str) -> Iterator[Entry]:
        """The rows of one account's packages in the order of names."""
