"""The JSON bodies by which others prove who they are: webhook, login at a command line, trusted publishing."""

from typing import Annotated, Any, Literal, NotRequired, TypedDict

from domain.identity_claims import Kind
from entrypoints.http.schemas import Is
from entrypoints.http.shapes import Count, ProjectName, Time, Url


class Publisher(TypedDict):
    """A workflow that may upload files of one package."""

    id: str
    kind: Kind
    package: str
    repository: str
    workflow: str
    environment: str | None
    created: Time


class PublisherWanted(TypedDict):
    """A workflow to trust; without `environment` any will do."""

    kind: Kind
    package: ProjectName
    repository: Annotated[str, Is(max_length=255)]
    workflow: Annotated[str, Is(min_length=1, max_length=255)]
    environment: NotRequired[Annotated[str, Is(max_length=255)] | None]


class Delivery(TypedDict):
    """What GitHub's webhook sends of an event: of `release`, `action`, `release` and `repository` are looked at."""

    action: NotRequired[str]
    release: NotRequired[dict[str, Any]]
    repository: NotRequired[dict[str, Any]]


class Delivered(TypedDict):
    """The submission that came of a release; null if no package came from that repository before."""

    submission: str | None


class Ignored(TypedDict):
    """Nothing comes of it."""

    detail: str


class DeviceWanted(TypedDict):
    """What the token shall be called."""

    name: NotRequired[Annotated[str, Is(min_length=1, max_length=100)]]


class DeviceStarted(TypedDict):
    """What to tell the person at the command line, as in RFC 8628 section 3.2; `device` is for the next question."""

    device: str
    user_code: str
    verification_uri: str
    expires_in: Count
    interval: Count


class DeviceAsked(TypedDict):
    """The `device` that was told when the login was started."""

    device: str


class DevicePending(TypedDict):
    """The person has not agreed yet: ask again after so many seconds."""

    status: Literal["pending"]
    interval: Count


class DeviceToken(TypedDict):
    """The person has agreed: an upload token of theirs, shown this once."""

    token: str
    login: str
    id: str


class Message(TypedDict):
    """One line for whoever asked."""

    message: str


class Audience(TypedDict):
    """Whom identity tokens have to be meant for."""

    audience: str


class MintWanted(TypedDict):
    """The identity token of a workflow."""

    token: str


class Minted(TypedDict):
    """An upload token, and when it ends in seconds since 1970."""

    success: Literal[True]
    token: str
    expires: int


class MintError(TypedDict):
    """A reason in a word and in a line."""

    code: str
    description: str


class MintFailed(TypedDict):
    """Why there is no token."""

    message: str
    errors: list[MintError]


Discovery = TypedDict("Discovery", {"audience-endpoint": Url, "token-mint-endpoint": Url})
"""Where identity tokens are exchanged (PEP 807, a draft)."""
