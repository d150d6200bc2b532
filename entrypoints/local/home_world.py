"""A home on this machine as a `World`."""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from adapters.local.home import Home
from adapters.local.leftovers import sweep
from adapters.local.unnamed_blobs import removed
from adapters.local.unreadable_rows import remove_unreadable
from adapters.local.upgrade import bring_up_to_date
from domain.messages import Build, FetchFacts, Message
from domain.reactions import react
from domain.usecases.counting import Report
from entrypoints.local.words import plural
from entrypoints.local.worker import worker_of
from entrypoints.local.world import Backlog
from infrastructure.embedded import Embedded, opened
from infrastructure.index import Index
from infrastructure.settings import Settings

_ASKING_SECONDS = 5.0
_PATIENCE_SECONDS = 300.0
"""Nobody waits for an answer at a fixed time, and a command that has done half of its work is not to give up."""


class HomeWorld:
    """Pages are written by a server of this home, or by the command itself if there is none."""

    writer = "`serve` writes them"
    backup = "restore it from a backup of `blobs/` and `usage/`"
    whole_backup = "stop the server and restore the whole home from a backup"
    caveat = ""

    def __init__(self, embedded: Embedded) -> None:
        self._embedded = embedded

    @property
    def index(self) -> Index:
        """Its use cases."""
        return self._embedded.index

    @property
    def folder(self) -> Path:
        """On the file system of the home, so that files can be moved into it."""
        return self._embedded.home.tmp

    def damage(self) -> Sequence[str]:
        """What is wrong with the structure of its database, and with the events and claims in it."""
        found = self._embedded.ports.database().damage()
        return [f"{self._embedded.home.database.name}: {line}" for line in found]

    def sweep(self) -> None:
        """Remove rows under keys that are no text."""
        remove_unreadable(self._embedded.ports.database())

    def stamp(self) -> str:
        """Where the last event is."""
        return str(self._embedded.ports.event_log().position())

    def since(self, stamp: str) -> Sequence[Message]:
        """What follows from the events after it."""
        happened = self._embedded.ports.event_log().after(int(stamp))
        return list(dict.fromkeys(message for recorded in happened for message in react(recorded)))

    def backlog(self) -> Backlog:
        """Every message that waits or follows from events that nobody has looked at yet.

        What waits for others is not among them: nothing is wrong before they answer, and they may never.
        """
        bus = self._embedded.ports.bus()
        # In this order: what is relayed meanwhile is seen twice, and not missed twice.
        messages: list[Message] = [message for recorded in bus.unseen() for message in react(recorded)]
        messages += bus.waiting()
        messages = [message for message in messages if not isinstance(message, FetchFacts | Build)]
        return Backlog(messages, adapting=self._embedded.home.shown_edition() != self._embedded.edition)

    def is_worked_on(self) -> bool:
        """Whether a server runs, or another command that writes pages."""
        with self._embedded.home.alone("worker") as ours:
            return not ours

    def work(self) -> Iterator[int]:
        """Write what is due, unless a server does."""
        home, edition = self._embedded.home, self._embedded.edition
        if home.shown_edition() is None:
            home.record_edition(edition)
        with home.alone("worker") as ours:
            if not ours:
                return
            self.index.lists().ensure_start()
            worker = worker_of(self._embedded)
            yield from worker.drain()
            worker.ask(_ASKING_SECONDS)
            yield from worker.drain()

    def count(self, days: Sequence[str]) -> Iterator[Report]:
        """Read the logs, when nobody else does."""
        with self._embedded.home.turn("nightly"):
            yield from self._counted(days)

    def _counted(self, days: Iterable[str]) -> Iterator[Report]:
        counting = self.index.counting()
        for day in days:
            for request in counting.plan(day):
                yield counting.count(request)

    def tidy(self) -> Sequence[str]:
        """Remove logs whose time is over, once they are counted, and what was never published or came to no end."""
        home, ports, history = self._embedded.home, self._embedded.ports, self.index.history()
        with home.turn("nightly"):
            # A clock that is ahead, or a long pause, ends the time of days that no night has come to.
            going = (day for day in sorted(ports.access_logs().going()) if history.is_missed(day))
            for _ in self._counted(going):
                pass
            ports.access_logs().expire()
            ports.build_logs().expire()
            sweep(home)
            unnamed = self.index.unnamed_blobs()
            blobs = removed(unnamed, ports.blobs(), home, ports.clock(), is_whole=lambda: not self.damage())
        if blobs is None:
            return [f"{home.database.name} is damaged, so nothing is removed from blobs/: see `sls-pypi verify`."]
        return [f"Removed from blobs/ what no event names: {plural(blobs, 'file')}."] if blobs else []

    def derived(self) -> None:
        """Everything shows what this software and these settings make of it, unless a server still adapts pages."""
        home, edition = self._embedded.home, self._embedded.edition
        with home.alone("worker") as ours:
            if ours:
                home.record_edition(edition)
                for _ in worker_of(self._embedded).drain():
                    pass


@contextmanager
def opened_home(settings: Settings, *, create: bool) -> Iterator[HomeWorld]:
    """The index in a home.

    Raises:
        HomeUnusable: the folder cannot be used, or is no home; or an older server runs on it.
    """
    bring_up_to_date(Home(settings.home.absolute()), _PATIENCE_SECONDS)
    with opened(settings, create=create, patience=_PATIENCE_SECONDS) as embedded:
        yield HomeWorld(embedded)
