"""Everything that is served can be thrown away, and nothing that was confirmed is lost."""

import threading

import pytest

from domain.messages import Page, PageStale
from domain.usecases.due import Due
from domain.usecases.verification import Difference, Fault
from tests.scenarios.conftest import World
from tests.scenarios.stopping import interrupted
from tests.wheels import make_sdist, make_wheel


def populated(world: World) -> World:
    alice = world.submitter("alice")
    for version in ("1.0", "1.1", "2.0rc1"):
        world.upload(alice, make_wheel("frob", version))
    world.upload(alice, make_sdist("frob", "1.0"))
    world.upload(alice, make_wheel("other.thing", "1!2.0+local"), name="other.thing")
    world.index.publishing().yank(alice, "frob", make_wheel("frob", "1.1")[0], "")
    world.settle()
    return world


def test_what_is_served_is_what_the_events_say(world: World) -> None:
    assert populated(world).differences() == []


def test_every_kind_of_damage_is_found_and_mended_byte_for_byte(world: World) -> None:
    before = populated(world).snapshot()
    objects = world.ports.objects()
    wheel = make_wheel("frob", "1.0")[0]
    path = f"packages/frob/1.0/{wheel}"
    damaged = [path, f"{path}.metadata", "simple/frob/index.v1_json", "index.html"]
    for key in damaged:
        objects.put(key, b"damaged")
    missing = ["project/frob/index.html", "simple/index.html", "pypi/other-thing/json"]
    for key in missing:
        objects.delete(key)
    objects.put("project/ghost/index.html", b"stray")
    found = {(difference.key, difference.fault) for difference in world.differences()}
    assert found == {
        *((key, Fault.DIFFERENT) for key in damaged),
        *((key, Fault.MISSING) for key in missing),
        ("project/ghost/index.html", Fault.STRAY),
    }
    assert list(world.index.rebuilding().rebuild()) == []
    assert world.snapshot() == before
    assert world.differences() == []


def test_everything_is_derived_from_nothing_but_events_and_blobs(world: World) -> None:
    before = populated(world).snapshot()
    for key in world.keys():
        world.ports.objects().delete(key)
    list(world.index.rebuilding().rebuild())
    assert world.snapshot() == before


def test_lost_bytes_are_told_apart_and_hold_up_nothing_else(world: World) -> None:
    populated(world)
    filename = make_sdist("frob", "1.0")[0]
    (blob,) = [key for key in world.ports.blobs().keys("frob/") if key.endswith(filename)]
    world.ports.blobs().remove(blob)
    world.ports.objects().delete(f"packages/frob/1.0/{filename}")
    world.ports.objects().delete("project/other-thing/index.html")
    list(world.index.rebuilding().rebuild())
    assert world.differences() == [Difference(f"packages/frob/1.0/{filename}", Fault.LOST)]


def test_what_is_due_is_no_fault(world: World) -> None:
    assert "project/frob/index.html" in Due([PageStale(Page.PROJECT, "frob")])
    assert "index.html" in Due([PageStale(Page.PROJECT, "frob")])
    assert "packages/frob/1.0/x.whl" in Due([PageStale(Page.SIMPLE, "frob")])
    assert "simple/frob/index.html" not in Due([PageStale(Page.PROJECT, "frob")])
    assert "project/other/1.0/index.html" not in Due([PageStale(Page.PROJECT, "frob"), PageStale(Page.HOME)])
    assert "project/other/index.html" not in Due([PageStale(Page.SIMPLE, "frob"), PageStale(Page.HOME)])
    populated(world)
    alice = world.submitter("alice")
    world.upload(alice, make_wheel("frob", "3.0"))
    keys = {difference.key for difference in world.differences()}
    assert {"project/frob/index.html", "project/frob/3.0/index.html", "badge/frob/version.svg", "index.html"} <= keys
    assert not any("/other/" in key for key in keys)
    due = [PageStale(Page.PROJECT, "frob"), PageStale(Page.RELEASE, "frob", "3.0")]
    assert [key for key in keys if key not in Due(due)] == []


def test_those_who_are_needed_by_what_is_due_are_no_fault_either(world: World) -> None:
    alice = populated(world).submitter("alice")
    world.upload(alice, make_wheel("frob", "3.0", metadata_extra="Requires-Dist: other-thing"))

    keys = [difference.key for difference in world.differences()]

    assert {"project/other-thing/index.html", "table/dependents/frob"} <= set(keys)
    due = [PageStale(page, "frob") for page in (Page.SIMPLE, Page.PROJECT)]
    assert [key for key in keys if key not in Due([*due, PageStale(Page.RELEASE, "frob", "3.0")])] == []


def test_what_is_due_of_one_package_makes_no_other_look_wrong(world: World) -> None:
    """A package that is listed among those that are there already moves them on by one place."""
    populated(world)
    world.upload(world.submitter("alice"), make_wheel("a-frob", "1.0"), name="a-frob")
    pages = (Page.SIMPLE, Page.PROJECT, Page.NEEDED)
    due = [*(PageStale(page, "a-frob") for page in pages), PageStale(Page.RELEASE, "a-frob", "1.0")]

    keys = [difference.key for difference in world.differences()]

    assert "table/directory/a-frob" in keys
    assert [key for key in keys if key not in Due(due)] == []


def test_a_release_whose_page_another_writes_meanwhile_is_no_trouble(world: World) -> None:
    alice = populated(world).submitter("alice")
    world.upload(alice, make_wheel("frob", "3.0"))

    assert interrupted(world, lambda: world.index.rebuilding().renew("frob"), 1, world.settle)

    world.settle()
    assert world.differences() == []


@pytest.mark.concurrent
def test_thirty_uploads_at_once_all_appear(world: World) -> None:
    alice = world.submitter("alice")
    wheels = [make_wheel("frob", f"1.{n}") for n in range(30)]
    faults: list[BaseException] = []

    def upload(wheel: tuple[str, bytes]) -> None:
        try:
            world.upload(alice, wheel)
            assert wheel[0] in world.filenames("frob")
        except BaseException as fault:  # noqa: BLE001 - shown below, from the test's own thread
            faults.append(fault)

    threads = [threading.Thread(target=upload, args=(wheel,)) for wheel in wheels]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert faults == []
    assert sorted(world.filenames("frob")) == sorted(filename for filename, _ in wheels)
    world.settle()
    assert world.differences() == []


def test_messages_may_come_twice_and_in_any_order(world: World) -> None:
    before = populated(world).snapshot()
    for page in (Page.HOME, Page.ROOT, Page.PROJECT, Page.SIMPLE, Page.PROJECT, Page.SIMPLE):
        world.handle(PageStale(page, "frob" if page in (Page.PROJECT, Page.SIMPLE) else None))
    world.handle(PageStale(Page.SIMPLE, "never-was"))
    world.settle()
    assert world.snapshot() == before
