"""Whatever happens, the nodes that were written step by step are those of a replay."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from functools import partial
from itertools import count
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from adapters.memory.directory import MemoryDirectory
from adapters.memory.objects import MemoryObjects
from domain import search_tree
from domain.listing import Listing
from domain.ports.objects import ABSENT, ObjectChanged
from domain.search import tokens_of
from domain.search_tree import leaf_key, map_key
from domain.usecases import search_nodes
from domain.usecases.search_nodes import SearchNodes
from tests.search.oracle import search_objects

Step = tuple[str, str | None, int]
Fault = tuple[str, int, Step]


class Crash(BaseException):
    """The machine stops here."""


class Index:
    """A directory, its objects, and any number of writers."""

    def __init__(self) -> None:
        self.directory = MemoryDirectory()
        self.objects = MemoryObjects()
        self.listings: dict[str, Listing] = {}
        SearchNodes(self.directory, self.objects).ensure_start()

    def change(self, step: Step) -> None:
        """Put a package with a summary, or remove it."""
        name, summary, downloads = step
        if summary is None:
            self.listings.pop(name, None)
            self.directory.put(name, None, frozenset())
            return
        listing = Listing(name, name, "1", "1.0", summary, "2026-11-24", downloads)
        self.listings[name] = listing
        self.directory.put(name, listing, tokens_of(listing))

    def write(self) -> None:
        """As a worker does; what is owed stays owed if it is stopped."""
        owed = self.directory.owed(100)
        SearchNodes(self.directory, self.objects).write(token for one in owed for token in one.tokens)
        self.directory.settle(owed)

    def written(self) -> Mapping[str, bytes]:
        return {key: self.objects.get(key) or b"" for key in self.objects.keys()}

    @contextmanager
    def at_every_call(self, act: Callable[[], None]) -> Iterator[None]:
        """Call `act` right before each call that changes an object."""

        def noticed(original: Callable[..., Any]) -> Callable[..., Any]:
            def call(*args: Any, **kwargs: Any) -> Any:
                act()
                return original(*args, **kwargs)

            return call

        with pytest.MonkeyPatch.context() as patch:
            for method in ("put", "delete"):
                patch.setattr(self.objects, method, noticed(getattr(self.objects, method)))
            yield

    @contextmanager
    def at_call(self, number: int, act: Callable[[], None]) -> Iterator[None]:
        """Call `act` right before the n-th call that changes an object."""
        calls = count(1)
        with self.at_every_call(lambda: act() if next(calls) == number else None):
            yield


@pytest.fixture(autouse=True)
def small_leaves(monkeypatch: pytest.MonkeyPatch) -> None:
    for module in (search_tree, search_nodes):
        monkeypatch.setattr(module, "CAPACITY", 2)


# Few enough that the same package changes again, and that two writers want the same nodes.
NAMES = st.sampled_from(["a", "ab", "aba", "ab-b", "b-a", "ba-ab", "bb", "abb-a", "bab"])
STEPS: st.SearchStrategy[Step] = st.tuples(
    NAMES, st.one_of(st.none(), st.sampled_from(["", "words", "more words"])), st.integers(0, 2)
)
FAULTS: st.SearchStrategy[Fault | None] = st.one_of(
    st.none(), st.tuples(st.sampled_from(["crash", "other writer", "change"]), st.integers(1, 60), STEPS)
)
PATIENT = settings(max_examples=40, suppress_health_check=list(HealthCheck))


def crash() -> None:
    raise Crash


@given(st.lists(STEPS, max_size=40))
@PATIENT
def test_step_by_step_is_the_same_as_at_once(steps: list[Step]) -> None:
    index = Index()
    for step in steps:
        index.change(step)
        index.write()
    assert index.written() == search_objects(index.listings.values())


@given(st.lists(STEPS, max_size=60))
@PATIENT
def test_written_all_at_once_nodes_are_those_of_a_replay_too(steps: list[Step]) -> None:
    index = Index()
    for step in steps:
        index.change(step)
    index.write()
    assert index.written() == search_objects(index.listings.values())


@given(st.lists(st.tuples(STEPS, FAULTS), max_size=25))
@PATIENT
def test_stopped_or_disturbed_at_any_call_it_ends_in_the_same(steps: list[tuple[Step, Fault | None]]) -> None:
    index = Index()
    for step, fault in steps:
        index.change(step)
        match fault:
            case None:
                index.write()
            case ("crash", number, _):
                with index.at_call(number, crash), suppress(Crash):
                    index.write()
            case ("change", number, other):
                with index.at_call(number, partial(index.change, other)):
                    index.write()
            case (_, number, other):

                def disturb(other: Step = other) -> None:
                    index.change(other)
                    index.write()

                with index.at_call(number, disturb):
                    index.write()
    index.write()
    assert not index.directory.owed(1)
    assert index.written() == search_objects(index.listings.values())


@pytest.mark.parametrize("first", [("ab", "words", 1), ("ab", None, 0), ("bb", "words", 0), ("ba-ab", "words", 1)])
@pytest.mark.parametrize("second", [("ab", "words", 2), ("ab", None, 0), ("bb", None, 0), ("aba", "more words", 0)])
def test_of_two_writers_of_the_same_nodes_the_later_state_wins(first: Step, second: Step) -> None:
    for number in range(1, 30):
        index = Index()
        for step in (("ab", "words", 0), ("a", "words", 0), ("ba-ab", "", 1)):
            index.change(step)
        index.write()
        index.change(first)

        def disturb(index: Index = index) -> None:
            index.change(second)
            index.write()

        with index.at_call(number, disturb):
            index.write()
        index.write()
        assert index.written() == search_objects(index.listings.values()), number


@given(st.lists(STEPS, max_size=30))
@PATIENT
def test_nodes_are_there_whenever_a_map_says_so(steps: list[Step]) -> None:
    index = Index()

    def nobody_is_misled() -> None:
        for root in search_tree.ROOTS:
            shape = search_tree.shape_of(root, index.objects.get(map_key(root)))
            assert all(index.objects.etag(leaf_key(node)) for node in shape.leaves)

    for step in steps:
        index.change(step)
        with index.at_every_call(nobody_is_misled):
            index.write()
        nobody_is_misled()


def test_what_was_damaged_is_written_anew() -> None:
    index = Index()
    for name in ("aa", "ab", "ba-ab", "abba", "baba", "ab-a-b"):
        index.change((name, "words", 0))
    index.write()
    whole = dict(index.written())
    for key in sorted(whole)[::2]:
        index.objects.delete(key)
    SearchNodes(index.directory, index.objects).rewrite()
    assert index.written() == whole


def test_a_start_keeps_what_is_there() -> None:
    index = Index()
    index.change(("aa", "words", 0))
    index.write()
    before = index.written()
    SearchNodes(index.directory, index.objects).ensure_start()
    assert index.written() == before
    assert index.objects.etag("search/v1/none.json") == ABSENT
    with pytest.raises(ObjectChanged):
        index.objects.put(map_key("a"), b"", if_match=ABSENT)
