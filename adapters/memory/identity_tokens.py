"""Identity tokens of workflows that a test makes up."""

import threading
from datetime import datetime

from domain.identity_claims import LEEWAY, Claims, Kind
from domain.ports.identity_tokens import IdentityRejected


class MemoryIdentityTokens:
    """An IdentityTokens without an issuer."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._issued: dict[str, Claims] = {}

    def issue(self, kind: Kind, expires: datetime, **values: str) -> str:
        """A genuine token that says so; each is another."""
        with self._lock:
            number = str(len(self._issued) + 1)
            token = f"identity-{number}"
            self._issued[token] = Claims(kind, number, expires, values)
            return token

    def claims(self, token: str, now: datetime) -> Claims:
        """What the token says."""
        with self._lock:
            claims = self._issued.get(token)
        if claims is None:
            raise IdentityRejected("The identity token is malformed.")
        if claims.expires + LEEWAY <= now:
            raise IdentityRejected("The identity token has expired.")
        return claims
