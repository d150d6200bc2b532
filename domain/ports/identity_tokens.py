"""Identity tokens that workflows get from where they run (OpenID Connect): who is it that wants to publish?"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Protocol

from attrs import frozen

from domain.refusals import Refused

LEEWAY = timedelta(seconds=30)
"""By how much the clocks of an issuer and of the index may differ."""


class Kind(StrEnum):
    """Where workflows run."""

    GITHUB = "github"
    GITLAB = "gitlab"


class IdentityRejected(Refused):
    """The token says nothing that could be believed; the text says why."""


@frozen
class Claims:
    """What a token says that is genuine, meant for this index and valid now.

    Attributes:
        kind: who says so.
        id: the token's own, which is no other token's of the same kind.
        expires: when it is no longer valid.
        values: every claim that is a text, by its name.
    """

    kind: Kind
    id: str
    expires: datetime
    values: Mapping[str, str]


class IdentityTokens(Protocol):
    """Tells what a workflow's identity token claims, if it is to be believed."""

    def claims(self, token: str, now: datetime) -> Claims:
        """What the token says: found out within seconds, whoever has to be asked.

        Raises:
            IdentityRejected: it is not genuine, not for this index, or not valid now; or nobody can tell.
        """
