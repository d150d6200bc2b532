"""What a package's stream adds up to."""

from datetime import UTC, datetime

import pytest

from domain.events import (
    Event,
    FileDeleted,
    FileUnyanked,
    FileYanked,
    PackageEvent,
    PackageSubmitted,
    PackageWithdrawn,
    ProjectStatusChanged,
    Recorded,
)
from domain.messages import FetchFacts, Page, PageStale
from domain.package import Package, evolve, fold
from domain.reactions import react
from tests.domain.specification import published, submitted

AT = datetime(2026, 11, 24, tzinfo=UTC)
WHEEL = "frob-1.0-py3-none-any.whl"


def state(*events: Event) -> Package:
    package = fold(events)
    assert package is not None
    return package


def test_nothing_is_no_package() -> None:
    assert fold([]) is None


def test_a_stream_starts_with_its_submission() -> None:
    with pytest.raises(ValueError, match="starts with PackageSubmitted"):
        fold([published(WHEEL)])


def test_files_are_offered_by_release_then_by_name() -> None:
    names = [
        "frob-10.0-py3-none-any.whl",
        "frob-2.0.tar.gz",
        "frob-2.0-py3-none-any.whl",
        "frob-2.0rc1-py3-none-any.whl",
    ]
    offered = state(submitted(), *map(published, names)).offered
    assert [file.published.filename for file in offered] == [names[3], names[2], names[1], names[0]]


def test_yanking_and_unyanking_keep_the_file() -> None:
    package = state(submitted(), published(WHEEL), FileYanked(WHEEL, "why", AT, "x"))
    assert package.files[WHEEL].yanked == "why"
    package = state(submitted(), published(WHEEL), FileYanked(WHEEL, "why", AT, "x"), FileUnyanked(WHEEL, AT, "x"))
    assert package.files[WHEEL].yanked is None


def test_a_quarantined_project_offers_nothing_is_in_no_list_and_loses_nothing() -> None:
    hidden = state(submitted(), published(WHEEL), ProjectStatusChanged("quarantined", "malware", AT))
    assert hidden.offered == ()
    assert hidden.has_pages
    assert not hidden.is_in_lists
    assert state(submitted(), published(WHEEL), ProjectStatusChanged("active", None, AT)).offered


def test_a_package_whose_files_were_deleted_is_still_listed_but_a_withdrawn_one_is_not() -> None:
    assert state(submitted(), published(WHEEL), FileDeleted(WHEEL, AT, "x")).is_in_lists
    withdrawn: list[Event] = [submitted(), published(WHEEL), PackageWithdrawn(AT, "x")]
    assert not state(*withdrawn).has_pages
    assert not state(*withdrawn).is_in_lists
    assert state(*withdrawn, published("frob-2.0.tar.gz")).is_in_lists


def test_a_release_keeps_its_first_label_after_its_files_are_gone() -> None:
    package = state(submitted(), published(WHEEL), FileDeleted(WHEEL, AT, "x"))
    assert list(package.labels.values()) == ["1.0"]


BOTH = (PageStale(Page.SIMPLE, "frob"), PageStale(Page.PROJECT, "frob"))


def test_a_new_package_makes_its_pages_stale_and_what_others_say_of_it() -> None:
    recorded = Recorded("package/frob", 1, PackageSubmitted("Frob", "local:alice", AT))
    assert react(recorded) == (*BOTH, PageStale(Page.NEEDED, "frob"))


def test_a_new_file_makes_stale_the_page_of_its_release_and_no_other_releases() -> None:
    recorded = Recorded("package/frob", 2, published(WHEEL))
    assert react(recorded) == (*BOTH, PageStale(Page.RELEASE, "frob", "1.0"), FetchFacts("frob"))


@pytest.mark.parametrize(
    "event", [FileYanked(WHEEL, "", AT, "x"), FileDeleted(WHEEL, AT, "x"), PackageWithdrawn(AT, "x")]
)
def test_what_happens_to_files_makes_the_pages_of_releases_stale(event: Event) -> None:
    assert {*BOTH, PageStale(Page.RELEASES, "frob")} <= set(react(Recorded("package/frob", 3, event)))


@pytest.mark.parametrize("event", [PackageWithdrawn(AT, "x"), ProjectStatusChanged("quarantined", None, AT)])
def test_a_package_that_goes_makes_stale_what_others_say_of_it(event: Event) -> None:
    assert PageStale(Page.NEEDED, "frob") in react(Recorded("package/frob", 3, event))


@pytest.mark.parametrize(
    "event", [FileDeleted(WHEEL, AT, "x"), PackageWithdrawn(AT, "x"), ProjectStatusChanged("quarantined", None, AT)]
)
def test_where_files_go_away_copies_of_them_are_stale_too(event: Event) -> None:
    assert PageStale(Page.FILES, "frob") in react(Recorded("package/frob", 1, event))


def test_folding_a_stream_at_once_is_folding_it_event_by_event() -> None:
    names = [f"frob-{n}.0-py3-none-any.whl" for n in range(5)]
    events: list[PackageEvent] = [submitted(), *map(published, names)]
    events.insert(3, FileYanked(names[1], "", AT, "x"))
    step_by_step: Package | None = None
    for event in events:
        step_by_step = evolve(step_by_step, event)
    assert fold(events) == step_by_step
