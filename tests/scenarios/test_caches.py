"""Files that are gone are gone for those too who read through a cache."""

from collections.abc import Callable

import pytest

from adapters.memory.caches import MemoryCaches
from domain.caller import Caller
from domain.messages import Page, PageStale
from domain.package import Status
from tests.scenarios.conftest import World
from tests.scenarios.stopping import calls, numbers
from tests.wheels import make_wheel

WHEEL = make_wheel("frob", "1.0")[0]
DELETED = 3
"""Version of a package's stream after submission, one file, and its end."""


@pytest.fixture
def caches(world: World, monkeypatch: pytest.MonkeyPatch) -> MemoryCaches:
    """What is told to whatever keeps copies in this world."""
    told = MemoryCaches()
    monkeypatch.setattr(world.ports.caches(), "forget", told.forget)
    return told


@pytest.mark.parametrize(
    "remove",
    [
        lambda world, alice: world.index.publishing().delete(alice, "frob", WHEEL),
        lambda world, alice: world.index.publishing().withdraw(alice, "frob"),
        lambda world, _: world.index.publishing().mark("frob", Status.QUARANTINED, "malware"),
    ],
    ids=["delete", "withdraw", "quarantine"],
)
def test_copies_are_dropped_where_files_are_removed(
    world: World, caches: MemoryCaches, remove: Callable[[World, Caller], None]
) -> None:
    alice = world.submitter("alice")
    world.upload(alice, make_wheel("frob", "1.0"))
    world.settle()
    assert caches.forgotten == {}

    remove(world, alice)
    world.settle()

    assert world.object(f"packages/frob/1.0/{WHEEL}") is None
    assert caches.forgotten == {"package/frob at 3": "packages/frob/"}


def test_each_removal_is_an_occasion_of_its_own(world: World, caches: MemoryCaches) -> None:
    alice = world.submitter("alice")
    for version in ("1.0", "1.1"):
        world.upload(alice, make_wheel("frob", version))
    for version in ("1.0", "1.1"):
        world.index.publishing().delete(alice, "frob", make_wheel("frob", version)[0])
        world.settle()
    assert list(caches.forgotten) == ["package/frob at 4", "package/frob at 5"]


def test_while_copies_cannot_be_dropped_the_message_comes_again(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(prefix: str, occasion: str) -> None:
        raise ConnectionError(f"{prefix} {occasion}")

    alice = world.submitter("alice")
    world.upload(alice, make_wheel("frob", "1.0"))
    world.index.publishing().delete(alice, "frob", WHEEL)
    monkeypatch.setattr(world.ports.caches(), "forget", refuse)
    with pytest.raises(ConnectionError):
        world.handle(PageStale(Page.FILES, "frob"))


@pytest.mark.every_call
@pytest.mark.parametrize("after", [False, True], ids=["before", "after"])
def test_a_crash_while_files_are_removed_leaves_no_copies(
    world: World,
    caches: MemoryCaches,
    after: bool,  # noqa: FBT001
) -> None:
    alice = world.submitter("alice")

    def removing(name: str) -> Callable[[], None]:
        filename, content = make_wheel(name, "1.0")
        world.upload(alice, (filename, content))
        world.settle()

        def remove() -> None:
            if filename in world.filenames(name):
                world.index.publishing().delete(alice, name, filename)
            world.settle()

        return remove

    total = calls(world, removing("frob"), None, after=after)
    for n in numbers(world, total, after=after):
        name = f"frob{n}"
        remove = removing(name)
        calls(world, remove, n, after=after)
        # Whoever deleted may come back or not: what was stored is carried out.
        world.settle()
        if world.ports.event_store().version(f"package/{name}") < DELETED:
            remove()
        assert world.object(f"packages/{name}/1.0/{make_wheel(name, '1.0')[0]}") is None
        assert caches.forgotten[f"package/{name} at {DELETED}"] == f"packages/{name}/"
        assert world.differences() == []
