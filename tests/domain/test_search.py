"""Tokens and the tree of search nodes."""

import json
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from domain.listing import Entry, Listing, Posting, listing_of, rounded_down
from domain.search import name_token, tokens_of, word_token, words_of
from domain.search_tree import (
    CAPACITY,
    ROOTS,
    Shape,
    fits,
    leaf_json,
    leaf_key,
    map_key,
    path_of,
    range_of,
    root_of,
    shape_json,
    shape_of,
)
from tests.search.oracle import search_objects

MOST_TOKENS = 29


def listing(name: str, summary: str = "", downloads: int = 0, **others: str) -> Listing:
    said = {"spelling": name, "owner": "1", "latest": "1.0", "updated": "2026-11-24"} | others
    return Listing(name=name, summary=summary, downloads=downloads, **said)


def entry(*, listed: bool = True, summary: str = "Frobs.", latest: str | None = "1.0") -> Entry:
    updated = datetime(2026, 11, 24, 23, 59, tzinfo=UTC) if latest else None
    return Entry("frob", 3, listed, "Frob", "583231", latest, summary, updated)


names = st.from_regex(r"[a-c1](-?[a-c1]){0,8}", fullmatch=True)
PATIENT = settings(max_examples=40, deadline=None)
listings = st.builds(listing, names, st.text(max_size=40), st.integers(0, 5))


def test_a_package_is_found_by_its_name_parts_beginnings_ends_and_words() -> None:
    assert tokens_of(listing("django-filter", "Filter Querysets of the Django ORM, dynamically.")) == {
        *("=django-filter", "djangofilter!", "<retlifognajd", ">drjeatnlgiof"),
        *("d*", "dj*", "dja*", "djan*", "djang*", "django*", "djangof*"),
        *("filter", "fi*", "fil*", "filt*"),
        *("querysets", "django", "orm", "dynamically"),
    }


def test_words_are_compared_without_case_accents_and_marks_and_in_ascii() -> None:
    assert list(words_of("Éclair, naïve \uff34ext_v2: 搜索!")) == ["eclair", "naive", "text", "v2", "搜索"]
    assert word_token("搜索") == "~641c~7d22"
    assert len(word_token("索" * 40)) == 24


def test_very_long_names_stay_apart() -> None:
    first, second = "a" * 190 + "b", "a" * 190 + "c"
    assert len(name_token(first)) == len(name_token(second)) == 40
    assert name_token(first) != name_token(second)


@given(listings)
def test_tokens_are_few_and_short_and_lie_below_the_roots(found: Listing) -> None:
    tokens = tokens_of(found)
    assert len(tokens) <= MOST_TOKENS
    assert all(token.isascii() and 2 <= len(token) + 1 <= 42 for token in tokens)
    assert {root_of(token) for token in tokens if not token.startswith("=")} <= set(ROOTS)


@PATIENT
@given(st.sets(names, max_size=150).map(sorted), st.integers(0, 3))
def test_every_posting_is_in_the_leaf_where_the_script_looks(found: Sequence[str], downloads: int) -> None:
    all_ = [listing(name, "shared words", downloads) for name in found]
    objects = search_objects(all_)
    assert {map_key(root) for root in ROOTS} <= objects.keys()
    for each in all_:
        for token in tokens_of(each):
            if not token.startswith("="):
                shown = look_up(objects, token)
                of_token = sum(token in tokens_of(other) for other in all_)
                assert each.name in shown or (of_token > CAPACITY and len(shown) == CAPACITY)


@PATIENT
@given(st.sets(names, max_size=150).map(sorted))
def test_leaves_and_maps_tell_of_each_other(found: Sequence[str]) -> None:
    objects = search_objects([listing(name) for name in found])
    shapes = [shape_of(root, objects[map_key(root)]) for root in ROOTS]
    leaves = {leaf_key(node) for shape in shapes for node in shape.leaves}
    assert leaves | {map_key(root) for root in ROOTS} == objects.keys()
    assert all(json.loads(objects[key]) for key in leaves)
    for shape in shapes:
        assert shape_json(shape) == objects[map_key(shape.root)]


@PATIENT
@given(st.sets(names, max_size=150).map(sorted), names)
def test_ranges_of_nodes_hold_exactly_the_tokens_of_their_paths(found: Sequence[str], wanted: str) -> None:
    token, path = wanted, path_of(wanted)
    for length in range(7, len(path) + 1):
        low, high = range_of(path[:length])
        assert low <= token < high
        for other in found:
            assert (low <= other < high) == path_of(other).startswith(path[:length])


def test_a_popular_token_shows_the_most_downloaded() -> None:
    postings = [Posting("client", listing(f"p{n:03}", downloads=n)) for n in range(CAPACITY + 9, -1, -1)]
    assert fits(postings)
    assert [row[5] for row in json.loads(leaf_json(postings))] == list(range(10, CAPACITY + 10))
    assert not fits([*postings, Posting("clients", listing("q"))])


def test_a_map_under_change_says_what_is_doubtful() -> None:
    shape = Shape("a", ("1100001",), frozenset({"11000010"}))
    assert json.loads(shape_json(shape)) == {"shape": "0", "doubtful": ["11000010"]}
    assert shape_of("a", shape_json(shape)) == shape
    assert shape_of("a", None) == Shape("a")


def look_up(objects: Mapping[str, bytes], token: str) -> set[str]:
    """The names in the leaf of a token."""
    root = root_of(token)
    node = shape_of(root, objects[map_key(root)]).reached(path_of(token))
    return {row[0] for row in json.loads(objects.get(leaf_key(node), b"[]"))}


def test_a_listing_is_one_short_line_with_a_day() -> None:
    made = listing_of(entry(summary="Frobs\nmany\x00 \x1b[1mthings " + "x" * 200), 1234)
    assert made is not None
    assert made.summary.startswith("Frobs many [1mthings xxx")
    assert len(made.summary) <= 80
    assert (made.latest, made.updated, made.downloads) == ("1.0", "2026-11-24", 1000)


def test_what_is_not_listed_has_no_listing() -> None:
    assert listing_of(entry(listed=False), 1) is None
    without_files = listing_of(entry(latest=None), 0)
    assert without_files is not None
    assert (without_files.latest, without_files.updated) == ("", "")


@pytest.mark.parametrize(
    ("figure", "rounded"), [(0, 0), (1, 1), (4, 2), (5, 5), (9, 5), (10, 10), (19, 10), (499, 200), (1_000_000, 10**6)]
)
def test_figures_change_in_steps(figure: int, rounded: int) -> None:
    assert rounded_down(figure) == rounded
