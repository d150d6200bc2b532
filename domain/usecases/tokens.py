"""Accounts and their upload tokens."""

from collections.abc import Callable, Iterable, Iterator, Sequence

from attrs import frozen

from domain import account as accounts
from domain import publishers
from domain.account import Account
from domain.caller import Caller
from domain.events import AccountEvent, PublisherTrusted, TokenIssued
from domain.ports.clock import Clock
from domain.ports.event_store import EventStore
from domain.ports.secrets import Secrets
from domain.ports.sessions import Sessions
from domain.refusals import NotAllowed
from domain.sessions import MintedToken
from domain.streams import account_stream, key_of, minted_key, token_claim, token_digest
from domain.usecases.appending import append_decided


class RestrictedToken(NotAllowed):
    """A token for some packages cannot make or drop tokens."""


@frozen
class NewToken:
    """A token, and the secret that is never shown again."""

    issued: TokenIssued
    secret: str


class Tokens:
    """Issues, lists, revokes and recognises upload tokens."""

    def __init__(self, store: EventStore, sessions: Sessions, clock: Clock, secrets: Secrets) -> None:
        self._store = store
        self._sessions = sessions
        self._clock = clock
        self._secrets = secrets

    def create_local(self, login: str) -> str:
        """Register a submitter of this machine and return the secret of a new token."""
        key = self.register_local(login)
        return self._issue(key, "token create", None).secret

    def register_local(self, login: str) -> str:
        """Make sure that the local submitter exists; returns the account's key."""
        return self.register(accounts.local_key(login), login)

    def register(self, key: str, login: str) -> str:
        """Make sure that the account with this key exists, and is known under this login; returns the key."""
        self._append(key, lambda account: accounts.register(account, login, self._clock.now()))
        return key

    def issue(self, caller: Caller, name: str, packages: Iterable[str] | None) -> NewToken:
        """A new token of the caller."""
        _may_manage_tokens(caller)
        return self._issue(caller.account, name, packages)

    def revoke(self, caller: Caller, token_id: str) -> None:
        """End one token of the caller at once."""
        _may_manage_tokens(caller)
        self._append(caller.account, lambda account: accounts.revoke_token(account, token_id, self._clock.now()))

    def of(self, caller: Caller) -> Sequence[TokenIssued]:
        """The caller's working tokens, oldest first."""
        _may_manage_tokens(caller)
        account = self._account(caller.account)
        return tuple(account.tokens.values()) if account else ()

    def authenticate(self, secret: str) -> Caller:
        """Who this secret belongs to.

        Raises:
            Unauthenticated: nobody.
        """
        secret = secret.strip()
        digest = token_digest(secret)
        if secret.startswith(accounts.MINTED_PREFIX):
            minted = self._sessions.get(minted_key(digest), self._clock.now())
            # Another token in two to the thirtieth begins like this.
            if isinstance(minted, MintedToken):
                return publishers.caller_of(self._still_trusted(minted))
        stream = self._store.owner_of(token_claim(digest))
        if stream is None:
            raise accounts.UnknownToken(accounts.NOBODY)
        return accounts.authenticate(self._account(key_of(stream)), digest)

    def _still_trusted(self, minted: MintedToken) -> Iterator[tuple[Account, PublisherTrusted]]:
        for grant in minted.grants:
            account = self._account(grant.account)
            if account is not None and grant.publisher in account.publishers:
                yield account, account.publishers[grant.publisher]

    def _issue(self, key: str, name: str, packages: Iterable[str] | None) -> NewToken:
        secret = accounts.TOKEN_PREFIX + self._secrets.secret()
        digest = token_digest(secret)
        events = accounts.issue_token(self._secrets.identifier(), digest, name, packages, self._clock.now())
        append_decided(self._store, account_stream(key), lambda _: events, lambda _: (token_claim(digest),))
        (issued,) = (event for event in events if isinstance(event, TokenIssued))
        return NewToken(issued, secret)

    def _append(self, key: str, decide: Callable[[Account | None], Sequence[AccountEvent]]) -> None:
        append_decided(self._store, account_stream(key), lambda known: decide(accounts.fold(key, known)))

    def _account(self, key: str) -> Account | None:
        return accounts.fold(key, self._store.read(account_stream(key)))


def _may_manage_tokens(caller: Caller) -> None:
    if caller.is_restricted:
        raise RestrictedToken("A token that is restricted to packages cannot manage tokens.")
