"""Trusted publishers: which workflows elsewhere upload files without a token of ours, and of which packages.

A publisher belongs to an account and to one package. A workflow shows an identity token, which is compared with the
publishers of its project and gets it a token of ours for some minutes. Several accounts may trust the same workflow,
and whoever trusts somebody else's must win nothing by it. Hence files of a package that exists are let in by its
owner's publishers only. One that does not exist yet will belong to the publisher's account: it is founded by the
account that owns the repository, or else by the only account that trusts the workflow at all.
"""

import re
from collections.abc import Iterable, Sequence
from datetime import timedelta

from attrs import frozen

from domain import names, sources
from domain.account import Account, UnknownToken
from domain.caller import Caller
from domain.events import AccountEvent, PublisherDistrusted, PublisherTrusted
from domain.identity_claims import LEEWAY, Claims, Kind
from domain.package import Package
from domain.policy import Policy
from domain.publisher_claims import NoPublisherMatches, described, folded
from domain.refusals import Invalid, NotAllowed, NotFound, Refused

AUDIENCE = "sls-pypi"
"""Whom identity tokens are meant for."""
MINTED_LASTS = timedelta(minutes=15)
IDENTITY_KEPT = LEEWAY + timedelta(seconds=5)
"""How long after its end an identity token is still known to be used."""
MOST_PUBLISHERS = 100

_LONGEST = 255
_PATH_ON_GITLAB = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.-]*(?:/[A-Za-z0-9_][A-Za-z0-9_.-]*)+", re.ASCII)


class InvalidPublisher(Invalid):
    """A publisher like this cannot be trusted: something about it is misspelt, or it is one too many."""


class PublisherExists(Invalid):
    """It is trusted already."""


class NoSuchPublisher(NotFound):
    """No such publisher of this account."""


class NotYourPackage(NotAllowed):
    """The package belongs to somebody else."""


class PendingPublisherContested(Refused):
    """Several accounts trust the workflow with packages that do not exist: nobody can tell whose they would be."""


class IdentityReused(Refused):
    """The identity token was exchanged before."""


@frozen
class Wanted:
    """Whom somebody wants to trust, as they put it; fields as of `PublisherTrusted`."""

    kind: Kind
    package: str
    project: str
    workflow: str
    environment: str | None


@frozen
class Candidate:
    """A publisher that an identity matches, with the state of its account and of its package (None: there is none)."""

    account: Account
    publisher: PublisherTrusted
    package: Package | None


def check_wanted(wanted: Wanted) -> Wanted:
    """What is wanted, with the package's name canonical.

    Raises:
        Invalid: something of it cannot be.
    """
    names.check_valid(wanted.package)
    match wanted.kind:
        case Kind.GITHUB:
            sources.check_full_name(wanted.project)
            if not _is_file(wanted.workflow) or "/" in wanted.workflow:
                raise InvalidPublisher(
                    "Give the workflow's file by its name, such as release.yml, which is in .github/workflows/."
                )
        case Kind.GITLAB:
            if len(wanted.project) > _LONGEST or not _PATH_ON_GITLAB.fullmatch(wanted.project):
                raise InvalidPublisher("Give the project by its path on GitLab, such as group/project.")
            if not _is_file(wanted.workflow) or not all(wanted.workflow.split("/")):
                raise InvalidPublisher("Give the pipeline's file by its path in the project, such as .gitlab-ci.yml.")
    if wanted.environment is not None and not _is_line(wanted.environment):
        raise InvalidPublisher(f"An environment's name has 1 to {_LONGEST} printable characters; leave it out for any.")
    return Wanted(wanted.kind, names.canonical(wanted.package), wanted.project, wanted.workflow, wanted.environment)


def check_package(package: Package | None, name: str, account: str, policy: Policy) -> None:
    """A publisher is for a package of the account, or for one that may be founded.

    Raises:
        Refused: it is for neither.
    """
    if package is None:
        names.check_new(name, policy)
    elif package.owner != account:
        raise NotYourPackage(f"The project '{name}' belongs to somebody else.")


def trust(account: Account | None, wanted: PublisherTrusted) -> tuple[AccountEvent, ...]:
    """What follows when an account wants to trust somebody."""
    known = account.publishers.values() if account else ()
    if any(_is_same(wanted, publisher) for publisher in known):
        raise PublisherExists("This publisher is trusted already.")
    if len(known) >= MOST_PUBLISHERS:
        raise InvalidPublisher(f"An account trusts at most {MOST_PUBLISHERS} publishers: remove one first.")
    return (wanted,)


def distrust(account: Account | None, event: PublisherDistrusted) -> tuple[AccountEvent, ...]:
    """What follows when an account trusts somebody no longer."""
    if account is None or event.id not in account.publishers:
        raise NoSuchPublisher("There is no such publisher.")
    return (event,)


def granted(candidates: Iterable[Candidate], claims: Claims) -> Sequence[Candidate]:
    """Those among all that match who may upload; at least one.

    Raises:
        NoPublisherMatches: there is none.
        PendingPublisherContested: there are some, and none of their packages exists.
    """
    fit = [each for each in candidates if each.package is None or each.package.owner == each.account.key]
    if not fit:
        raise NoPublisherMatches(
            f"The token is valid, and no trusted publisher matches it: it is of {described(claims)}."
        )
    is_only_one = len({each.account.key for each in fit}) == 1
    owner = claims.values.get("repository_owner_id") if claims.kind is Kind.GITHUB else None
    kept = [each for each in fit if each.package is not None or is_only_one or each.account.key == owner]
    if not kept:
        raise PendingPublisherContested(
            "Several accounts trust this workflow with packages that do not exist yet. Upload the first file with a "
            "token of the account that the package shall belong to."
        )
    return kept


def caller_of(trusted: Iterable[tuple[Account, PublisherTrusted]]) -> Caller:
    """Who uploads with a token that these publishers got.

    Raises:
        UnknownToken: nobody: none of them is trusted any more.
    """
    by_account: dict[str, tuple[Account, set[str]]] = {}
    for account, publisher in trusted:
        by_account.setdefault(account.key, (account, set()))[1].add(publisher.package)
    callers = [
        Caller(account.key, account.login, frozenset(packages), uploads_only=True)
        for account, packages in by_account.values()
    ]
    if not callers:
        raise UnknownToken("The trusted publishers of this token are not trusted any more.")
    first, *others = callers
    return Caller(first.account, first.login, first.packages, uploads_only=True, others=tuple(others))


def _is_same(one: PublisherTrusted, other: PublisherTrusted) -> bool:
    return _identity(one) == _identity(other)


def _identity(publisher: PublisherTrusted) -> tuple[object, ...]:
    environment = folded(publisher.environment) if publisher.kind is Kind.GITHUB else publisher.environment
    project = publisher.project.lower()
    return publisher.kind, publisher.package, project, publisher.owner_id, publisher.workflow, environment


def _is_file(text: str) -> bool:
    return _is_line(text) and text.endswith((".yml", ".yaml")) and "@" not in text


def _is_line(text: str) -> bool:
    return 0 < len(text) <= _LONGEST and text.isprintable() and text.strip() == text
