"""Owners and their pages."""

import pytest

from domain.listing import Listing
from domain.owners import Owner, owner_of, owner_slug
from domain.views.owner_page import owner_page
from tests.domain.view_examples import SITE

ALICE = owner_of("local:alice")


def listing(name: str, downloads: int = 20, updated: str = "2026-11-24") -> Listing:
    return Listing(name, name.title(), "local:alice", "1.0", "Does things.", updated, downloads)


@pytest.mark.parametrize(
    ("account", "slug"), [("local:alice", "local.alice"), ("583231", "583231"), ("local:a.b-c_d", "local.a.b-c_d")]
)
def test_accounts_have_addresses(account: str, slug: str) -> None:
    assert owner_slug(account) == slug
    assert owner_of(account).url == f"/owner/{slug}/"


def test_where_no_login_is_known_the_key_says_as_much_as_it_can() -> None:
    assert Owner("local:alice", "alice") == ALICE
    assert owner_of("583231") == Owner("583231", "583231")
    assert owner_of("583231", "octocat").login == "octocat"
    assert (ALICE.is_local, owner_of("583231").is_local) == (True, False)
    owners = (ALICE, owner_of("583231"), owner_of("583231", "octocat"))
    assert [owner.is_named for owner in owners] == [True, False, True]


def test_packages_are_shown_by_name() -> None:
    view = owner_page(ALICE, [listing("b", 5, "2026-11-25"), listing("a")], SITE)
    assert [(row.name, row.spelling, row.downloads) for row in view.rows] == [("a", "A", 20), ("b", "B", 5)]
    assert (view.count, view.updated) == (2, "2026-11-25")


def test_without_packages_there_is_a_page_too() -> None:
    view = owner_page(ALICE, [], SITE)
    assert (view.count, view.updated, view.rows) == (0, "", ())


def test_of_very_many_packages_those_with_most_downloads_are_shown() -> None:
    view = owner_page(ALICE, [listing(f"p{number:04}", number) for number in range(1000)], SITE)
    assert view.count == 1000
    assert [row.name for row in view.rows] == [f"p{number:04}" for number in range(750, 1000)]
