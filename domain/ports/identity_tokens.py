"""Identity tokens that workflows get from where they run (OpenID Connect): who is it that wants to publish?"""

from datetime import datetime
from typing import Protocol

from domain.identity_claims import Claims
from domain.refusals import Refused


class IdentityRejected(Refused):
    """The token says nothing that could be believed; the text says why."""


class IdentityTokens(Protocol):
    """Tells what a workflow's identity token claims, if it is to be believed."""

    def claims(self, token: str, now: datetime) -> Claims:
        """What the token says: found out within seconds, whoever has to be asked.

        Raises:
            IdentityRejected: it is not genuine, not for this index, or not valid now; or nobody can tell.
        """
