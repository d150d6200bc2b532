"""Which pages people browse on."""

from collections.abc import Iterable, Sequence
from itertools import groupby
from unittest.mock import patch

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.memory.directory import MemoryDirectory
from domain import browse
from domain.browse import leaf_key, leaves, prefix_of
from domain.listing import Listing
from domain.usecases.directory_reading import branch_of, leaf_of, listings_of

SOME = st.sets(st.from_regex(r"[0abc]{1,3}(-[0abc]{1,2}){0,2}", fullmatch=True), max_size=40)


def listing(name: str, downloads: int = 0) -> Listing:
    return Listing(name, name, "local:alice", "1.0", "", "2026-11-24", downloads)


def directory(names: Iterable[str]) -> MemoryDirectory:
    made = MemoryDirectory()
    for name in names:
        made.put(name, listing(name), frozenset({f"={name}", name}))
    return made


def numbered(beginning: str, count: int) -> list[str]:
    return [f"{beginning}{number:03}" for number in range(count)]


def leaf_by_leaf(names: Sequence[str]) -> list[str]:
    """What `leaves` says, one name after the other, and slowly."""

    def leaf(name: str) -> str:
        beginnings = (name[:length] for length in range(1, len(name) + 1))
        small = (one for one in beginnings if sum(other.startswith(one) for other in names) <= browse.MOST)
        return next(small, f"{name}.")

    return [prefix for prefix, _ in groupby(map(leaf, names))]


def test_without_packages_there_are_no_leaves() -> None:
    assert leaves([]) == []


def test_a_small_index_has_a_leaf_for_each_first_letter_and_digit() -> None:
    assert leaves(["2to3", "spam", "spam-eggs", "zope"]) == ["2", "s", "z"]


def test_a_leaf_has_at_most_250_packages() -> None:
    assert leaves(numbered("s", 250)) == ["s"]
    assert leaves(numbered("s", 251)) == ["s0", "s1", "s2"]


def test_a_leaf_splits_where_its_names_differ() -> None:
    assert leaves([*numbered("spam-a", 200), *numbered("spam-b", 51)]) == ["spam-a", "spam-b"]


def test_a_whole_name_that_many_others_begin_with_is_a_leaf_of_its_own() -> None:
    names = ["spam", *numbered("spam-", 100), *numbered("spam0", 100), *numbered("spama", 100)]

    assert leaves(names) == ["spam.", "spam-", "spam0", "spama"]


@given(SOME, st.integers(1, 4))
def test_each_package_is_on_the_leaf_of_its_shortest_beginning_that_few_have(names: set[str], most: int) -> None:
    with patch.object(browse, "MOST", most):
        assert leaves(sorted(names)) == leaf_by_leaf(sorted(names))


@given(SOME, st.integers(1, 4))
def test_the_directory_tells_the_leaf_of_one_name(names: set[str], most: int) -> None:
    with patch.object(browse, "MOST", most):
        found = dict(leaf_of(name, directory(names)) for name in sorted(names))
        assert list(found) == leaves(sorted(names))
    assert [one for on_leaf in found.values() for one in on_leaf] == list(map(listing, sorted(names)))


@given(SOME, st.sampled_from(["a", "b0", "cc-c"]))
def test_a_name_that_is_not_there_has_the_leaf_where_it_would_be(names: set[str], name: str) -> None:
    names.discard(name)
    with patch.object(browse, "MOST", 3):
        prefix, listings = leaf_of(name, directory(names))
    assert name not in [one.name for one in listings]
    if prefix == f"{name}.":
        assert listings == ()
    else:
        assert [one.name for one in listings] == sorted(one for one in names if one.startswith(prefix))


@pytest.mark.parametrize(("prefix", "key"), [("s", "browse/s/index.html"), ("spam.", "browse/spam./index.html")])
def test_a_leaf_has_a_key(prefix: str, key: str) -> None:
    assert leaf_key(prefix) == key
    assert prefix_of(key) == prefix


@pytest.mark.parametrize(
    "key",
    [
        "browse/index.html",
        "browse/s/index.html.gz",
        "browse/s--/index.html",
        "browse/./index.html",
        "browse/S/index.html",
        "browse/a/b/index.html",
    ],
)
def test_other_keys_are_no_leaves(key: str) -> None:
    assert prefix_of(key) is None


def test_a_branch_is_a_leaf_where_the_pages_are_those_of_the_tree() -> None:
    branch = branch_of("spam", directory(["spam", "sooner", "zope"]), ["s", "z"])

    assert (branch.top, dict(branch.leaves)) == ("s", {"s": (listing("sooner"), listing("spam"))})
    assert branch.holds("sun")
    assert not branch.holds("zope")


def test_the_leaf_of_the_last_package_that_went_is_to_have_no_page() -> None:
    branch = branch_of("spam", directory(["zope"]), ["s", "z"])

    assert branch.leaves == {"s": ()}


def test_a_page_that_grew_too_large_is_replaced_by_all_that_come_of_it() -> None:
    names = ["s", *numbered("sa", 130), *numbered("sb", 130)]

    branch = branch_of("sb007", directory(names), ["r", "s", "t"])

    assert branch.top == "s"
    assert {prefix: len(listings) for prefix, listings in branch.leaves.items()} == {
        "s": 0,
        "s.": 1,
        "sa": 130,
        "sb": 130,
    }


def test_pages_that_shrank_into_one_go() -> None:
    branch = branch_of("sb007", directory(["s", *numbered("sa", 130)]), ["r", "s.", "sa", "sb", "sbc", "t"])

    assert branch.top == "s"
    assert {prefix: len(listings) for prefix, listings in branch.leaves.items()} == {
        "s": 131, "s.": 0, "sa": 0, "sb": 0, "sbc": 0,
    }  # fmt: skip


def test_the_leaf_of_one_name_holds_no_other() -> None:
    branch = branch_of("spam", directory(["spam", *numbered("spam-", 251)]), ["spam-0", "spam-1", "spam-2"])

    assert (branch.top, dict(branch.leaves)) == ("spam.", {"spam.": (listing("spam"),)})
    assert branch.holds("spam")
    assert not branch.holds("spam-001")
    assert not branch.holds("spa")


def test_all_listings_come_in_the_order_of_names() -> None:
    assert listings_of(directory(["b", "a-b", "a"])) == (listing("a"), listing("a-b"), listing("b"))
