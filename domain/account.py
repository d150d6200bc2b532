"""An account, its upload tokens, and the workflows that it trusts.

The stream is `account/<key>`: a numeric GitHub id, or ``local:<login>``.
"""

import re
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import assert_never

from attrs import field, frozen

from domain import names
from domain.caller import Caller
from domain.events import (
    AccountEvent,
    Event,
    PublisherDistrusted,
    PublisherTrusted,
    SubmitterRegistered,
    TokenIssued,
    TokenRevoked,
)
from domain.refusals import Invalid, NotFound, Unauthenticated

LOCAL = "local:"
TOKEN_PREFIX = "slspypi-"  # noqa: S105 - a public prefix, so that secret scanners can find leaked tokens
MINTED_PREFIX = f"{TOKEN_PREFIX}oidc-"
"""Of tokens that a workflow gets for some minutes. What follows is never empty."""
NOBODY = "Invalid or non-existent authentication information."
"""What is said to whom nobody knows."""
_LOGIN = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9._-]{0,37}[A-Za-z0-9])?", re.ASCII)
_LONGEST_TOKEN_NAME = 100


class InvalidLogin(Invalid):
    """Not a login that GitHub could have given."""


class InvalidTokenRequest(Invalid):
    """The token's name or packages make no sense."""


class NoSuchToken(NotFound):
    """No such token of this account."""


class UnknownToken(Unauthenticated):
    """The secret is wrong, or its token was revoked."""


@frozen
class Account:
    """State of one account; `tokens` holds those that work, by id, and `publishers` those that are trusted."""

    key: str
    login: str
    tokens: Mapping[str, TokenIssued] = field(factory=dict)
    publishers: Mapping[str, PublisherTrusted] = field(factory=dict)


def local_key(login: str) -> str:
    """The account of a submitter whom the operator of this machine registers; no GitHub login inherits it."""
    if not _LOGIN.fullmatch(login):
        raise InvalidLogin(
            "A login has 1 to 39 letters, digits, '-', '_' or '.', and starts and ends with a letter or digit."
        )
    return f"{LOCAL}{login.lower()}"


def github_key(number: int) -> str:
    """The account of a person at GitHub, who may change their login and give it to others, but not this number."""
    return str(number)


def is_github_account(key: str) -> bool:
    """Whether it is the account of a person at GitHub."""
    return key.isdigit()


def register(account: Account | None, login: str, at: datetime) -> tuple[AccountEvent, ...]:
    """What follows when somebody is seen: nothing if known under this login."""
    if account is not None and account.login == login:
        return ()
    return (SubmitterRegistered(login, at),)


def issue_token(
    token_id: str, sha256: str, name: str, packages: Iterable[str] | None, at: datetime
) -> tuple[AccountEvent, ...]:
    """What follows when an account asks for a token."""
    check_token_name(name)
    scope = None if packages is None else tuple(packages)
    if scope is not None:
        if not scope:
            raise InvalidTokenRequest("A token's list of packages is not empty; leave it out for all packages.")
        for package in scope:
            names.check_valid(package)
        scope = tuple(sorted({names.canonical(package) for package in scope}))
    return (TokenIssued(token_id, sha256, name.strip(), scope, at),)


def check_token_name(name: str) -> None:
    """See that a token can be called so.

    Raises:
        InvalidTokenRequest: it cannot.
    """
    if not name.strip() or len(name) > _LONGEST_TOKEN_NAME or not name.isprintable():
        raise InvalidTokenRequest(f"A token's name has 1 to {_LONGEST_TOKEN_NAME} printable characters.")


def revoke_token(account: Account | None, token_id: str, at: datetime) -> tuple[AccountEvent, ...]:
    """What follows when an account drops a token."""
    if account is None or token_id not in account.tokens:
        raise NoSuchToken("There is no such token.")
    return (TokenRevoked(token_id, at),)


def authenticate(account: Account | None, sha256: str) -> Caller:
    """Who holds the secret of this digest."""
    for token in account.tokens.values() if account else ():
        if token.sha256 == sha256 and account:
            packages = None if token.packages is None else frozenset(token.packages)
            return Caller(account.key, account.login, packages)
    raise UnknownToken(NOBODY)


def fold(key: str, events: Iterable[Event]) -> Account | None:
    """The state of a whole stream; None if it is empty.

    Robots may make a token a day for years, and each request is authenticated: so nothing is copied for each event.
    """
    login: str | None = None
    tokens: dict[str, TokenIssued] = {}
    publishers: dict[str, PublisherTrusted] = {}
    for event in events:
        if not isinstance(event, AccountEvent):
            continue
        if login is None and not isinstance(event, SubmitterRegistered):
            raise ValueError(f"an account stream starts with SubmitterRegistered, not {type(event).__name__}")
        match event:
            case SubmitterRegistered():
                login = event.login
            case TokenIssued():
                tokens[event.id] = event
            case TokenRevoked():
                tokens.pop(event.id, None)
            case PublisherTrusted():
                publishers[event.id] = event
            case PublisherDistrusted():
                publishers.pop(event.id, None)
            case _:
                assert_never(event)
    return None if login is None else Account(key, login, tokens, publishers)
