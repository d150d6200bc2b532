"""Which repositories somebody could publish."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from attrs import evolve, frozen

from domain.account import github_key, is_github_account
from domain.caller import Caller
from domain.github_faults import GitHubFails
from domain.ports.clock import Clock
from domain.ports.sessions import Sessions
from domain.ports.sources import Sources
from domain.repository import Source
from domain.sessions import RepositoriesSeen
from domain.sources import is_eligible
from domain.usecases.portfolio import Portfolio

_REMEMBERED = timedelta(days=30)
_MOST_REMEMBERED = 200  # with the longest descriptions they fit into an item of 400 KB
_LONGEST_DESCRIPTION = 300


@frozen
class Eligible:
    """Repositories, last pushed first; `as_of` is when that was known, if it could not be learnt now."""

    repositories: Sequence[Source]
    as_of: datetime | None = None


class Eligibility:
    """Asks GitHub, and remembers what it said first for when it says nothing."""

    def __init__(self, sources: Sources, portfolio: Portfolio, sessions: Sessions, clock: Clock) -> None:
        self._sources = sources
        self._portfolio = portfolio
        self._sessions = sessions
        self._clock = clock

    def of(self, caller: Caller, token: str | None) -> Eligible:
        """The caller's repositories whose package is not here yet.

        Args:
            caller: who asks.
            token: what GitHub gave out at their login; without it nobody but the index's memory is asked.

        Raises:
            GitHubLoginRevoked: GitHub does not take the token any more.
            GitHubFails: it does not answer, and nothing is remembered.
        """
        if caller.is_restricted or not is_github_account(caller.account):
            return Eligible(())
        if token is None:
            return self.last_known(caller) or Eligible(())
        try:
            owned = self._sources.owned(token)
        except GitHubFails:
            remembered = self.last_known(caller)
            if remembered is None:
                raise
            return remembered
        sources = tuple(
            _short(each.source)
            for each in owned
            if is_eligible(each) and github_key(each.source.owner_id) == caller.account
        )
        now = self._clock.now()
        self._sessions.put(_key(caller), RepositoriesSeen(sources[:_MOST_REMEMBERED], now), now + _REMEMBERED)
        return self._not_here_yet(caller, Eligible(sources))

    def last_known(self, caller: Caller) -> Eligible | None:
        """What GitHub said last, for when there is no time to ask it; None if it said nothing lately."""
        if caller.is_restricted:
            return None
        seen = self._sessions.get(_key(caller), self._clock.now())
        if not isinstance(seen, RepositoriesSeen):
            return None
        return self._not_here_yet(caller, Eligible(seen.repositories, seen.at))

    def _not_here_yet(self, caller: Caller, eligible: Eligible) -> Eligible:
        submitted = self._portfolio.submitted(caller)
        numbers = {package.repository_id for package in submitted}
        # Of those that were not submitted from a repository only a name is known.
        names = {each.repository.lower() for each in submitted if each.repository and each.repository_id is None}
        repositories = [
            each for each in eligible.repositories if each.id not in numbers and each.full_name.lower() not in names
        ]
        return evolve(eligible, repositories=repositories)


def _short(source: Source) -> Source:
    return evolve(source, description=source.description[:_LONGEST_DESCRIPTION] if source.description else None)


def _key(caller: Caller) -> str:
    return f"repositories/{caller.account}"
