"""The pages of those who own packages."""

from domain.messages import Page, PageStale
from domain.ports.bus import MessageBus
from domain.ports.directory import Directory
from domain.ports.event_store import EventStore
from domain.ports.objects import Objects
from domain.usecases.keys import owner_key
from domain.usecases.list_rendering import ListRendering
from domain.usecases.owners import owner_at
from domain.usecases.settling import Settling


class OwnerPages:
    """Writes an account's page out of its stream and what the directory lists of it."""

    def __init__(
        self,
        settling: Settling,
        store: EventStore,
        directory: Directory,
        objects: Objects,
        bus: MessageBus,
        rendering: ListRendering,
    ) -> None:
        self._settling = settling
        self._store = store
        self._directory = directory
        self._objects = objects
        self._bus = bus
        self._rendering = rendering

    def write(self, account: str) -> None:
        """Make an account's page say which packages the directory has of it."""
        self._settling.pages(
            (owner_key(account),),
            lambda: self._rendering.owner(owner_at(self._store, account), self._directory.owned_by(account)),
        )

    def rename(self, account: str) -> None:
        """Make its page say what the account is called now; then those of its packages are due, which say so too."""
        listings = self._directory.owned_by(account)
        if listings:
            self.write(account)
            self._bus.publish([PageStale(Page.PROJECT, listing.name) for listing in listings])
