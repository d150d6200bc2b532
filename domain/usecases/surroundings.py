"""What pages say about a package that its own events do not: who needs it, what is here, how its repository is."""

from domain.package import Package
from domain.ports.catalogue import Catalogue
from domain.ports.dependents import DependentsTable
from domain.ports.event_store import EventStore
from domain.ports.facts import FactsTable
from domain.repository import RepositoryFacts
from domain.usecases.owners import owner_at
from domain.usecases.rendering import Around, Rendering

MOST_DEPENDENTS = 100


class Surroundings:
    """Reads what a package's page says of others: from events, catalogue, dependents and facts."""

    def __init__(
        self,
        store: EventStore,
        catalogue: Catalogue,
        dependents: DependentsTable,
        facts: FactsTable,
        rendering: Rendering,
    ) -> None:
        self._store = store
        self._catalogue = catalogue
        self._dependents = dependents
        self._facts = facts
        self._rendering = rendering

    def of(self, package: Package) -> Around:
        """As of now."""
        return Around(
            dependents=self._dependents.of(package.name, MOST_DEPENDENTS),
            known=frozenset(filter(self._lists, {need.on for need in self._rendering.needs(package)})),
            login=owner_at(self._store, package.owner).login,
            facts=self._heard(package),
        )

    def _lists(self, name: str) -> bool:
        entry = self._catalogue.get(name)
        return entry is not None and entry.listed

    def _heard(self, package: Package) -> RepositoryFacts | None:
        repository = self._rendering.repository(package)
        heard = self._facts.get(repository.full_name) if repository else None
        return heard.facts if heard else None
