"""What is due because something was counted. What follows from publishing is told with packages."""

import pytest

from domain.events import BatchCounted, DayCounted, Event, Recorded, SubmitterRegistered, UsageYearOpened
from domain.messages import FetchFacts, Page, PageStale
from domain.reactions import react
from tests.domain.specification import published
from tests.domain.usage_examples import AT, figures


def test_new_figures_make_what_is_about_their_package_stale_once() -> None:
    recorded = Recorded("usage/frob-nicate/2026", 1, figures("2026-11-24"))

    assert react(recorded) == (PageStale(Page.PROJECT, "frob-nicate"),)


def test_a_published_file_makes_the_facts_of_its_repository_wanted() -> None:
    due = react(Recorded("package/frob-nicate", 2, published("frob_nicate-1.0.tar.gz")))

    assert due[-1] == FetchFacts("frob-nicate")


def test_another_login_of_an_account_makes_whatever_says_it_stale() -> None:
    due = react(Recorded("account/583231", 2, SubmitterRegistered("octocat", AT)))

    assert due == (PageStale(Page.OWNER, "583231"),)


def test_a_finished_day_moves_the_figures_of_all_packages() -> None:
    assert react(Recorded("days/2026", 1, DayCounted("2026-11-24", whole=True, at=AT))) == (PageStale(Page.FIGURES),)


@pytest.mark.parametrize(
    ("stream", "event"),
    [
        ("days/2026", DayCounted("2026-11-25", whole=False, at=AT)),
        ("counting/2026-11-24", BatchCounted("2026-11-24", 1, 2, whole=True, at=AT)),
        ("usage-years/frob", UsageYearOpened(2026, AT)),
    ],
)
def test_steps_on_the_way_change_no_page(stream: str, event: Event) -> None:
    assert react(Recorded(stream, 1, event)) == ()
