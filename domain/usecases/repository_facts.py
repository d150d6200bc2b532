"""What pages show of the repositories that packages come from: asked for on publishing, and again each day.

Facts may be missing without harm. When GitHub says that it is asked too much, nobody asks for a while.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta
from itertools import islice

from domain.messages import FetchFacts, Page, PageStale
from domain.package import Package, fold
from domain.ports.bus import MessageBus
from domain.ports.clock import Clock
from domain.ports.event_store import EventStore
from domain.ports.facts import NEVER, FactsTable, Heard
from domain.ports.repositories import Answer, Gone, Learnt, RateLimited, Repositories, Silent
from domain.ports.sessions import Sessions
from domain.sessions import RepositoriesRest
from domain.streams import package_stream
from domain.usecases.rendering import Rendering

AT_ONCE = 40
"""Repositories that are asked for in one night: without a login GitHub takes 60 requests an hour from one address, of
which those do not count that find nothing new, and all else of the operator's needs some too."""

_AGE = timedelta(days=1)
_FIRST_RETRY = timedelta(minutes=5)
_MOST_DOUBLINGS = 10
_LOOKED_AT = 1000
_REST = "repositories/rest"


def due_at(heard: Heard) -> datetime:
    """When to ask again without an occasion: after a day; after silence within minutes, with exponential backoff."""
    if not heard.silences:
        return heard.asked_at + _AGE
    return heard.asked_at + min(_AGE, _FIRST_RETRY * (1 << min(heard.silences - 1, _MOST_DOUBLINGS)))


def _is_from_ahead(heard: Heard, now: datetime) -> bool:
    """Whether a clock that was ahead has asked, so that it would be long until somebody asks again."""
    return heard.asked_at > now + _AGE


class RepositoryFactsKeeper:
    """Keeps facts, and makes the pages due that show them."""

    def __init__(
        self,
        store: EventStore,
        facts: FactsTable,
        repositories: Repositories,
        sessions: Sessions,
        bus: MessageBus,
        clock: Clock,
        rendering: Rendering,
    ) -> None:
        self._store = store
        self._facts = facts
        self._repositories = repositories
        self._sessions = sessions
        self._bus = bus
        self._clock = clock
        self._rendering = rendering

    def refresh(self, message: FetchFacts) -> None:
        """Ask for the repository of a package, unless that was done since it was wanted."""
        name = message.name
        package = fold(self._store.read(package_stream(name)))
        repository = self._rendering.repository(package) if package and package.has_pages else None
        self._facts.follow(name, repository.full_name if repository else None)
        if package is None or repository is None:
            return
        known = self._facts.get(repository.full_name)
        if known is None or known.asked_at < _wanted(message, package) or _is_from_ahead(known, self._clock.now()):
            self._ask(name, repository.full_name, known)
        else:
            # Another package asked; or we did, and failed before the page was due, also if the repository is gone.
            self._stale([name])

    def announce(self, most: int = AT_ONCE) -> int:
        """Make the repositories due that were asked for longest ago; returns how many."""
        return self._announce(self._facts.oldest(most))

    def announce_due(self) -> int:
        """Make the repository due whose turn it is, if there is one; returns how many."""
        now = self._clock.now()
        oldest = self._facts.oldest(_LOOKED_AT).items()
        due = (full_name for full_name, heard in oldest if due_at(heard) <= now or _is_from_ahead(heard, now))
        return self._announce(islice(due, 1))

    def _announce(self, full_names: Iterable[str]) -> int:
        now = self._clock.now()
        if self._is_resting(now):
            return 0
        announced = 0
        for full_name in full_names:
            if followers := self._facts.followers(full_name):
                self._bus.publish([FetchFacts(follower, now) for follower in followers])
                announced += 1
            else:
                self._facts.forget(full_name)
        return announced

    def _ask(self, name: str, full_name: str, known: Heard | None) -> None:
        now = self._clock.now()
        if self._is_resting(now):
            heard = known or Heard(None, NEVER)
        else:
            heard = self._heard(self._repositories.facts(full_name, known, now), known, now)
        self._facts.put(full_name, heard)
        if heard.facts != (known.facts if known else None):
            # Whoever follows just now may not be among them yet.
            self._stale({name, *self._facts.followers(full_name)})

    def _heard(self, answer: Answer, known: Heard | None, now: datetime) -> Heard:
        before = known or Heard(None, NEVER)
        match answer:
            case Learnt(facts, validators, refused_until):
                if refused_until:
                    self._rest(refused_until)
                return Heard(facts, now, validators)
            case Gone():
                return Heard(None, now)
            case RateLimited(until):
                self._rest(until)
                return before
            case Silent():
                return Heard(before.facts, now, before.validators, before.silences + 1)

    def _rest(self, until: datetime) -> None:
        self._sessions.put(_REST, RepositoriesRest(), until)

    def _is_resting(self, now: datetime) -> bool:
        return self._sessions.get(_REST, now) is not None

    def _stale(self, names: Iterable[str]) -> None:
        self._bus.publish([PageStale(Page.DEPENDENTS, name) for name in sorted(names)])


def _wanted(message: FetchFacts, package: Package) -> datetime:
    """The moment before which facts are too old."""
    published = (file.published.at for file in package.files.values())
    return max(message.after or NEVER, *published, NEVER)
