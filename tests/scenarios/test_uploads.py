"""Files that do not fit into one request: announced, sent, checked, completed."""

import hashlib
from collections.abc import Callable
from datetime import timedelta
from functools import partial
from typing import Any

import pytest
from attrs import evolve

from domain.caller import Caller
from domain.file_sizes import FileTooLarge
from domain.names import LookAlikeName
from domain.ownership import NotOwner, TokenOutOfScope
from domain.package import Status
from domain.policy import Bounds
from domain.publication import FileExists, FilenameSpent
from domain.refusals import Invalid, Refused
from domain.usecases.uploads import LIFETIME, NoSuchUpload, NotPublishable, OtherBytes, Reserved
from tests.scenarios.conftest import World
from tests.scenarios.stopping import interrupted
from tests.together import together
from tests.wheels import make_sdist, make_wheel

WHEEL = make_wheel("frob", "1.0")
SHA256 = hashlib.sha256(WHEEL[1]).hexdigest()


@pytest.fixture
def alice(world: World) -> Caller:
    return world.submitter("alice")


def sent(world: World, caller: Caller, file: tuple[str, bytes] = WHEEL) -> str:
    upload = world.reserve(caller, file)
    world.send(upload, file[1])
    return upload


def is_served(world: World, name: str = "frob") -> bool:
    return world.object(f"simple/{name}/index.v1_json") is not None


def completed(world: World, caller: Caller, upload: str) -> bool:
    return world.index.uploads().complete(caller, upload)


@pytest.mark.parametrize("file", [WHEEL, make_sdist("frob", "1.0")], ids=["wheel", "sdist"])
def test_a_file_is_installable_once_it_was_sent_and_completed(
    world: World, alice: Caller, file: tuple[str, bytes]
) -> None:
    upload = world.reserve(alice, file)
    world.send(upload, file[1])
    assert not is_served(world)
    assert completed(world, alice, upload)
    assert world.filenames("frob") == [file[0]]
    assert world.object(f"packages/frob/1.0/{file[0]}") == file[1]
    assert not world.is_staged(upload)
    world.settle()
    assert world.differences() == []


def test_a_file_that_was_completed_first_is_published_when_it_arrives(world: World, alice: Caller) -> None:
    upload = world.reserve(alice, WHEEL)
    assert not completed(world, alice, upload)
    assert not completed(world, alice, upload)
    world.send(upload, WHEEL[1])
    assert world.filenames("frob") == [WHEEL[0]]
    assert completed(world, alice, upload)
    assert not world.is_staged(upload)


def test_uploads_in_both_ways_are_the_same_events(world: World, alice: Caller) -> None:
    completed(world, alice, sent(world, alice, make_wheel("frob", "1.0.0")))
    world.upload(alice, make_wheel("other", "1.0.0"))
    mine, theirs = (world.ports.event_store().read(f"package/{name}") for name in ("frob", "other"))
    assert [type(event) for event in mine] == [type(event) for event in theirs]
    assert mine[1].version == theirs[1].version == "1.0.0"
    world.upload(alice, make_sdist("frob", "1.0"))
    assert completed(world, alice, sent(world, alice, make_wheel("other", "1.0", tag="py2-none-any")))
    assert world.simple("frob")["versions"] == world.simple("other")["versions"] == ["1.0.0"]


def test_what_is_there_already_need_not_be_sent(world: World, alice: Caller) -> None:
    world.upload(alice, WHEEL)
    assert world.index.uploads().reserve(alice, WHEEL[0], len(WHEEL[1]), SHA256.upper()) is None


def test_what_was_published_meanwhile_counts_once(world: World, alice: Caller) -> None:
    upload, late = world.reserve(alice, WHEEL), sent(world, alice)
    world.upload(alice, WHEEL)
    world.send(upload, WHEEL[1])
    assert completed(world, alice, upload)
    assert completed(world, alice, late)
    assert len(world.ports.event_store().read("package/frob")) == 2


@pytest.mark.parametrize(
    ("change", "text"),
    [
        ({"filename": "../frob-1.0-py3-none-any.whl"}, "'/' or"),
        ({"filename": "frob-1.0.exe"}, "Invalid file extension"),
        ({"filename": "Frob.Nicate-1.0.tar.gz"}, "Start filename"),
        ({"filename": "json-1.0.tar.gz"}, "isn't allowed"),
        ({"size": 0}, "empty"),
        ({"size": -1}, "empty"),
        ({"size": Bounds().file_bytes + 1}, "The limit of this index is 100 MiB a file"),
        ({"sha256": SHA256[1:]}, "64 hexadecimal digits"),
        ({"sha256": "g" * 64}, "64 hexadecimal digits"),
        ({"sha256": f"{SHA256}\n"}, "64 hexadecimal digits"),
    ],
)
def test_what_can_never_be_published_is_refused_before_it_is_sent(
    world: World, alice: Caller, change: dict[str, Any], text: str
) -> None:
    announced: dict[str, Any] = {"filename": WHEEL[0], "size": len(WHEEL[1]), "sha256": SHA256, **change}
    with pytest.raises(Invalid, match=text):
        world.index.uploads().reserve(alice, **announced)


def test_the_largest_size_may_be_announced(world: World, alice: Caller) -> None:
    uploads, most = world.index.uploads(), Bounds().file_bytes
    assert isinstance(uploads.reserve(alice, WHEEL[0], most, SHA256), Reserved)
    with pytest.raises(FileTooLarge):
        uploads.reserve(alice, WHEEL[0], most + 1, SHA256)


def test_only_what_the_caller_may_publish_is_taken(world: World, alice: Caller) -> None:
    world.upload(alice, WHEEL)
    bob, restricted = world.submitter("bob"), evolve(alice, packages=frozenset({"other"}))
    with pytest.raises(NotOwner):
        world.reserve(bob, make_wheel("frob", "2.0"))
    with pytest.raises(TokenOutOfScope):
        world.reserve(restricted, make_wheel("frob", "2.0"))
    with pytest.raises(FileExists):
        world.reserve(alice, (WHEEL[0], b"other bytes"))
    world.index.publishing().delete(alice, "frob", WHEEL[0])
    with pytest.raises(FilenameSpent):
        world.reserve(alice, WHEEL)


@pytest.mark.parametrize(
    ("content", "text"),
    [
        (WHEEL[1] + b"x", "were announced and"),
        (WHEEL[1][:-1], "were announced and"),
        (b"", "were announced and"),
        (bytes(len(WHEEL[1])), "SHA-256 differs"),
    ],
)
def test_other_bytes_than_announced_never_count(world: World, alice: Caller, content: bytes, text: str) -> None:
    upload = world.reserve(alice, WHEEL)
    world.send(upload, content)
    assert not world.is_staged(upload)
    for _ in range(2):
        with pytest.raises(NotPublishable, match=text):
            completed(world, alice, upload)
    world.send(upload, WHEEL[1])
    with pytest.raises(NotPublishable, match=text):
        completed(world, alice, upload)
    assert list(world.ports.blobs().keys()) == []
    assert completed(world, alice, sent(world, alice))


def test_bytes_that_come_through_the_index_may_be_sent_again(world: World, alice: Caller) -> None:
    upload = world.reserve(alice, WHEEL)
    uploads = world.index.uploads()
    with pytest.raises(OtherBytes):
        uploads.take(alice, upload, world.received(WHEEL[0], WHEEL[1] + b"x"))
    with pytest.raises(NoSuchUpload):
        uploads.take(world.submitter("bob"), upload, world.received(WHEEL[0], WHEEL[1]))
    uploads.take(alice, upload, world.received(WHEEL[0], WHEEL[1]))
    uploads.take(alice, upload, world.received(WHEEL[0], WHEEL[1]))
    assert completed(world, alice, upload)
    uploads.take(alice, upload, world.received(WHEEL[0], WHEEL[1]))
    assert not world.is_staged(upload)
    assert world.filenames("frob") == [WHEEL[0]]


@pytest.mark.parametrize("early", [False, True], ids=["sent first", "completed first"])
def test_what_is_no_distribution_is_refused_with_its_reason(world: World, alice: Caller, early: bool) -> None:  # noqa: FBT001
    junk = (WHEEL[0], b"junk")
    upload = world.reserve(alice, junk)
    if early:
        assert not completed(world, alice, upload)
    world.send(upload, junk[1])
    with pytest.raises(NotPublishable, match="Invalid distribution file"):
        completed(world, alice, upload)
    assert not is_served(world)


def test_an_upload_is_its_senders_only(world: World, alice: Caller) -> None:
    upload = sent(world, alice)
    for caller in (world.submitter("bob"), evolve(alice, packages=frozenset({"other"}))):
        with pytest.raises(NoSuchUpload):
            completed(world, caller, upload)
    for unknown in ("", "0123456789abcdef", f"{upload}/verdict", "../x", "é", "7" * 3000):
        with pytest.raises(NoSuchUpload):
            completed(world, alice, unknown)
    assert not is_served(world)
    assert completed(world, evolve(alice, packages=frozenset({"frob"})), upload)


def test_what_nobody_announced_is_forgotten(world: World) -> None:
    world.send("0123456789abcdef", WHEEL[1])
    assert not world.is_staged("0123456789abcdef")
    assert world.keys("packages/") == []


def test_an_upload_is_over_after_an_hour(world: World, alice: Caller) -> None:
    accepted, pending = sent(world, alice), world.reserve(alice, make_wheel("frob", "2.0"))
    assert not completed(world, alice, pending)
    world.ports.clock().pass_by(LIFETIME)
    with pytest.raises(NoSuchUpload):
        completed(world, alice, accepted)
    world.send(pending, make_wheel("frob", "2.0")[1])
    assert not world.is_staged(pending)
    assert not is_served(world)


def test_an_upload_lasts_for_nearly_an_hour(world: World, alice: Caller) -> None:
    upload = sent(world, alice)
    world.ports.clock().pass_by(LIFETIME - timedelta(minutes=1))
    assert completed(world, alice, upload)


@pytest.mark.parametrize("early", [False, True], ids=["sent first", "completed first"])
def test_ownership_is_looked_at_when_the_file_is_published(world: World, alice: Caller, early: bool) -> None:  # noqa: FBT001
    upload = world.reserve(alice, WHEEL)
    if early:
        assert not completed(world, alice, upload)
        world.upload(world.submitter("bob"), make_wheel("frob", "0.1"))
        world.send(upload, WHEEL[1])
        expected: type[Refused] = NotPublishable
    else:
        world.send(upload, WHEEL[1])
        world.upload(world.submitter("bob"), make_wheel("frob", "0.1"))
        expected = NotOwner
    with pytest.raises(expected, match="isn't allowed to upload to project 'frob'"):
        completed(world, alice, upload)
    assert world.filenames("frob") == [make_wheel("frob", "0.1")[0]]


def test_a_look_alike_name_is_found_when_the_file_is_published(world: World, alice: Caller) -> None:
    first, second = sent(world, alice, make_wheel("frobble", "1.0")), world.reserve(alice, make_wheel("fr0bb1e", "1.0"))
    assert completed(world, alice, first)
    assert not completed(world, alice, second)
    world.send(second, make_wheel("fr0bb1e", "1.0")[1])
    for _ in range(2):
        with pytest.raises(LookAlikeName):
            completed(world, alice, second)
    assert not is_served(world, "fr0bb1e")


def test_a_closed_project_takes_no_uploads_that_were_begun_before(world: World, alice: Caller) -> None:
    world.upload(alice, make_wheel("frob", "0.1"))
    upload = sent(world, alice)
    world.index.publishing().mark("frob", Status.ARCHIVED, None)
    with pytest.raises(Refused, match="archived"):
        completed(world, alice, upload)


def test_repetitions_change_nothing_and_bring_nothing_back(world: World, alice: Caller) -> None:
    upload = sent(world, alice)
    uploads = world.index.uploads()
    uploads.arrived(upload)
    for _ in range(2):
        assert completed(world, alice, upload)
        uploads.arrived(upload)
        world.send(upload, WHEEL[1])
    assert not world.is_staged(upload)
    assert len(world.ports.event_store().read("package/frob")) == 2
    world.index.publishing().delete(alice, "frob", WHEEL[0])
    world.send(upload, WHEEL[1])
    with pytest.raises(FilenameSpent):
        completed(world, alice, upload)
    assert world.filenames("frob") == []


def test_whatever_comes_between_the_two_steps_the_file_is_published(world: World, alice: Caller) -> None:
    """Each step, interrupted by all of the other at any call of a port: nobody has to ask a second time."""
    at = 0
    going_on = True
    while going_on:
        at += 1
        going_on = False
        for arrives_first in (False, True):
            wheel = make_wheel("frob", f"{at}.{int(arrives_first)}")
            upload = world.reserve(alice, wheel)
            world.ports.staging().keep(upload, world.received(*wheel).path)
            arrive = partial(world.arrived, upload)
            complete = partial(completed, world, alice, upload)
            act, other = (arrive, complete) if arrives_first else (complete, arrive)
            if interrupted(world, act, at, other):
                going_on = True
                assert wheel[0] in world.filenames("frob")
                assert not world.is_staged(upload)
    assert at > 3
    world.settle()
    assert world.differences() == []


@pytest.mark.concurrent
def test_steps_of_many_uploads_at_once_publish_each_file_once(world: World, alice: Caller) -> None:
    wheels = [make_wheel("frob", f"1.{n}") for n in range(8)]
    uploads = [world.reserve(alice, wheel) for wheel in wheels]
    for wheel, upload in zip(wheels, uploads, strict=True):
        world.ports.staging().keep(upload, world.received(*wheel).path)
    service = world.index.uploads()
    steps: list[Callable[[], object]] = []
    for upload in uploads:
        steps += [partial(service.arrived, upload)] * 2 + [partial(service.complete, alice, upload)] * 2
    results = together(steps)
    assert [result for result in results if isinstance(result, Exception)] == []
    assert sorted(world.filenames("frob")) == sorted(filename for filename, _ in wheels)
    assert len(world.ports.event_store().read("package/frob")) == 1 + len(wheels)
    world.settle()
    assert world.differences() == []
