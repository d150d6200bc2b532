"""What is remembered for a while only.

These are the steps of an upload that does not fit into one request, what counting downloads needs from one night to the
next, whom not to ask for a while, who is logging in or has done so, and which workflow may upload.
"""

from datetime import datetime

from attrs import field, frozen

from domain.digests import Digests
from domain.repository import Source


@frozen
class UploadReserved:
    """Somebody may send a file.

    Attributes:
        account: key of the account that asked.
        login: its login.
        packages: canonical names that the credential acts on; None means all of the account's.
        size: bytes that will be sent, exactly.
        sha256: their digest, lower-case hex.
    """

    account: str
    login: str
    packages: tuple[str, ...] | None
    filename: str
    size: int
    sha256: str


@frozen
class UploadAccepted:
    """What was sent is a valid distribution; its bytes are kept, and it counts once its sender says so.

    Attributes:
        filename: as it will be published.
        spelling: the name as the file's metadata spells it.
        version: as the file's metadata says it.
        size: bytes.
        metadata_sha256: digest of the core metadata's bytes.
    """

    filename: str
    spelling: str
    version: str
    digests: Digests
    size: int
    metadata_sha256: str
    requires_python: str | None


@frozen
class UploadRefused:
    """What was sent can never be published; `reason` is the sentence to show."""

    reason: str


@frozen
class UploadCompleted:
    """The sender wants the file published, whenever it is found to be valid."""


@frozen
class RequesterKey:
    """The key under which the addresses of one day are hashed; whoever has none any more cannot tell who it was."""

    secret: str


@frozen
class QueryStarted:
    """The logs are being read for `domain.messages.CountDownloads` of these fields."""

    day: str
    packages: tuple[str, ...]
    number: int
    of: int


@frozen
class LogsCounted:
    """What the logs and the packages looked like when a day was counted; nothing is to be done while they do."""

    state: str


@frozen
class RepositoriesRest:
    """GitHub was asked too much: as long as this is remembered, nobody asks."""


@frozen
class LoginStarted:
    """A browser was sent away to find out who its user is; `next` is the path where they want to go then."""

    next: str


@frozen
class LoggedIn:
    """A browser is used by the person with this account.

    Attributes:
        account: its key.
        github: what GitHub gave out at the login, sealed with the session's secret, which is not kept.
    """

    account: str
    github: str | None = field(default=None, repr=False)


@frozen
class IdentityUsed:
    """A workflow has exchanged its identity token, which counts once."""


@frozen
class Grant:
    """A trusted publisher of the account with this key, by its id."""

    account: str
    publisher: str


@frozen
class MintedToken:
    """A workflow may upload as these publishers may, as long as they are trusted."""

    grants: tuple[Grant, ...]


@frozen
class DeviceStarted:
    """Somebody at a command line is asked at GitHub who they are.

    Attributes:
        device_code: with it GitHub is asked what came of it; it is told to nobody else.
        name: of the token that they get.
        interval: seconds between two questions.
        ask_after: nobody asks GitHub about it before.
        until: when the code comes to its end.
    """

    device_code: str = field(repr=False)
    name: str
    interval: float
    ask_after: datetime
    until: datetime


@frozen
class RepositoriesSeen:
    """The repositories that somebody could publish, as GitHub said then."""

    repositories: tuple[Source, ...]
    at: datetime


Session = (
    RepositoriesSeen
    | UploadReserved
    | UploadAccepted
    | UploadRefused
    | UploadCompleted
    | RequesterKey
    | QueryStarted
    | LogsCounted
    | RepositoriesRest
    | LoginStarted
    | LoggedIn
    | DeviceStarted
    | IdentityUsed
    | MintedToken
)
