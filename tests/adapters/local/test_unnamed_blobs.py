"""Files that were never published go after a while, and nothing else does: not what is published meanwhile."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path

import pytest

from adapters.local.unnamed_blobs import removed
from domain.caller import Caller
from domain.digests import Digester
from domain.events import Event
from domain.names import LookAlikeName
from domain.ports.blobs import blob_key
from domain.received import ReceivedFile
from domain.streams import package_stream, submission_stream
from domain.submission_events import BuildFailed, BuildStarted, BuildSucceeded, SubmissionRequested
from domain.usecases.built_files import built
from domain.usecases.unnamed_blobs import UnnamedBlobs
from infrastructure.embedded import Embedded, opened
from infrastructure.settings import Settings
from tests.wheels import make_wheel

ALICE = Caller("local:alice", "alice")
BOB = Caller("local:bob", "bob")
WEEK = timedelta(days=7)
SECOND = timedelta(seconds=1)


class Clock:
    """Shows what it is told; files have the system's time."""

    def __init__(self) -> None:
        self.later = timedelta()

    def now(self) -> datetime:
        return datetime.now(UTC) + self.later


class Night:
    """An open home."""

    def __init__(self, world: Embedded, folder: Path) -> None:
        self.world = world
        self.clock = Clock()
        self._folder = folder
        world.ports.clock.override(self.clock)

    def received(self, file: tuple[str, bytes]) -> ReceivedFile:
        filename, body = file
        path = self._folder / filename
        path.write_bytes(body)
        digester = Digester()
        digester.update(body)
        return ReceivedFile(filename, path, len(body), digester.digests())

    def falls(self, unnamed: UnnamedBlobs | None = None) -> int | None:
        ports = self.world.ports
        unnamed = unnamed or self.world.index.unnamed_blobs()
        database = ports.database()
        return removed(unnamed, ports.blobs(), self.world.home, self.clock, is_whole=lambda: not database.damage())

    def keys(self) -> list[str]:
        return list(self.world.ports.blobs().keys())


def keys_of(name: str, file: tuple[str, bytes]) -> list[str]:
    key = blob_key(name, sha256(file[1]).hexdigest(), file[0])
    return [key, f"{key}.metadata"]


@pytest.fixture
def night(tmp_path: Path) -> Iterator[Night]:
    with opened(Settings(home=tmp_path / "home"), create=True) as world:
        yield Night(world, tmp_path)


def test_what_was_refused_after_it_was_kept_goes_after_a_week(night: Night) -> None:
    published, refused = make_wheel("frob", "1.0"), make_wheel("fr0b", "1.0")
    night.world.index.publishing().add(ALICE, night.received(published))
    with pytest.raises(LookAlikeName):
        night.world.index.publishing().add(BOB, night.received(refused))
    everything = sorted(keys_of("frob", published) + keys_of("fr0b", refused))
    assert night.keys() == everything

    assert night.falls() == 0
    night.clock.later = WEEK - SECOND
    assert night.falls() == 0
    assert night.keys() == everything
    night.clock.later = WEEK + SECOND
    assert night.falls() == 2
    assert night.keys() == keys_of("frob", published)
    assert not (night.world.home.blobs / "fr0b").exists()
    assert night.falls() == 0


def test_the_week_begins_when_the_blob_is_seen_first_however_old_it_is(night: Night) -> None:
    night.world.index.publishing().accept(ALICE, night.received(make_wheel("frob", "1.0")))
    night.clock.later = 10 * WEEK
    assert night.falls() == 0
    night.clock.later = 11 * WEEK + SECOND
    assert night.falls() == 2


def test_what_has_its_event_at_last_stays_and_begins_anew_without_it(night: Night) -> None:
    file = make_wheel("frob", "1.0")
    accepted = night.world.index.publishing().accept(ALICE, night.received(file))
    night.falls()
    night.world.index.publishing().publish(ALICE, accepted)
    night.clock.later = WEEK + SECOND
    assert night.falls() == 0

    # As if an older database had been put back.
    with night.world.ports.database().transaction() as connection:
        connection.execute("DELETE FROM events WHERE stream = ?", (package_stream("frob"),))
    with opened(night.world.settings, create=False) as world:
        other = Night(world, night.world.home.tmp)
        other.clock.later = WEEK + 2 * SECOND
        assert other.falls() == 0
        assert other.keys() == keys_of("frob", file)


def test_nothing_goes_while_events_are_not_as_they_were_written(night: Night) -> None:
    """A byte of an event is another, and what it named looks unnamed: the blob is all that is left of the file."""
    file = make_wheel("frob", "1.0")
    night.world.index.publishing().add(ALICE, night.received(file))
    digest = sha256(file[1]).hexdigest()
    other = ("0" if digest[0] != "0" else "1") + digest[1:]
    with night.world.ports.database().transaction() as connection:
        connection.execute("UPDATE events SET data = replace(data, ?, ?)", (digest, other))
    with opened(night.world.settings, create=False) as world:
        damaged = Night(world, night.world.home.tmp)
        damaged.falls()
        damaged.clock.later = WEEK + SECOND
        assert damaged.falls() is None
        assert damaged.keys() == keys_of("frob", file)


def test_what_is_uploaded_again_at_the_moment_of_its_removal_stays(night: Night) -> None:
    file = make_wheel("frob", "1.0")
    publishing = night.world.index.publishing()
    publishing.accept(ALICE, night.received(file))
    night.falls()
    found = night.world.index.unnamed_blobs()
    accepted = []

    class Between(UnnamedBlobs):
        """Somebody uploads after it was found that no event names it, and before it is removed."""

        def __init__(self) -> None:
            pass

        def keys(self) -> Iterator[str]:
            yield from list(found.keys())
            accepted.append(publishing.accept(ALICE, night.received(file)))

    night.clock.later = WEEK + SECOND
    assert night.falls(Between()) == 0
    publishing.publish(ALICE, accepted[0])
    assert night.keys() == keys_of("frob", file)


@pytest.mark.parametrize("failed", [False, True])
def test_files_of_a_submission_stay_until_it_is_over(night: Night, failed: bool) -> None:  # noqa: FBT001 - a case
    file = make_wheel("frob", "1.0")
    accepted = night.world.index.publishing().accept(ALICE, night.received(file))
    at = night.clock.now()
    requested = SubmissionRequested("1", "alice", "alice/frob", 7, "v1.0", is_tag=True, commit="c" * 40, at=at)
    events: list[Event] = [requested, BuildStarted(at), BuildSucceeded((built(accepted),), at)]
    events += [BuildFailed("Taken.", at)] if failed else []
    night.world.ports.event_store().append(submission_stream("s1"), 0, events)

    night.falls()
    night.clock.later = WEEK + SECOND
    assert night.falls() == (2 if failed else 0)
    assert night.keys() == ([] if failed else keys_of("frob", file))


def test_notes_that_cannot_be_read_begin_the_week_anew(night: Night) -> None:
    night.world.index.publishing().accept(ALICE, night.received(make_wheel("frob", "1.0")))
    night.falls()
    night.world.home.unnamed.write_text("[")
    night.clock.later = WEEK + SECOND
    assert night.falls() == 0
    night.clock.later = 2 * WEEK + 2 * SECOND
    assert night.falls() == 2
