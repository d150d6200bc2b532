"""The packages of the index, read once for all pages that are made together."""

from collections.abc import Iterable, Iterator, Sequence
from heapq import nlargest

from domain.ports.catalogue import Catalogue, Entry


class Overview:
    """What the catalogue says.

    Attributes:
        listed: what is listed, in the order of names.
        names: their canonical names.
    """

    def __init__(self, catalogue: Catalogue) -> None:
        """Read what is listed."""
        self._catalogue = catalogue
        self.listed = tuple(catalogue.listed())
        self.names: Sequence[str] = [one.name for one in self.listed]

    def all(self) -> Sequence[Entry]:
        """The rows of all that are listed, in the order of names: where they are few."""
        return [entry for entry in self._catalogue.entries() if entry.listed]

    def newest(self, limit: int) -> Sequence[Entry]:
        """The rows of those with files that were published last, newest first, then by name."""
        # Of equals those come first that come first by name.
        dated = nlargest(limit, (one for one in self.listed if one.updated and one.latest), key=lambda one: one.updated)
        return list(self.rows(one.name for one in dated))

    def rows(self, names: Iterable[str]) -> Iterator[Entry]:
        """The rows of these packages, without those that are listed no more."""
        found = map(self._catalogue.get, names)
        return (entry for entry in found if entry is not None and entry.listed)
