"""The home page's view."""

from datetime import timedelta

import pytest
from attrs import evolve

from domain.listing import Entry
from domain.usage_sums import UsageRow
from domain.views.home import HomePage
from tests.domain.table_examples import overview_of, usage_rows
from tests.domain.view_examples import AT, SITE


def entry(name: str, *, listed: bool = True, age: int = 0, summary: str = "") -> Entry:
    return Entry(name, 1, listed, name, "local:alice", "1.0", summary, AT - timedelta(days=age))


def used_row(name: str, last_30_days: int, total: int) -> UsageRow:
    return UsageRow(name, "", total, last_30_days, "2026-11-25")


def home(*entries: Entry, usage: list[UsageRow] | None = None) -> HomePage:
    return overview_of(entries).home(usage_rows(*usage or ()), SITE)


def many(count: int, summary: str = "") -> HomePage:
    return home(*(entry(f"package-{number:05}", summary=summary) for number in range(count)))


def test_lists_what_is_listed_by_name() -> None:
    view = home(entry("b"), entry("a"), entry("hidden", listed=False))
    assert [row.name for group in view.groups for row in group.rows] == ["a", "b"]
    assert view.count == 2


def test_a_long_list_has_initials() -> None:
    view = home(*(entry(f"{letter}{number}") for letter in "0az" for number in range(30)))
    assert [group.initial for group in view.groups] == ["0", "a", "z"]
    assert sum(len(group.rows) for group in view.groups) == 90


def test_what_was_published_last_comes_first() -> None:
    entries = [entry(f"{letter}{number}", age=number) for letter in "0az" for number in range(30)]
    without_files = evolve(entry("bare"), latest=None, updated=None)
    view = home(without_files, *entries)
    assert [row.name for row in view.recent] == ["00", "a0", "z0", "01", "a1", "z1"]
    assert view.recent[3].updated == "2026-11-22"


def test_the_version_that_was_published_stands_beside_its_day() -> None:
    pre = evolve(entry("pre"), newest="2.0b1")
    view = home(pre, *(entry(f"p{age}", age=age + 1) for age in range(8)))
    assert [(row.name, row.latest) for row in view.recent[:2]] == [("pre", "2.0b1"), ("p0", "1.0")]


def test_a_short_list_does_not_say_everything_twice() -> None:
    view = home(entry("a"), entry("b"))
    assert (view.recent, [group.initial for group in view.groups]) == ((), [""])


def test_says_what_was_downloaded_most_of_what_is_listed() -> None:
    entries = [entry(name, listed=name != "hidden") for name in ("a", "b", "c", "d", "hidden", "e", "f", "g", "h")]
    usage = [
        used_row("a", 5, 90),
        used_row("b", 7, 7),
        used_row("c", 5, 91),
        used_row("d", 0, 1000),
        used_row("hidden", 0, 0),
        *(used_row(name, 1, 1) for name in "fegh"),
    ]
    view = home(*entries, usage=usage)
    assert [(row.name, row.downloads) for row in view.popular] == [
        ("b", 7),
        ("c", 5),
        ("a", 5),
        ("e", 1),
        ("f", 1),
        ("g", 1),
    ]
    assert (view.total, view.last_30_days) == (90 + 7 + 91 + 1000 + 4, 5 + 7 + 5 + 4)


def test_what_is_being_hidden_is_not_among_what_is_downloaded_most() -> None:
    view = home(entry("a"), entry("hidden", listed=False), usage=[used_row("hidden", 9, 9), used_row("gone", 9, 9)])
    assert view.popular == ()


def test_without_downloads_nothing_is_downloaded_most() -> None:
    view = home(entry("a"), usage=[used_row("a", 0, 3)])
    assert (view.popular, view.total) == ((), 3)


def test_an_empty_index_has_no_list() -> None:
    view = home()
    assert (view.count, view.groups, view.letters, view.popular, view.recent) == (0, (), (), (), ())


@pytest.mark.parametrize(("count", "longest"), [(30, 99), (200, 60), (350, 0)])
def test_summaries_shrink_as_packages_grow_in_number_and_then_go(count: int, longest: int) -> None:
    rows = [row for group in many(count, "some words " * 20).groups for row in group.rows]
    assert len(rows) == count
    assert max(len(row.summary) for row in rows) == longest


def test_versions_go_before_names_do() -> None:
    rows = [[row for group in many(count).groups for row in group.rows] for count in (320, 390)]
    assert [len(some) for some in rows] == [320, 390]
    assert [some[0].latest for some in rows] == ["1.0", ""]


@pytest.mark.parametrize("count", [401, 5_000])
def test_a_large_index_is_browsed_by_how_names_begin(count: int) -> None:
    view = many(count)
    assert (view.groups, view.leaves) == ((), True)
    assert [(letter.initial, letter.count) for letter in view.letters] == [("p", count)]
    assert sum(leaf.count for letter in view.letters for leaf in letter.leaves) == count


def test_long_names_make_an_index_large_as_well() -> None:
    view = home(*(entry(f"{number:03}" + "x" * 190) for number in range(300)))
    assert view.groups == ()
    assert sum(letter.count for letter in view.letters) == 300


def test_a_very_large_index_has_letters_only() -> None:
    names = [
        f"{a}{b}{c}{d}{number}" for a in "ab" for b in "klmnop" for c in "qrst" for d in "uvwx" for number in range(260)
    ]
    view = home(*map(entry, names))
    assert (view.count, view.groups, view.leaves) == (len(names), (), False)
    assert [letter.initial for letter in view.letters] == ["a", "b"]
