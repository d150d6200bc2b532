"""Files that are gone are gone for those too who read through a cache."""

from collections.abc import Callable

import pytest

from adapters.memory.caches import MemoryCaches
from domain.caller import Caller
from domain.messages import Page, PageStale
from domain.package import Status
from tests.scenarios.conftest import World
from tests.wheels import make_wheel

WHEEL = make_wheel("frob", "1.0")[0]


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
