"""What is due although no event says so."""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta

import pytest
from attrs import evolve

from domain.events import Event
from domain.listing import Entry
from domain.messages import FetchFacts, Message, Page, PageStale
from domain.usecases.upkeep import Upkeep
from tests.scenarios.conftest import START, World
from tests.wheels import make_wheel


class Told:
    """A MessageBus that remembers what it was told."""

    def __init__(self) -> None:
        self.messages: list[Message] = []

    def publish(self, messages: Sequence[Message]) -> None:
        self.messages += messages


class At:
    """A clock that stands still."""

    def __init__(self, now: datetime) -> None:
        self._now = now

    def now(self) -> datetime:
        return self._now


def upkeep(world: World, told: Told, days: float) -> Upkeep:
    ports = world.ports
    clock = At(START + timedelta(days=days))
    return Upkeep(ports.event_store(), ports.event_log(), ports.catalogue(), ports.directory(), told, clock)


def about(*names: str) -> list[Message]:
    pages = [PageStale(page, name) for name in names for page in (Page.SIMPLE, Page.PROJECT, Page.RELEASES)]
    return [*pages, *map(FetchFacts, names)]


LISTS = [PageStale(page) for page in (Page.ROOT, Page.HOME, Page.STATISTICS, Page.DIRECTORY)]


@pytest.fixture
def settled(world: World) -> World:
    alice = world.submitter("alice")
    for name in ("frob", "other"):
        world.upload(alice, make_wheel(name, "1.0"))
    world.settle()
    return world


def test_after_a_change_of_settings_every_page_is_due(settled: World) -> None:
    told = Told()
    assert upkeep(settled, told, 100).everything_stale() == 2
    assert told.messages == [*about("frob", "other"), *LISTS]
    assert [owed.name for owed in settled.ports.directory().owed(10)] == ["frob", "other"]


def test_an_index_without_packages_has_lists(world: World) -> None:
    told = Told()
    assert upkeep(world, told, 0).everything_stale() == 0
    assert told.messages == LISTS


def test_what_changed_lately_is_derived_once_more(settled: World) -> None:
    told = Told()
    assert upkeep(settled, told, 2).reconcile() == 2
    assert upkeep(settled, Told(), 4).reconcile() == 0


def test_a_package_whose_row_is_not_of_its_last_event_is_due_however_old(settled: World) -> None:
    store = settled.ports.event_store()
    events = store.read("package/frob")
    store.append("package/frob", len(events), [events[-1]])
    told = Told()
    assert upkeep(settled, told, 100).reconcile() == 1
    assert told.messages == [*about("frob"), *LISTS]


def due_elsewhere(told: Told) -> set[Message]:
    """What is due beside the pages of packages and lists."""
    return {
        message
        for message in told.messages
        if isinstance(message, PageStale) and message.page in (Page.NEEDED, Page.FILES)
    }


def test_what_follows_elsewhere_from_the_events_of_the_last_days_is_due_once_more(settled: World) -> None:
    """Nobody else would ever notice: pages of others say that a package is here, and caches serve what was removed."""
    alice = settled.submitter("alice")
    settled.index.publishing().withdraw(alice, "frob")
    settled.settle()

    told = Told()
    upkeep(settled, told, 2).reconcile()
    assert due_elsewhere(told) == {
        PageStale(Page.NEEDED, "frob"),
        PageStale(Page.FILES, "frob"),
        PageStale(Page.NEEDED, "other"),
    }

    told = Told()
    upkeep(settled, told, 4).reconcile()
    assert due_elsewhere(told) == set()


def test_what_follows_elsewhere_from_events_that_no_row_shows_is_due_however_old(settled: World) -> None:
    settled.index.publishing().withdraw(settled.submitter("alice"), "frob")

    class Behind:
        """A catalogue whose row is of the upload still."""

        def __init__(self) -> None:
            found = settled.ports.catalogue().entries()
            self._rows = [evolve(row, stream_version=2, changed=START) if row.name == "frob" else row for row in found]

        def entries(self) -> Iterator[Entry]:
            return iter(self._rows)

    told = Told()
    ports = settled.ports
    clock = At(START + timedelta(days=100))
    Upkeep(ports.event_store(), ports.event_log(), Behind(), ports.directory(), told, clock).reconcile()  # type: ignore[arg-type]
    assert due_elsewhere(told) == {PageStale(Page.NEEDED, "frob"), PageStale(Page.FILES, "frob")}


def test_events_that_cannot_be_read_keep_no_page_from_being_due(
    settled: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    def unreadable(_: str) -> Sequence[Event]:
        raise ConnectionError("as planned")

    monkeypatch.setattr(settled.ports.event_store(), "read", unreadable)
    told = Told()
    with pytest.raises(ConnectionError, match="as planned"):
        upkeep(settled, told, 2).reconcile()
    assert told.messages == [*about("frob", "other"), *LISTS]
