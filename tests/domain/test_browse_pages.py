"""Browse pages follow the directory, whatever stops their writers or comes between."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from typing import Any, cast
from unittest.mock import patch

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from adapters.memory.directory import MemoryDirectory
from adapters.memory.objects import MemoryObjects
from domain import browse
from domain.browse import leaf_key, leaves
from domain.listing import Listing
from domain.ports.objects import ObjectChanged
from domain.site_settings import SiteSettings
from domain.usecases.browse_pages import BrowsePages
from domain.usecases.directory_reading import leaf_of
from domain.usecases.list_rendering import ListRendering
from domain.usecases.unsettled import Unsettled
from domain.views.browse_page import BrowsePage, browse_page

SITE = SiteSettings("https://index.example")
NAMES = st.from_regex(r"[ab]{1,3}(-[ab]{1,2})?", fullmatch=True)
CHANGES = st.lists(st.tuples(NAMES, st.one_of(st.none(), st.integers(0, 2))), max_size=8)
"""Names with their new figure; None removes a package."""


class Crash(BaseException):
    """The machine stops here."""


class Observed:
    """A port that calls `before` ahead of each call, and `after` behind it."""

    def __init__(self, port: Any, before: Callable[[], None], after: Callable[[], None]) -> None:
        self._port, self._before, self._after = port, before, after

    def __getattr__(self, method: str) -> Callable[..., Any]:
        def call(*args: Any, **kwargs: Any) -> Any:
            self._before()
            result = getattr(self._port, method)(*args, **kwargs)
            result = iter(list(result)) if isinstance(result, Iterator) else result
            self._after()
            return result

        return call


class Plain:
    """Pages that are what the view says."""

    def browse(self, view: BrowsePage) -> bytes:
        return repr(view).encode()


class Index:
    """A directory and its browse pages."""

    def __init__(self) -> None:
        self.directory = MemoryDirectory()
        self.objects = MemoryObjects()
        self.objects.put("browse/index.html", b"not a leaf")

    def change(self, changes: Sequence[tuple[str, int | None]]) -> None:
        for name, downloads in changes:
            listing = None if downloads is None else Listing(name, name, "local:alice", "1", "", "", downloads)
            self.directory.put(name, listing, frozenset({f"={name}"}))

    def pages(self, before: Callable[[], None] = lambda: None, after: Callable[[], None] = lambda: None) -> BrowsePages:
        directory = Observed(self.directory, before, after)
        objects = Observed(self.objects, before, after)
        return BrowsePages(cast("Any", directory), cast("Any", objects), ListRendering(cast("Any", Plain()), SITE))

    def work(self, pages: BrowsePages, limit: int = 100) -> None:
        owed = self.directory.owed(limit)
        pages.write([one.name for one in owed])
        self.directory.settle(owed)

    def finish(self) -> None:
        while self.directory.owed(1):
            self.work(self.pages(), limit=3)

    def stored(self) -> dict[str, bytes]:
        return {key: self.objects.get(key) or b"" for key in self.objects.keys() if key != "browse/index.html"}

    def expected(self) -> dict[str, bytes]:
        names = [posting.listing.name for posting in self.directory.between("=", ">")]
        found = dict(leaf_of(name, self.directory) for name in names)
        assert list(found) == leaves(names)
        return {leaf_key(prefix): repr(browse_page(prefix, on, SITE)).encode() for prefix, on in found.items()}


def stopping(at: int, action: Callable[[], None]) -> Callable[[], None]:
    """Does the action at the n-th call."""
    count = 0

    def called() -> None:
        nonlocal count
        count += 1
        if count == at:
            action()

    return called


def crash() -> None:
    raise Crash


@given(st.lists(st.tuples(CHANGES, st.integers(0, 40), st.booleans()), max_size=4), st.integers(1, 4))
@example([([("aa", 0), ("ab", 0)], 0, False), ([("ac", 0)], 9, True)], 2)
def test_after_any_changes_and_crashes_exactly_the_leaves_are_there(
    rounds: list[tuple[list[tuple[str, int | None]], int, bool]], most: int
) -> None:
    index = Index()
    with patch.object(browse, "MOST", most):
        for changes, crash_at, after in rounds:
            index.change(changes)
            stop = stopping(crash_at, crash)
            pages = index.pages(after=stop) if after else index.pages(before=stop)
            try:
                index.work(pages)
            except Crash:
                continue
        index.finish()
        assert index.stored() == index.expected()


@given(CHANGES, CHANGES, CHANGES, st.integers(1, 25), st.integers(1, 4))
def test_whoever_comes_between_two_writers_keep_exactly_the_leaves(
    first: list[tuple[str, int | None]],
    second: list[tuple[str, int | None]],
    third: list[tuple[str, int | None]],
    at: int,
    most: int,
) -> None:
    index = Index()

    def other() -> None:
        index.change(third)
        index.work(index.pages())

    with patch.object(browse, "MOST", most):
        index.change(first)
        index.finish()
        index.change(second)
        index.work(index.pages(before=stopping(at, other)))
        index.finish()
        assert index.stored() == index.expected()


THREE = [("aa", 0), ("ab", 0), ("ac", 0)]


@pytest.mark.parametrize(
    ("first", "second", "third"),
    [
        pytest.param(THREE[:2], [("aa", 1)], [("ab", 1)], id="on one page"),
        pytest.param(THREE[:2], [("ab", 1)], [("ab", 0)], id="one takes back what the other shows"),
        pytest.param(THREE, [("ac", None)], [("ad", 0)], id="one merges what the other splits"),
        pytest.param(THREE[:2], [("ac", 0)], [("ab", None)], id="one splits what the other merges"),
        pytest.param(THREE[:2], [("ac", 0)], [("aba", 0), ("abb", 0)], id="both split"),
        pytest.param([*THREE, ("aca", 0)], [("ac", None)], [("aca", None)], id="both merge"),
    ],
)
def test_at_every_call_of_a_writer_another_one_may_come(
    first: list[tuple[str, int | None]], second: list[tuple[str, int | None]], third: list[tuple[str, int | None]]
) -> None:
    def tried(at: int) -> bool:
        index, came = Index(), False

        def other() -> None:
            nonlocal came
            came = True
            index.change(third)
            index.work(index.pages())

        index.change(first)
        index.finish()
        index.change(second)
        index.work(index.pages(before=stopping(at, other)))
        index.finish()
        assert index.stored() == index.expected(), f"another came at call {at}"
        return came

    with patch.object(browse, "MOST", 2):
        at = 1
        while tried(at):
            at += 1
    assert at > len(second)


@pytest.mark.parametrize("at", range(1, 20))
def test_who_is_overtaken_and_stops_leaves_no_older_page(at: int) -> None:
    index = Index()
    index.change(THREE)
    index.finish()

    def other() -> None:
        index.change([("ab", 1)])
        index.work(index.pages())

    index.change([("aa", 1)])
    with suppress(Crash):
        index.work(index.pages(before=stopping(at, other), after=stopping(at, crash)))
    index.finish()

    assert index.stored() == index.expected()


@pytest.fixture
def index() -> Index:
    return Index()


def test_what_is_below_other_letters_is_left_alone(index: Index) -> None:
    index.change([("a", 0), ("b", 0)])
    index.finish()
    index.objects.put(leaf_key("b"), b"as it was")

    index.change([("a", 1)])
    index.finish()

    assert index.objects.get(leaf_key("b")) == b"as it was"


def test_a_page_is_written_once_for_all_changes_on_it(index: Index) -> None:
    index.change([(f"a{number}", 0) for number in range(50)])
    put = index.objects.put

    with patch.object(index.objects, "put", side_effect=put) as puts:
        index.work(index.pages())

    # Pages that came are looked at again.
    assert [call.args[0] for call in puts.call_args_list] == [leaf_key("a")] * 2


def test_pages_go_after_those_that_replace_them(index: Index) -> None:
    with patch.object(browse, "MOST", 2):
        index.change([("aa", 0), ("ab", 0)])
        index.finish()
        index.change([("ac", 0)])
        seen: list[list[str]] = []
        index.work(index.pages(after=lambda: seen.append(list(index.stored()))))

    one, three = [leaf_key("a")], [leaf_key("aa"), leaf_key("ab"), leaf_key("ac")]
    steps = [keys for position, keys in enumerate(seen) if keys != seen[position - 1] or not position]
    assert steps == [one, [*one, *three[:1]], [*one, *three[:2]], [*one, *three], three]


def test_everything_can_be_written_again_and_nothing_else_stays(index: Index) -> None:
    with patch.object(browse, "MOST", 2):
        index.change([("aa", 0), ("ab", 0), ("ac", 0), ("b", 0)])
        index.finish()
        expected = index.stored()
        for prefix in ("a", "aa", "aaa", "abc.", "b.", "z"):
            index.objects.put(leaf_key(prefix), b"stray or old")
        index.objects.delete(leaf_key("ac"))

        index.pages().rewrite()

    assert index.stored() == expected
    assert index.objects.get("browse/index.html") == b"not a leaf"


def test_pages_that_keep_changing_stay_owed(index: Index) -> None:
    index.change([("a", 0)])

    with (
        patch.object(index.objects, "put", side_effect=ObjectChanged),
        pytest.raises(Unsettled, match="the browse pages of a keep changing"),
    ):
        index.work(index.pages())

    assert [one.name for one in index.directory.owed(1)] == ["a"]
