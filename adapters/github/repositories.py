"""The Repositories of GitHub, by its REST API, as that needs nobody's login.

A repository, and the numbers of its pull requests and contributors, are three requests. Two of them ask for one entry
of a list and are told the number of pages.
"""

from collections.abc import Mapping
from contextlib import closing
from datetime import datetime
from http import HTTPStatus

from attrs import frozen

from adapters.github.patience import Unanswered, in_time
from adapters.github.rest import Reply, Rest
from adapters.github.standing import Standing
from adapters.github.values import About, about, etag, how_many, refused_until
from domain.ports.facts import Heard
from domain.ports.repositories import Answer, Gone, Learnt, RateLimited, Silent
from domain.repository import RepositoryFacts
from domain.sources import is_full_name

_SECONDS = 10.0
_ITSELF = "repository"
_LISTS: Mapping[str, str] = {
    "pull requests": "/pulls?state=open&per_page=1",
    "contributors": "/contributors?per_page=1&anon=true",
}
_GONE = frozenset({HTTPStatus.NOT_FOUND, HTTPStatus.GONE, HTTPStatus.UNAVAILABLE_FOR_LEGAL_REASONS})


class GitHubRepositories:
    """A Repositories.

    Args:
        root: URL of the REST API, without a slash at its end.
        user_agent: who asks.
        seconds: how long one question may take in all.
        authorization: the header of the app as which it is asked; None for nobody.
    """

    def __init__(self, root: str, user_agent: str, seconds: float = _SECONDS, authorization: str | None = None) -> None:
        self._root = root
        self._user_agent = user_agent
        self._seconds = seconds
        self._standing = Standing(authorization)

    def facts(self, full_name: str, known: Heard | None, now: datetime) -> Answer:
        """What ``owner/name`` is like now, given what was heard of it before."""
        if not is_full_name(full_name):
            return Gone()
        replies: dict[str, Reply] = {}
        try:
            in_time(lambda: self._ask(full_name, known, now, replies), self._seconds)
        except Unanswered as fault:
            if _ITSELF not in replies:
                return Silent(str(fault))
        # What comes from now on is too late.
        return _judged(full_name, known, now, dict(replies))

    def _ask(self, full_name: str, known: Heard | None, now: datetime, replies: dict[str, Reply]) -> None:
        """Fill in what is answered, by what was asked for: if not all is, what there is counts."""
        with closing(Rest(self._root, self._user_agent, self._seconds, standing=self._standing)) as rest:
            validators = _usable_validators(known)
            itself = replies[_ITSELF] = rest.get(f"/repos/{full_name}", validators.get(_ITSELF))
            if itself.status == HTTPStatus.OK:
                told = about(itself.body, now)
                full_name = (told and told.full_name) or full_name
                # Lists may be longer and still begin with the same entry.
                validators = {}
            elif itself.status != HTTPStatus.NOT_MODIFIED:
                return
            for part, path in _LISTS.items():
                reply = replies[part] = rest.get(f"/repos/{full_name}{path}", validators.get(part))
                if refused_until(reply, now):
                    return


def _usable_validators(known: Heard | None) -> Mapping[str, str]:
    """The etags to ask with; none unless both numbers are known, as a 304 would leave the other one unknown."""
    if known is None or known.facts is None or known.facts.issues is None or known.facts.pull_requests is None:
        return {}
    return known.validators


def _judged(full_name: str, known: Heard | None, now: datetime, replies: Mapping[str, Reply]) -> Answer:
    itself = replies[_ITSELF]
    if until := refused_until(itself, now):
        return RateLimited(until)
    if itself.status in _GONE:
        return Gone()
    before = known.facts if known else None
    told = None
    if itself.status == HTTPStatus.OK:
        told = about(itself.body, now)
    elif itself.status == HTTPStatus.NOT_MODIFIED and before:
        told = _as_known(before)
    if told is None:
        return Silent(f"answers {itself.status} and nothing of use")
    if told.private:
        return Gone()
    return _learnt(told, full_name, known, now, replies)


def _learnt(told: About, full_name: str, known: Heard | None, now: datetime, replies: Mapping[str, Reply]) -> Learnt:
    before = known.facts if known else None
    pulls = _listed(replies.get("pull requests"), before.pull_requests if before else None, now)
    contributors = _listed(replies.get("contributors"), before.contributors if before else None, now)
    facts = RepositoryFacts(
        full_name=told.full_name or full_name,
        # Something that is older makes all of it as old.
        as_of=now if before is None or (pulls.is_new and contributors.is_new) else before.as_of,
        stars=told.stars,
        forks=told.forks,
        issues=_issues(told.open_issues, pulls.number),
        pull_requests=pulls.number,
        contributors=contributors.number,
        pushed_at=told.pushed_at,
        license=told.license,
        archived=told.archived,
    )
    refusals = (refused_until(reply, now) for reply in replies.values())
    return Learnt(facts, _validators(known, replies), next(filter(None, refusals), None))


@frozen
class _Listed:
    """How many there are, and whether that was said just now."""

    number: int | None
    is_new: bool


def _listed(reply: Reply | None, before: int | None, now: datetime) -> _Listed:
    """How many a list has. What fails may work next time, and what is refused for itself will not."""
    match reply:
        case Reply(status=HTTPStatus.OK):
            number = how_many(reply)
            return _Listed(before, is_new=False) if number is None else _Listed(number, is_new=True)
        case Reply(status=HTTPStatus.NO_CONTENT):
            return _Listed(0, is_new=True)
        case Reply(status=HTTPStatus.NOT_MODIFIED):
            return _Listed(before, is_new=True)
        case Reply(status=HTTPStatus.FORBIDDEN | HTTPStatus.NOT_FOUND | HTTPStatus.GONE) if not refused_until(
            reply, now
        ):
            return _Listed(None, is_new=True)
        case _:
            return _Listed(before, is_new=False)


def _issues(open_issues: int | None, pulls: int | None) -> int | None:
    """Open issues alone. The numbers are of different moments, and may contradict each other."""
    if open_issues is None or pulls is None or pulls > open_issues:
        return None
    return open_issues - pulls


def _as_known(facts: RepositoryFacts) -> About:
    """What the repository said about itself when it was asked last."""
    return About(
        full_name=facts.full_name,
        stars=facts.stars,
        forks=facts.forks,
        open_issues=(facts.issues or 0) + (facts.pull_requests or 0),
        pushed_at=facts.pushed_at,
        license=facts.license,
        archived=facts.archived,
        private=False,
    )


def _validators(known: Heard | None, replies: Mapping[str, Reply]) -> Mapping[str, str]:
    kept = dict(known.validators) if known else {}
    for part, reply in replies.items():
        if reply.status == HTTPStatus.OK and (part == _ITSELF or how_many(reply) is not None):
            kept.pop(part, None)
            if found := etag(reply):
                kept[part] = found
    return kept
