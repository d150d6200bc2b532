"""given / when / then for packages."""

from collections.abc import Callable, Sequence
from datetime import UTC, datetime

import pytest

from domain import decider
from domain.artifacts import parse_filename
from domain.caller import Caller
from domain.commands import Command, PublishFile
from domain.decider import decide
from domain.digests import Digester
from domain.events import Event, FilePublished, PackageEvent, PackageSubmitted
from domain.package import Status, fold
from domain.policy import Policy
from domain.refusals import Refused

AT = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
ALICE = Caller("local:alice", "alice")
BOB = Caller("local:bob", "bob")


def submitted(name: str = "frob", owner: Caller = ALICE) -> PackageSubmitted:
    return PackageSubmitted(name, owner.account, AT)


def publish(filename: str, content: bytes | None = None, spelling: str = "frob") -> PublishFile:
    digester = Digester()
    digester.update(filename.encode() if content is None else content)
    return PublishFile(
        artifact=parse_filename(filename),
        spelling=spelling,
        digests=digester.digests(),
        size=1000,
        metadata_sha256="0" * 64,
        requires_python=">=3.11",
    )


def published(filename: str, content: bytes | None = None) -> FilePublished:
    command = publish(filename, content)
    return FilePublished(
        filename=filename,
        version=str(command.artifact.version),
        kind=command.artifact.kind,
        size=command.size,
        sha256=command.digests.sha256,
        blake2b_256=command.digests.blake2b_256,
        md5=command.digests.md5,
        metadata_sha256=command.metadata_sha256,
        requires_python=command.requires_python,
        at=AT,
        by=ALICE.account,
    )


class Given:
    """A stream so far."""

    def __init__(self, *events: Event) -> None:
        self._package = fold(events)

    def when(self, command: Command, by: Caller = ALICE, policy: Policy | None = None) -> "When":
        return When(lambda: decide(self._package, command, by, policy or Policy(), AT))

    def when_marked(self, status: Status, reason: str | None = None) -> "When":
        return When(lambda: decider.change_status(self._package, status, reason, AT))


class When:
    """A decision to be looked at."""

    def __init__(self, decision: Callable[[], Sequence[PackageEvent]]) -> None:
        self._decision = decision

    def then(self, *events: PackageEvent) -> None:
        assert tuple(self._decision()) == events

    def then_nothing(self) -> None:
        self.then()

    def then_refused(self, kind: type[Refused], text: str = "") -> None:
        with pytest.raises(kind) as refusal:
            self._decision()
        assert text in str(refusal.value)
