"""What every Catalogue promises."""

from datetime import UTC, datetime
from functools import partial

import pytest
from attrs import evolve

from domain.listing import Entry, Listed
from domain.ports.catalogue import Catalogue
from tests.together import together

ENTRY = Entry(
    name="spam",
    stream_version=3,
    listed=True,
    spelling="Spam",
    owner="local:alice",
    latest="1.0",
    summary="Ünïcode \U0001f40d",
    updated=datetime(2026, 11, 24, 1, 2, 3, 456789, tzinfo=UTC),
    newest="2.0b1",
    standing="deprecated",
)


def test_an_unknown_package_has_no_row(catalogue: Catalogue) -> None:
    assert catalogue.get("spam") is None
    assert [*catalogue.entries(), *catalogue.names(), *catalogue.listed()] == []


def test_a_row_comes_back_equal(catalogue: Catalogue) -> None:
    bare = evolve(ENTRY, name="eggs", listed=False, latest=None, updated=None, summary="", newest=None, standing="")

    catalogue.put(ENTRY)
    catalogue.put(bare)

    assert catalogue.get("spam") == ENTRY
    assert catalogue.get("eggs") == bare


def test_all_rows_come_in_the_order_of_names(catalogue: Catalogue) -> None:
    names = ["b", "a-b", "a", "ab", "a1", "2", "z"]
    for name in names:
        catalogue.put(evolve(ENTRY, name=name, listed=name != "a"))

    assert [entry.name for entry in catalogue.entries()] == sorted(names)


def test_what_is_listed_comes_in_the_order_of_names_and_in_brief(catalogue: Catalogue) -> None:
    catalogue.put(evolve(ENTRY, name="hidden", listed=False))
    catalogue.put(evolve(ENTRY, name="z", latest=None, updated=None))
    catalogue.put(evolve(ENTRY, name="a-b", owner="583231", updated=datetime(2026, 1, 2, tzinfo=UTC)))
    catalogue.put(evolve(ENTRY, name="a"))

    listed = list(catalogue.listed())

    assert listed == [
        Listed("a", "local:alice", "1.0", "2026-11-24T01:02:03.456789Z"),
        Listed("a-b", "583231", "1.0", "2026-01-02T00:00:00.000000Z"),
        Listed("z", "local:alice", "", ""),
    ]
    assert list(catalogue.names()) == ["a", "a-b", "z"]
    assert [one.day for one in listed] == ["2026-11-24", "2026-01-02", ""]


def test_what_is_hidden_is_listed_no_more(catalogue: Catalogue) -> None:
    catalogue.put(ENTRY)
    catalogue.put(evolve(ENTRY, listed=False))
    assert list(catalogue.listed()) == []

    catalogue.put(evolve(ENTRY, owner="local:bob"))
    assert [one.owner for one in catalogue.listed()] == ["local:bob"]


def test_a_newer_row_replaces_an_older_one(catalogue: Catalogue) -> None:
    newer = evolve(ENTRY, stream_version=4, latest="2.0", owner="local:bob")

    catalogue.put(ENTRY)
    catalogue.put(newer)

    assert catalogue.get("spam") == newer
    assert list(catalogue.owned_by("local:bob")) == [newer]
    assert list(catalogue.owned_by("local:alice")) == []


def test_an_older_row_never_replaces_a_newer_one(catalogue: Catalogue) -> None:
    catalogue.put(ENTRY)
    catalogue.put(evolve(ENTRY, stream_version=2, latest="0.9"))

    assert catalogue.get("spam") == ENTRY


def test_a_row_of_the_same_version_can_be_derived_again(catalogue: Catalogue) -> None:
    again = evolve(ENTRY, summary="shown otherwise")

    catalogue.put(ENTRY)
    catalogue.put(again)

    assert catalogue.get("spam") == again


def test_the_rows_of_an_account(catalogue: Catalogue) -> None:
    for name, owner in (("c", "local:alice"), ("a", "local:bob"), ("b", "local:alice"), ("d", "local:alice2")):
        catalogue.put(evolve(ENTRY, name=name, owner=owner))

    assert [entry.name for entry in catalogue.owned_by("local:alice")] == ["b", "c"]
    assert list(catalogue.owned_by("local:nobody")) == []


@pytest.mark.concurrent
def test_of_simultaneous_rows_the_newest_stays(catalogue: Catalogue) -> None:
    rows = [evolve(ENTRY, stream_version=version) for version in range(1, 17)]

    assert together([partial(catalogue.put, row) for row in rows]) == [None] * 16

    assert catalogue.get("spam") == rows[-1]


def test_a_row_that_is_forgotten_may_be_replaced_by_an_older_one(catalogue: Catalogue) -> None:
    catalogue.put(evolve(ENTRY, stream_version=9))

    catalogue.forget("spam")
    catalogue.forget("spam")
    assert catalogue.get("spam") is None

    catalogue.put(ENTRY)
    assert catalogue.get("spam") == ENTRY
