"""Files that do not fit into one request: announced, sent to where they can be sent, checked, then published.

Two steps end an upload, in any order: the file arrives and gets its verdict, and its sender says that it is complete.
Each writes down what it knows before it looks at what the other knows, so one of them at least sees both, and
publishing twice is harmless. Every step may be repeated.
"""

import hmac
import re
from datetime import datetime, timedelta
from typing import TypeVar

from attrs import frozen

from domain.artifacts import parse_filename
from domain.caller import Caller
from domain.file_sizes import check_size
from domain.policy import Policy
from domain.ports.clock import Clock
from domain.ports.secrets import Secrets, is_identifier
from domain.ports.sessions import Sessions
from domain.ports.staging import Staging, Target
from domain.ports.workspace import Workspace
from domain.received import ReceivedFile
from domain.refusals import Invalid, NotFound, Refused
from domain.sessions import Session, UploadAccepted, UploadCompleted, UploadRefused, UploadReserved
from domain.usecases.appending import Contended
from domain.usecases.publishing import Publishing

LIFETIME = timedelta(hours=1)
"""How long an upload is remembered."""

_SHA256 = re.compile(r"[0-9a-f]{64}", re.ASCII)
_S = TypeVar("_S", bound=Session)


class InvalidDigest(Invalid):
    """Not a SHA-256 in hexadecimal digits."""


class EmptyFile(Invalid):
    """A file without a byte."""


class NoSuchUpload(NotFound):
    """No such upload, for this caller, any more."""


class OtherBytes(Invalid):
    """What arrived is not what was announced."""


class NotPublishable(Invalid):
    """What arrived was looked at and refused."""


@frozen
class Reserved:
    """An upload that may begin.

    Attributes:
        id: names it from now on.
        target: where the file has to be sent.
    """

    id: str
    target: Target


class Uploads:
    """Takes files in three steps: `reserve`, the file itself, `complete`."""

    def __init__(
        self,
        publishing: Publishing,
        sessions: Sessions,
        staging: Staging,
        workspace: Workspace,
        clock: Clock,
        secrets: Secrets,
        policy: Policy,
    ) -> None:
        self._publishing = publishing
        self._sessions = sessions
        self._staging = staging
        self._workspace = workspace
        self._clock = clock
        self._secrets = secrets
        self._policy = policy

    def reserve(self, caller: Caller, filename: str, size: int, sha256: str) -> Reserved | None:
        """Announce a file; None if this very file is there already.

        Args:
            caller: who will publish it.
            filename: as it will be published.
            size: its exact bytes.
            sha256: their digest in hexadecimal digits.

        Raises:
            Refused: the file cannot be published, whatever is in it.
        """
        sha256 = sha256.lower()
        if not _SHA256.fullmatch(sha256):
            raise InvalidDigest("Give the file's SHA-256 as 64 hexadecimal digits.")
        if size < 1:
            raise EmptyFile("The file is empty.")
        check_size(size, self._policy.bounds.file_bytes)
        if self._publishing.is_published(caller, filename, sha256):
            return None
        caller = caller.uploading(parse_filename(filename).name)
        upload = self._secrets.identifier()
        packages = None if caller.packages is None else tuple(sorted(caller.packages))
        reserved = UploadReserved(caller.account, caller.login, packages, filename, size, sha256)
        self._put(_key(upload), reserved, self._clock.now())
        return Reserved(upload, self._staging.target(upload, size, sha256))

    def reserved(self, caller: Caller, upload: str) -> UploadReserved:
        """What the caller announced.

        Raises:
            NoSuchUpload: nothing, or it was so long ago that it is forgotten.
        """
        # It may be anything that fits into a URL.
        reserved = self._get(UploadReserved, _key(upload), self._clock.now()) if is_identifier(upload) else None
        if reserved is not None:
            name = parse_filename(reserved.filename).name
            uploading = caller.uploading(name)
            if reserved.account == uploading.account and uploading.acts_on(name):
                return reserved
        raise NoSuchUpload("There is no such upload, or it is over. Start again by announcing the file.")

    def take(self, caller: Caller, upload: str, received: ReceivedFile) -> None:
        """Take the file of an upload, where files arrive through the index itself.

        Raises:
            Refused: it is not what was announced, and may be sent again; or there is no such upload.
        """
        _the_bytes_are_those_announced(self.reserved(caller, upload), received)
        self._staging.keep(upload, received.path)
        self.arrived(upload)

    def arrived(self, upload: str) -> None:
        """Check the file that arrived for an upload, and publish it if its sender wants that already.

        For whoever notices files in the staging area. What nobody announced, or nobody waits for any more, is removed.
        """
        now = self._clock.now()
        reserved = self._get(UploadReserved, _key(upload), now)
        if reserved is None:
            self._staging.remove(upload)
            return
        verdict = self._verdict(upload, now)
        if verdict is None:
            verdict = self._judged(upload, reserved)
            if verdict is None:
                return  # Nothing is there (any more): somebody else is at it.
            self._put(_verdict_key(upload), verdict, now)
        self._staging.remove(upload)
        if isinstance(verdict, UploadRefused) or not self._get(UploadCompleted, _completed_key(upload), now):
            return
        try:
            self._publishing.publish(_caller(reserved), verdict)
        except Contended:
            raise
        except Refused:
            pass  # The sender is told, who asks until there is an answer.

    def complete(self, caller: Caller, upload: str) -> bool:
        """Publish the file as soon as it is checked; True if installers see it now, False if it is not checked yet.

        Whoever asks again gets the answer of that time. What was never sent and what is on its way look the same.

        Raises:
            Refused: the file cannot be published, or there is no such upload.
        """
        self.reserved(caller, upload)
        now = self._clock.now()
        self._put(_completed_key(upload), UploadCompleted(), now)
        match self._verdict(upload, now):
            case UploadAccepted() as accepted:
                self._publishing.publish(caller, accepted)
                return True
            case UploadRefused(reason):
                raise NotPublishable(reason)
            case None:
                return False

    def _judged(self, upload: str, reserved: UploadReserved) -> UploadAccepted | UploadRefused | None:
        """The verdict on what arrived; None if nothing did."""
        with self._workspace.received(reserved.filename, lambda path: self._staging.fetch(upload, path)) as received:
            if received is None:
                return None
            try:
                _the_bytes_are_those_announced(reserved, received)
                return self._publishing.accept(_caller(reserved), received)
            except Refused as refusal:
                return UploadRefused(str(refusal))

    def _verdict(self, upload: str, now: datetime) -> UploadAccepted | UploadRefused | None:
        verdict = self._sessions.get(_verdict_key(upload), now)
        return verdict if isinstance(verdict, UploadAccepted | UploadRefused) else None

    def _get(self, kind: type[_S], key: str, now: datetime) -> _S | None:
        session = self._sessions.get(key, now)
        return session if isinstance(session, kind) else None

    def _put(self, key: str, session: Session, now: datetime) -> None:
        self._sessions.put(key, session, now + LIFETIME)


def _the_bytes_are_those_announced(reserved: UploadReserved, received: ReceivedFile) -> None:
    if received.size != reserved.size:
        raise OtherBytes(f"{reserved.size} bytes were announced and {received.size} arrived. Send the file again.")
    if not hmac.compare_digest(received.digests.sha256, reserved.sha256):
        raise OtherBytes("The bytes that arrived are not those announced: their SHA-256 differs. Send the file again.")


def _caller(reserved: UploadReserved) -> Caller:
    packages = None if reserved.packages is None else frozenset(reserved.packages)
    return Caller(reserved.account, reserved.login, packages)


def _key(upload: str) -> str:
    return f"upload/{upload}"


def _verdict_key(upload: str) -> str:
    return f"upload/{upload}/verdict"


def _completed_key(upload: str) -> str:
    return f"upload/{upload}/completed"
