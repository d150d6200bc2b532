"""What every FactsTable promises."""

from datetime import UTC, datetime, timedelta
from functools import partial

import pytest
from attrs import evolve

from domain.ports.facts import NEVER, FactsTable, Heard
from domain.repository import RepositoryFacts
from tests.together import together

NOW = datetime(2026, 11, 26, 4, 0, 0, 500_000, tzinfo=UTC)
A_MOMENT = timedelta(microseconds=1)
FACTS = RepositoryFacts(
    "alice/frob", NOW, stars=10**9, forks=0, issues=7, contributors=1, pushed_at=NOW, license="MIT", archived=True
)
HEARD = Heard(FACTS, NOW, {"repository": 'W/"1f"', "pull requests": '"\u2028"'}, silences=3)


@pytest.mark.parametrize(
    "heard", [HEARD, Heard(None, NOW), Heard(None, NEVER), Heard(RepositoryFacts("a/b", NOW), NOW, silences=1)]
)
def test_what_was_heard_comes_back_equal(facts_table: FactsTable, heard: Heard) -> None:
    facts_table.put("alice/frob", heard)

    assert facts_table.get("alice/frob") == heard
    assert facts_table.oldest(1) == {"alice/frob": heard}


def test_nobody_has_heard_of_the_others(facts_table: FactsTable) -> None:
    facts_table.put("alice/frob2", HEARD)

    assert facts_table.get("alice/frob") is None
    assert facts_table.followers("alice/frob") == []


def test_what_is_heard_takes_the_place_of_what_was(facts_table: FactsTable) -> None:
    facts_table.put("alice/frob", HEARD)
    facts_table.put("alice/frob", Heard(None, NOW))

    assert facts_table.get("alice/frob") == Heard(None, NOW)
    assert list(facts_table.oldest(9)) == ["alice/frob"]


def test_the_case_of_letters_makes_no_difference(facts_table: FactsTable) -> None:
    facts_table.put("Alice/Frob", HEARD)
    facts_table.follow("frob", "aLICE/frob")

    assert facts_table.get("alice/FROB") == HEARD
    assert facts_table.followers("ALICE/frob") == ["frob"]
    assert list(facts_table.oldest(9)) == ["alice/frob"]

    facts_table.forget("ALICE/FROB")
    assert facts_table.get("Alice/Frob") is None


def test_what_is_forgotten_is_unknown(facts_table: FactsTable) -> None:
    facts_table.put("alice/frob", HEARD)
    facts_table.put("bob/eggs", HEARD)

    facts_table.forget("alice/frob")
    facts_table.forget("alice/frob")

    assert facts_table.get("alice/frob") is None
    assert list(facts_table.oldest(9)) == ["bob/eggs"]


def test_those_asked_for_longest_ago_come_first(facts_table: FactsTable) -> None:
    at = {"c/c": NEVER, "b/b": NOW - A_MOMENT, "d/d": NOW, "a/a": NOW + A_MOMENT, "e/e": NOW + timedelta(days=40)}
    for name in sorted(at):
        facts_table.put(name, evolve(HEARD, asked_at=at[name]))

    assert list(facts_table.oldest(9)) == list(at)
    assert list(facts_table.oldest(2)) == ["c/c", "b/b"]
    assert list(facts_table.oldest(0)) == []

    facts_table.put("c/c", evolve(HEARD, asked_at=NOW + timedelta(days=99)))
    assert list(facts_table.oldest(9)) == ["b/b", "d/d", "a/a", "e/e", "c/c"]


def test_a_package_follows_one_repository_at_a_time(facts_table: FactsTable) -> None:
    for package in ("spam", "a-b", "a", "ab"):
        facts_table.follow(package, "alice/frob")
        facts_table.follow(package, "alice/frob")
    assert facts_table.followers("alice/frob") == ["a", "a-b", "ab", "spam"]

    facts_table.follow("ab", "bob/eggs")
    facts_table.follow("a", None)
    facts_table.follow("nobody", None)

    assert facts_table.followers("alice/frob") == ["a-b", "spam"]
    assert facts_table.followers("bob/eggs") == ["ab"]


def test_what_cannot_be_stored_is_refused_and_changes_nothing(facts_table: FactsTable) -> None:
    facts_table.put("alice/frob", HEARD)

    with pytest.raises(ValueError, match="asked_at"):
        facts_table.put("alice/frob", Heard(None, NOW.replace(tzinfo=None)))

    assert facts_table.get("alice/frob") == HEARD


@pytest.mark.concurrent
def test_all_may_keep_and_follow_at_the_same_time(facts_table: FactsTable) -> None:
    heard = [evolve(HEARD, silences=number) for number in range(16)]
    puts = [partial(facts_table.put, "alice/frob", each) for each in heard]
    follows = [partial(facts_table.follow, f"package-{number:02}", "alice/frob") for number in range(16)]

    assert together([*puts, *follows]) == [None] * 32

    assert facts_table.get("alice/frob") in heard
    assert facts_table.followers("alice/frob") == [f"package-{number:02}" for number in range(16)]
