"""What every DependentsTable promises."""

from collections.abc import Iterable
from functools import partial

import pytest
from attrs import evolve

from domain.needs import Dependents, Need
from domain.ports.dependents import DependentsTable, Untold
from tests.together import together

NEED = Need(on="base", dependent="spam", spelling="Spam", specifier=">=2.1, <3")
EXTRA = evolve(NEED, specifier="", extra="fast", marker='python_version < "3.12" or os_name == "ünïx"')


def needs(dependent: str, packages: Iterable[str]) -> list[Need]:
    return [Need(on, dependent, dependent, "") for on in packages]


def told(dependents: DependentsTable, dependent: str, *needed: Need) -> frozenset[str]:
    """Put, and tell whoever has to know."""
    untold = dependents.put(dependent, needed)
    dependents.told(untold)
    return untold.packages


def test_at_first_nobody_needs_anything(dependents: DependentsTable) -> None:
    assert dependents.of("base", 10) == Dependents()


def test_needs_are_found_under_what_is_needed(dependents: DependentsTable) -> None:
    other = evolve(NEED, on="other")

    untold = dependents.put("spam", [NEED, other, EXTRA])

    assert untold.dependent == "spam"
    assert untold.packages == {"base", "other"}
    assert dependents.of("base", 10) == Dependents(1, (NEED, EXTRA))
    assert dependents.of("other", 10) == Dependents(1, (other,))


def test_dependents_come_in_the_order_of_names(dependents: DependentsTable) -> None:
    names = ["b", "a-b", "a", "ab", "a1", "2", "z"]
    for name in names:
        dependents.put(name, needs(name, ["base"]))

    found = dependents.of("base", 100)

    assert found.count == len(names)
    assert [need.dependent for need in found.needs] == sorted(names)


@pytest.mark.parametrize("limit", [0, 1, 2, 3, 4, None])
def test_the_needs_of_some_are_told_and_all_are_counted(dependents: DependentsTable, limit: int | None) -> None:
    for name in ("a", "b", "c"):
        dependents.put(name, [*needs(name, ["base", "other"]), Need("base", name, name, "", extra="fast")])

    found = dependents.of("base", limit)

    assert found.count == 3
    assert [need.dependent for need in found.needs] == list("aabbcc")[: limit and 2 * limit]


def test_what_a_package_needs_replaces_what_it_needed(dependents: DependentsTable) -> None:
    changed = evolve(NEED, on="c", specifier=">=3")
    told(dependents, "spam", *needs("spam", ["a", "b"]), NEED, evolve(NEED, on="c"))

    assert told(dependents, "spam", *needs("spam", ["b", "d"]), NEED, changed) == {"a", "c", "d"}

    assert [dependents.of(on, 1).count for on in ("a", "b", "base", "d")] == [0, 1, 1, 1]
    assert dependents.of("c", 1).needs == (changed,)
    assert told(dependents, "spam") == {"b", "base", "c", "d"}
    assert dependents.of("base", 1) == Dependents()


def test_other_dependents_are_left_alone(dependents: DependentsTable) -> None:
    dependents.put("eggs", needs("eggs", ["base"]))
    dependents.put("spam", needs("spam", ["base"]))

    dependents.put("spam", [])

    assert dependents.of("base", 10) == Dependents(1, tuple(needs("eggs", ["base"])))


def test_equal_needs_have_nothing_to_tell(dependents: DependentsTable) -> None:
    told(dependents, "spam", NEED, EXTRA)

    assert told(dependents, "spam", NEED, EXTRA) == frozenset()
    assert told(dependents, "eggs") == frozenset()


def test_who_was_not_told_is_named_again(dependents: DependentsTable) -> None:
    dependents.put("spam", needs("spam", ["a", "b"]))
    dependents.put("spam", needs("spam", ["b", "c"]))

    assert dependents.put("spam", needs("spam", ["b", "c"])).packages == {"a", "b", "c"}
    assert told(dependents, "spam") == {"a", "b", "c"}
    assert told(dependents, "spam") == frozenset()


def test_what_changed_since_stays_untold(dependents: DependentsTable) -> None:
    before = dependents.put("spam", needs("spam", ["a"]))
    dependents.put("spam", needs("spam", ["b"]))
    dependents.put("spam", needs("spam", ["a"]))

    dependents.told(before)
    dependents.told(Untold("spam", frozenset({"a"}), ""))
    dependents.told(Untold("eggs", frozenset({"a"}), "mark"))

    assert told(dependents, "spam", *needs("spam", ["a"])) == {"a", "b"}
    assert told(dependents, "spam", *needs("spam", ["a"])) == frozenset()


def test_a_package_may_need_very_many(dependents: DependentsTable) -> None:
    many = [f"p{number:03}" for number in range(250)]

    assert told(dependents, "spam", *needs("spam", many)) == set(many)
    assert told(dependents, "spam", *needs("spam", many[1:])) == {"p000"}

    assert [dependents.of(on, 1).count for on in ("p000", "p001", "p099", "p100", "p249")] == [0, 1, 1, 1, 1]


@pytest.mark.concurrent
def test_of_simultaneous_needs_one_wins_whole(dependents: DependentsTable) -> None:
    puts = [needs("spam", ["base", f"p{number}"]) for number in range(6)]

    found = together([partial(dependents.put, "spam", each) for each in puts])

    assert all(isinstance(each, Untold) for each in found)
    assert sum(dependents.of(f"p{number}", 1).count for number in range(6)) == 1
    assert dependents.of("base", 1).count == 1
    assert dependents.put("spam", []).packages == {"base", *(f"p{number}" for number in range(6))}


def test_needs_that_are_forgotten_are_nobodys_and_can_be_put_again(dependents: DependentsTable) -> None:
    dependents.put("spam", needs("spam", ["base"]))

    dependents.forget("spam", ["base", "other"])
    dependents.forget("spam", [])
    assert dependents.of("base", 1).count == 0

    dependents.put("spam", needs("spam", ["base"]))
    assert dependents.of("base", 1).count == 1
