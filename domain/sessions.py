"""What is remembered for a while: the steps of an upload that does not fit into one request."""

from attrs import frozen

from domain.digests import Digests


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


Session = UploadReserved | UploadAccepted | UploadRefused | UploadCompleted
