"""Who somebody is at GitHub, which knows them by a number that is nobody else's, ever. Nothing it says is trusted."""

from datetime import datetime, timedelta
from typing import Protocol

from attrs import field, frozen

from domain.ports.repositories import RateLimited, Silent


@frozen
class Identified:
    """The person has this number. `login` is what they are called now; tomorrow it may be somebody else's.

    Attributes:
        token: for asking GitHub in their name; a secret.
    """

    number: int
    login: str
    token: str | None = field(default=None, repr=False, eq=False)


@frozen
class Unknown:
    """The code is not valid for this index and this browser, or not any more."""


@frozen
class Unwelcome:
    """GitHub refuses this index itself, whoever asks through it; `why` says it in a few words."""

    why: str


@frozen
class DeviceCode:
    """Somebody at a device without a browser can be asked elsewhere.

    Attributes:
        device_code: with it the index asks what came of it; nobody else needs it.
        user_code: what the person types in at `verification_uri`.
        lasts: how long both are good.
        interval: between two questions.
    """

    device_code: str = field(repr=False)
    user_code: str
    verification_uri: str
    lasts: timedelta
    interval: timedelta


@frozen
class Undecided:
    """The person has not answered yet. `too_soon`: GitHub was asked more often than it allows."""

    too_soon: bool = False


@frozen
class Declined:
    """The person does not want it."""


Identity = Identified | Unknown | Unwelcome | RateLimited | Silent
DeviceOffer = DeviceCode | Unwelcome | RateLimited | Silent
DeviceAnswer = Identity | Undecided | Declined


class Identities(Protocol):
    """Asks who somebody is. `redirect_uri` is where browsers are sent back to."""

    def address(self, state: str, challenge: str, redirect_uri: str) -> str:
        """Where a browser goes so that its user is asked; `challenge` is of its verifier (RFC 7636, S256)."""

    def identify(self, code: str, verifier: str, redirect_uri: str, now: datetime) -> Identity:
        """Who came back with this code: asked within seconds, whatever the other side does. Nothing is raised."""

    def device(self, now: datetime) -> DeviceOffer:
        """Codes for somebody at a device without a browser. Asked within seconds; nothing is raised."""

    def device_person(self, device_code: str, now: datetime) -> DeviceAnswer:
        """Who has typed in the code that belongs to this one; `Unknown` if it is none, used up, or too old.

        To be asked no more often than the interval allows. Asked within seconds; nothing is raised.
        """
