"""Questions on behalf of a submitter: what is no answer is a fault that says what to do."""

import re
import threading
import time
from collections.abc import Callable, Mapping
from contextlib import closing
from datetime import datetime, timedelta
from http import HTTPStatus
from typing import TypeVar

from attrs import evolve, field, frozen

from adapters.github.patience import TooSlow, Unanswered, in_time
from adapters.github.rest import Reply, Rest
from adapters.github.standing import Standing
from adapters.github.values import refused_until
from domain.github_faults import GitHubFails, GitHubRefuses, login_revoked
from domain.ports.clock import Clock

T = TypeVar("T")

# What is not there, or not for everybody. 405, 422 and 501: smaller servers than GitHub, or a name that is none.
MISSING = frozenset(
    {
        HTTPStatus.NOT_FOUND,
        HTTPStatus.METHOD_NOT_ALLOWED,
        HTTPStatus.CONFLICT,  # of an empty repository
        HTTPStatus.GONE,
        HTTPStatus.UNPROCESSABLE_ENTITY,
        HTTPStatus.UNAVAILABLE_FOR_LEGAL_REASONS,
        HTTPStatus.NOT_IMPLEMENTED,
    }
)
# A release of a thousand files says a lot.
_MOST_BYTES = 4 * 2**20
_A_MINUTE = timedelta(minutes=1)
_TOKEN = re.compile(r"[\x21-\x7e]{1,1024}")


@frozen
class Asking:
    """Somebody's questions, or anybody's where there is no token."""

    rest: Rest
    token: str | None = field(repr=False)
    clock: Clock

    def get(self, path: str, accept: str | None = None) -> Reply | None:
        """What is there; None if nothing is.

        Raises:
            GitHubFails: no answer of use, or GitHub was asked too much.
            GitHubLoginRevoked: the token is of no use.
            Unanswered: as `Rest.get`.
        """
        return checked(self.rest.get(path, token=self.token, accept=accept), self.token, self.clock.now())

    def query(self, url: str, document: Mapping[str, object]) -> Reply | None:
        """What is answered to a GraphQL query; None if that is not spoken here. Raises as `get`."""
        if self.token is None:
            raise login_revoked()
        return checked(self.rest.post_json(url, document, self.token), self.token, self.clock.now())


@frozen
class Asker:
    """Asks within bounds of time.

    Attributes:
        root: URL of what is asked, without a slash at its end.
        seconds: how long all that belongs to one question may take.
        places: how many questions may be waited for at the same time.
        read_seconds: how long nothing may come.
        standing: as whom what has no token is asked.
        until: when all questions have to be over, by `time.monotonic`; None if each has its own time only.
    """

    root: str
    user_agent: str
    clock: Clock
    seconds: float
    places: threading.BoundedSemaphore
    read_seconds: float = 5.0
    standing: Standing = field(factory=Standing)
    until: float | None = None

    def ask(self, question: Callable[[Asking], T], token: str | None) -> T:
        """What the question finds out. Raises what it raises; GitHubFails if that takes too long."""
        if token is not None and not _TOKEN.fullmatch(token):
            raise login_revoked()

        def asked() -> T:
            with closing(self._rest(seconds)) as rest:
                return question(Asking(rest, token, self.clock))

        try:
            seconds = self._seconds()
            return in_time(asked, seconds, self.places)
        except Unanswered as fault:
            raise unanswered(fault) from None

    def _seconds(self) -> float:
        """How long the next question may take."""
        if self.until is None:
            return self.seconds
        left = self.until - time.monotonic()
        if left <= 0:
            raise TooSlow
        return min(self.seconds, left)

    def _rest(self, seconds: float) -> Rest:
        return Rest(self.root, self.user_agent, seconds, _MOST_BYTES, self.read_seconds, self.standing)


def checked(reply: Reply, token: str | None, now: datetime) -> Reply | None:
    """The answer to a question of whoever has this token; None if there is nothing.

    Raises:
        GitHubFails: it is of no use, or GitHub was asked too much.
        GitHubLoginRevoked: the token is of no use.
    """
    if refused_until(reply, now):
        raise refused(reply, now)
    if reply.status == HTTPStatus.UNAUTHORIZED and token is not None:
        raise login_revoked()
    if reply.status in MISSING:
        return None
    if reply.status != HTTPStatus.OK:
        raise nonsense(reply)
    return reply


def refused(reply: Reply, now: datetime) -> GitHubRefuses:
    """What a submitter is told when GitHub was asked too much, whatever status that has."""
    until = refused_until(evolve(reply, status=HTTPStatus.TOO_MANY_REQUESTS), now)
    wait = until - now if until else _A_MINUTE
    minutes = max(1, -(-wait // _A_MINUTE))
    unit = "minute" if minutes == 1 else "minutes"
    return GitHubRefuses(f"GitHub was asked too much lately: try again in {minutes} {unit}.", wait)


def unanswered(fault: Unanswered) -> GitHubFails:
    """What a submitter is told when there is no answer at all."""
    if isinstance(fault, TooSlow):
        return GitHubFails("GitHub takes too long to answer now: try again in some minutes.")
    return GitHubFails(f"GitHub cannot be asked now ({fault}): try again in some minutes.")


def nonsense(reply: Reply) -> GitHubFails:
    """What a submitter is told when the answer is of no use."""
    return GitHubFails(f"GitHub gives no answer of use now (status {reply.status}): try again in some minutes.")
