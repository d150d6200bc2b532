"""Pages on which people browse."""

from hypothesis import given
from hypothesis import strategies as st

from domain.browse import leaves
from domain.listing import Listing
from domain.views.browse_page import INDEX_KEY, browse_indexes, browse_page, letters_of
from tests.domain.view_examples import SITE


def numbered(prefix: str, count: int) -> list[str]:
    return [f"{prefix}{number:04}" for number in range(count)]


def listing(name: str, summary: str = "") -> Listing:
    return Listing(name, name, "local:alice", "1.0", summary, "2026-11-24", 20)


def test_leaves_say_which_names_they_have() -> None:
    letters = letters_of(sorted(["a", *numbered("ab", 251), *numbered("ac", 3), "b"]))
    assert [(letter.initial, letter.count, letter.url) for letter in letters] == [
        ("a", 255, "/browse/#at-a"),
        ("b", 1, "/browse/#at-b"),
    ]
    named = {leaf.prefix: (leaf.count, leaf.first, leaf.last) for letter in letters for leaf in letter.leaves}
    assert named["a."] == (1, "a", "a")
    assert named["ab00"] == (100, "ab0000", "ab0099")
    assert named["ac"] == (3, "ac0000", "ac0002")
    assert named["b"] == (1, "b", "b")


def test_the_page_of_leaves_is_one_as_long_as_it_is_light() -> None:
    views = browse_indexes(sorted(numbered("a", 300) + numbered("b", 3)), SITE)
    (index,) = views.values()
    assert list(views) == [INDEX_KEY]
    assert (index.count, index.initial, index.leaves, index.ranges) == (303, None, True, True)


def test_an_empty_index_has_a_page_of_leaves_too() -> None:
    (index,) = browse_indexes([], SITE).values()
    assert (index.count, index.letters) == (0, ())


def test_very_many_leaves_are_on_a_page_for_each_letter() -> None:
    names = sorted(
        f"{a}{b}{c}{d}{e}"
        for a in "ab"
        for b in "cdefghij"
        for c in "klmno"
        for d in "pqrstu"
        for e in numbered("", 251)
    )
    views = browse_indexes(names, SITE)

    assert list(views) == [INDEX_KEY, "browse/a--/index.html", "browse/b--/index.html"]
    assert [(letter.url, letter.count) for letter in views[INDEX_KEY].letters] == [
        ("/browse/a--/", len(names) // 2),
        ("/browse/b--/", len(names) // 2),
    ]
    assert not views[INDEX_KEY].leaves
    shown = [leaf.prefix for view in views.values() if view.leaves for letter in view.letters for leaf in letter.leaves]
    assert shown == list(leaves(names))


@given(st.lists(st.from_regex(r"[ab](-?[ab]){0,5}", fullmatch=True), min_size=1, max_size=400, unique=True))
def test_every_name_is_counted_once(names: list[str]) -> None:
    letters = letters_of(sorted(names))
    assert sum(letter.count for letter in letters) == len(names)
    assert all(letter.count == sum(leaf.count for leaf in letter.leaves) for letter in letters)


def test_a_leaf_shows_its_packages_by_name() -> None:
    view = browse_page("a", [listing("ab", "About <b>"), listing("a")], SITE)
    assert [(row.name, row.latest, row.updated, row.downloads) for row in view.rows] == [
        ("a", "1.0", "2026-11-24", 20),
        ("ab", "1.0", "2026-11-24", 20),
    ]
    assert view.rows[1].summary == "About <b>"
    assert (view.exactly, browse_page("a.", [], SITE).exactly) == (None, "a")
