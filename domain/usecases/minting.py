"""Workflows exchange their identity for a token that uploads for some minutes."""

import hashlib
from collections.abc import Iterator
from datetime import datetime

from attrs import field, frozen

from domain import account as accounts
from domain import publisher_claims, publishers
from domain.identity_claims import Claims
from domain.package import fold
from domain.ports.clock import Clock
from domain.ports.event_store import EventStore
from domain.ports.identity_tokens import IdentityTokens
from domain.ports.secrets import Secrets
from domain.ports.sessions import Sessions
from domain.ports.trust_table import TrustTable
from domain.publishers import Candidate
from domain.sessions import Grant, IdentityUsed, MintedToken
from domain.streams import account_stream, minted_key, package_stream, token_digest


@frozen
class Minted:
    """A token, whose secret is never shown again, and when it ends."""

    secret: str = field(repr=False)
    expires: datetime


class Minting:
    """Mints tokens; `domain.usecases.tokens` recognises them."""

    def __init__(
        self,
        identities: IdentityTokens,
        table: TrustTable,
        store: EventStore,
        sessions: Sessions,
        clock: Clock,
        secrets: Secrets,
    ) -> None:
        self._identities = identities
        self._table = table
        self._store = store
        self._sessions = sessions
        self._clock = clock
        self._secrets = secrets

    def mint(self, identity_token: str) -> Minted:
        """A token for whoever has this identity token, which counts once.

        Raises:
            IdentityRejected: the identity token is not to be believed.
            NoPublisherMatches: nobody trusts whom it is about.
            PendingPublisherContested: several do, for packages that do not exist.
            IdentityReused: it was exchanged before.
        """
        now = self._clock.now()
        claims = self._identities.claims(identity_token, now)
        granted = publishers.granted(self._candidates(claims), claims)
        until = claims.expires + publishers.IDENTITY_KEPT
        if not self._sessions.add(_used_key(claims), IdentityUsed(), until, now):
            raise publishers.IdentityReused("This identity token was exchanged before. Let the workflow run again.")
        secret = accounts.MINTED_PREFIX + self._secrets.secret()
        minted = MintedToken(tuple(Grant(each.account.key, each.publisher.id) for each in granted))
        expires = now + publishers.MINTED_LASTS
        self._sessions.put(minted_key(token_digest(secret)), minted, expires)
        return Minted(secret, expires)

    def _candidates(self, claims: Claims) -> Iterator[Candidate]:
        for key in self._table.accounts(claims.kind, publisher_claims.project_of(claims)):
            account = accounts.fold(key, self._store.read(account_stream(key)))
            if account is None:
                continue
            for publisher in publisher_claims.matching(account, claims):
                yield Candidate(account, publisher, fold(self._store.read(package_stream(publisher.package))))


def _used_key(claims: Claims) -> str:
    # Its length is not ours to choose.
    return f"identity/{claims.kind.value}/{hashlib.sha256(claims.id.encode()).hexdigest()}"
