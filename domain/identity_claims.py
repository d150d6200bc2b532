"""What an identity token says of the workflow that shows it."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from enum import StrEnum

from attrs import frozen

LEEWAY = timedelta(seconds=30)
"""By how much the clocks of an issuer and of the index may differ."""


class Kind(StrEnum):
    """Where workflows run."""

    GITHUB = "github"
    GITLAB = "gitlab"


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
