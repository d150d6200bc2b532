"""What a submitter owns."""

from collections.abc import Sequence

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
        """The caller's packages that are not withdrawn, by name; only those that the credential covers."""
        names = [entry.name for entry in self._catalogue.owned_by(caller.account) if caller.acts_on(entry.name)]
        packages = [fold(self._store.read(package_stream(name))) for name in sorted(names)]
        return [package for package in packages if package is not None and package.listed]
