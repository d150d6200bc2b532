"""What a submitter owns."""

from collections.abc import Sequence
from operator import attrgetter

from attrs import evolve

from domain.caller import Caller
from domain.package import Package, fold
from domain.ports.catalogue import Catalogue
from domain.ports.event_store import EventStore
from domain.streams import package_stream


class Portfolio:
    """Lists packages by owner."""

    def __init__(self, store: EventStore, catalogue: Catalogue) -> None:
        self._store = store
        self._catalogue = catalogue

    def submitted(self, caller: Caller) -> Sequence[Package]:
        """The caller's packages that are not withdrawn, by name; only those that the credential covers.

        The repository of one that was not submitted from any is the one that its metadata names.
        """
        owned = sorted(self._catalogue.owned_by(caller.account), key=attrgetter("name"))
        entries = [entry for entry in owned if caller.acts_on(entry.name)]
        streams = self._store.read_each([package_stream(entry.name) for entry in entries])
        found = zip(entries, map(fold, streams), strict=True)
        return [
            package if package.repository else evolve(package, repository=entry.repository)
            for entry, package in found
            if package is not None and package.has_pages
        ]
