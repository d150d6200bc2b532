"""Who somebody is at GitHub, which knows them by a number that is nobody else's, ever. Nothing it says is trusted."""

from datetime import datetime
from typing import Protocol

from attrs import frozen

from domain.ports.repositories import Refused, Silent


@frozen
class Identified:
    """It is the person with this number; `login` is what they are called now, and may be somebody else's tomorrow."""

    number: int
    login: str


@frozen
class Unknown:
    """The code is not, or no longer, one for this index and this browser."""


@frozen
class Unwelcome:
    """This index itself is refused, whoever asks through it; `why` says it in a few words."""

    why: str


Identity = Identified | Unknown | Unwelcome | Refused | Silent


class Identities(Protocol):
    """Asks who somebody is. `redirect_uri` is where browsers are sent back to."""

    def address(self, state: str, challenge: str, redirect_uri: str) -> str:
        """Where a browser goes so that its user is asked; `challenge` is of its verifier (RFC 7636, S256)."""

    def identify(self, code: str, verifier: str, redirect_uri: str, now: datetime) -> Identity:
        """Who came back with this code: asked within seconds, whatever the other side does. Nothing is raised."""
