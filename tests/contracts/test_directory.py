"""What every Directory promises."""

from collections.abc import Sequence
from functools import partial

import pytest
from attrs import evolve

from domain.listing import Listing, Posting
from domain.ports.directory import MOST_TOKENS, Directory, Owed
from tests.together import together

LISTING = Listing(
    name="spam",
    spelling="Spam",
    owner="local:alice",
    latest="1.0",
    summary="Ünïcode \U0001f40d",
    updated="2026-11-24",
    downloads=1200,
    standing="deprecated",
)
BARE = Listing(name="eggs", spelling="eggs", owner="local:bob", latest="", summary="", updated="", downloads=0)
TOKENS = frozenset({"=spam", "spam", "spam*"})


def postings(directory: Directory, tokens: str) -> Sequence[Posting]:
    """All under tokens that start with one of these characters."""
    return [posting for low in tokens for posting in directory.between(low, chr(ord(low) + 1))]


def told(directory: Directory) -> list[tuple[str, frozenset[str], frozenset[str]]]:
    """What is owed, without marks."""
    return [(one.name, one.tokens, one.owners) for one in directory.owed(100)]


def settled(directory: Directory) -> None:
    directory.settle(directory.owed(100))


def test_at_first_there_is_nothing(directory: Directory) -> None:
    assert list(directory.owed(10)) == []
    assert list(directory.between("a", "b", 10)) == []
    assert list(directory.owned_by("local:alice")) == []


def test_a_listing_is_found_whole_under_each_of_its_tokens(directory: Directory) -> None:
    directory.put("spam", LISTING, TOKENS)
    directory.put("eggs", BARE, frozenset({"=eggs"}))

    assert postings(directory, "s") == [Posting("spam", LISTING), Posting("spam*", LISTING)]
    assert postings(directory, "=") == [Posting("=eggs", BARE), Posting("=spam", LISTING)]


def test_the_tokens_of_a_listing_are_known(directory: Directory) -> None:
    assert directory.tokens("spam") == frozenset()
    directory.put("spam", LISTING, TOKENS)
    assert directory.tokens("spam") == TOKENS
    directory.put("spam", None, frozenset())
    assert directory.tokens("spam") == frozenset()


def test_a_range_begins_with_its_first_token_and_ends_before_its_last(directory: Directory) -> None:
    tokens = ["s", "sa", "sa-", "saa", "sab", "sb"]
    directory.put("spam", LISTING, frozenset(tokens))

    def found(low: str, high: str) -> list[str]:
        return [posting.token for posting in directory.between(low, high)]

    assert found("s", "t") == tokens
    assert found("sa", "sb") == ["sa", "sa-", "saa", "sab"]
    assert found("sa", "sa\x01") == ["sa"]
    assert found("sa ", "sab") == ["sa-", "saa"]
    assert found("sab", "sab") == []
    assert found("sb", "sa") == []
    assert found("s", "s\U0010ffff") == tokens


def test_tokens_are_in_the_order_of_their_code_points(directory: Directory) -> None:
    tokens = ["x", "x ", "x-", "x0", "xA", "xa", "xz", "x~", "x\x7f", "xß", "xé", "x€", "x\ufffd", "x\U0001f40d"]
    directory.put("spam", LISTING, frozenset(tokens))

    assert [posting.token for posting in directory.between("x", "y", 100)] == tokens


@pytest.mark.parametrize("token", ["'", '"', "%", "#", "é", "\U0001f40d", "\U0010ffff", "\x01", "\ud7ff", "{", "\\"])
def test_tokens_may_start_with_any_character(directory: Directory, token: str) -> None:
    directory.put("spam", LISTING, frozenset({token, token * 2}))

    assert [posting.token for posting in directory.between(token, token * 2)] == [token]
    assert [posting.token for posting in directory.between(token, token * 3)] == [token, token * 2]


def test_under_one_token_those_with_more_downloads_come_first_and_then_names(directory: Directory) -> None:
    wanted = [("a-c", 10**12), ("b", 1000), ("a", 999), ("d", 999), ("c", 2), ("aa", 0), ("ab", 0)]
    for name, downloads in sorted(wanted):
        directory.put(name, evolve(LISTING, name=name, downloads=downloads), frozenset({"x"}))
        directory.put(f"{name}2", evolve(LISTING, name=f"{name}2", downloads=downloads), frozenset({"xy"}))

    found = directory.between("x", "y")

    assert [posting.listing.name for posting in found] == [
        *(name for name, _ in wanted),
        *(f"{name}2" for name, _ in wanted),
    ]


def test_no_more_postings_come_than_are_wanted(directory: Directory) -> None:
    for number in range(10):
        directory.put(f"p{number}", evolve(LISTING, name=f"p{number}"), frozenset({f"=p{number}"}))

    assert [posting.token for posting in directory.between("=", ">", 3)] == ["=p0", "=p1", "=p2"]
    assert [posting.token for posting in directory.between("=p4", ">", 2)] == ["=p4", "=p5"]
    assert len(directory.between("=", ">", 10)) == 10
    assert len(directory.between("=", ">")) == 10


@pytest.mark.parametrize(
    ("low", "high"), [("ab", "ba"), ("a", "ba"), ("a", "c"), ("", "b"), ("a", "b\0"), ("a\0", "b")]
)
def test_ranges_of_tokens_that_start_otherwise_are_nobodys(directory: Directory, low: str, high: str) -> None:
    with pytest.raises(ValueError, match="start alike"):
        directory.between(low, high, 10)


@pytest.mark.parametrize("token", ["", "a\0b", "x" * 501, "é" * 251, "\ud800"])
def test_what_is_no_token_is_refused(directory: Directory, token: str) -> None:
    with pytest.raises(ValueError, match="is no token"):
        directory.put("spam", LISTING, frozenset({"spam", token}))

    assert told(directory) == []


def test_a_listing_has_a_bounded_number_of_tokens(directory: Directory) -> None:
    most = frozenset(f"{number:02}" + "x" * 498 for number in range(MOST_TOKENS))
    others = frozenset(f"{number:02}" + "y" * 498 for number in range(MOST_TOKENS))

    directory.put("a" * 200, evolve(LISTING, name="a" * 200), most)
    directory.put("a" * 200, evolve(LISTING, name="a" * 200, owner="local:bob"), others)
    with pytest.raises(ValueError, match="are more than"):
        directory.put("spam", LISTING, most | {"x"})

    assert told(directory) == [("a" * 200, most | others, frozenset({"local:alice", "local:bob"}))]
    assert {posting.token for posting in postings(directory, "0123456789")} == others


def test_a_listing_replaces_the_one_before_under_all_tokens(directory: Directory) -> None:
    later = evolve(LISTING, downloads=1300, summary="other")
    directory.put("eggs", evolve(BARE, downloads=1250), frozenset({"spam"}))
    directory.put("spam", LISTING, TOKENS)

    directory.put("spam", later, frozenset({"=spam", "spam", "other"}))

    assert postings(directory, "=s") == [
        Posting("=spam", later),
        Posting("spam", later),
        Posting("spam", evolve(BARE, downloads=1250)),
    ]
    assert postings(directory, "o") == [Posting("other", later)]


def test_a_listing_that_is_removed_is_found_nowhere(directory: Directory) -> None:
    directory.put("spam", LISTING, TOKENS)
    directory.put("eggs", BARE, frozenset({"spam"}))

    directory.put("spam", None, frozenset())

    assert postings(directory, "=s") == [Posting("spam", BARE)]
    assert list(directory.owned_by("local:alice")) == []


def test_the_listings_of_an_account_come_in_the_order_of_names(directory: Directory) -> None:
    for name, owner in (("c", "local:alice"), ("a", "local:bob"), ("b", "local:alice"), ("d", "local:alice2")):
        directory.put(name, evolve(LISTING, name=name, owner=owner), frozenset({name}))
    directory.put("e", evolve(LISTING, name="e"), frozenset())

    assert [listing.name for listing in directory.owned_by("local:alice")] == ["b", "c", "e"]
    assert list(directory.owned_by("local:bob")) == [evolve(LISTING, name="a", owner="local:bob")]
    directory.put("b", evolve(LISTING, name="b", owner="local:bob"), frozenset({"b"}))
    assert [listing.name for listing in directory.owned_by("local:alice")] == ["c", "e"]
    assert [listing.name for listing in directory.owned_by("local:bob")] == ["a", "b"]


def test_what_a_new_listing_owes_are_its_pages(directory: Directory) -> None:
    directory.put("spam", LISTING, TOKENS)

    assert told(directory) == [("spam", TOKENS, frozenset({"local:alice"}))]


def test_nothing_is_owed_once_it_is_settled(directory: Directory) -> None:
    directory.put("spam", LISTING, TOKENS)
    directory.put("eggs", BARE, frozenset({"=eggs"}))

    directory.settle(directory.owed(1))
    assert [one.name for one in directory.owed(10)] == ["spam"]
    settled(directory)

    assert told(directory) == []
    assert len(postings(directory, "=")) == 2


def test_a_listing_that_did_not_change_owes_nothing(directory: Directory) -> None:
    directory.put("spam", LISTING, TOKENS)
    settled(directory)

    directory.put("spam", LISTING, TOKENS)
    directory.put("eggs", None, frozenset())

    assert told(directory) == []


@pytest.mark.parametrize("other", [evolve(LISTING, downloads=1300), evolve(LISTING, summary="x"), LISTING])
def test_a_listing_that_changed_owes_what_it_had_and_has(directory: Directory, other: Listing) -> None:
    directory.put("spam", LISTING, TOKENS)
    settled(directory)

    directory.put("spam", other, frozenset({"spam", "other"}))

    assert told(directory) == [("spam", TOKENS | {"other"}, frozenset({"local:alice"}))]


def test_a_listing_that_went_owes_what_it_had(directory: Directory) -> None:
    directory.put("spam", LISTING, TOKENS)
    settled(directory)

    directory.put("spam", None, frozenset({"ignored"}))

    assert told(directory) == [("spam", TOKENS, frozenset({"local:alice"}))]
    settled(directory)
    assert told(directory) == []
    directory.put("spam", LISTING, TOKENS)
    assert told(directory) == [("spam", TOKENS, frozenset({"local:alice"}))]


def test_what_is_owed_adds_up_until_it_is_settled(directory: Directory) -> None:
    directory.put("spam", LISTING, frozenset({"a"}))
    directory.put("spam", evolve(LISTING, owner="local:bob"), frozenset({"b"}))
    directory.put("spam", None, frozenset())
    directory.put("spam", evolve(LISTING, owner="local:carol"), frozenset({"c"}))

    assert told(directory) == [("spam", frozenset("abc"), frozenset({"local:alice", "local:bob", "local:carol"}))]


def test_what_changed_since_it_was_asked_for_stays_owed(directory: Directory) -> None:
    directory.put("spam", LISTING, frozenset({"a"}))
    before = directory.owed(10)

    directory.put("spam", evolve(LISTING, downloads=1), frozenset({"b"}))
    directory.put("spam", LISTING, frozenset({"a"}))
    directory.settle(before)

    assert told(directory) == [("spam", frozenset("ab"), frozenset({"local:alice"}))]


def test_an_old_settlement_never_settles_what_was_owed_later(directory: Directory) -> None:
    directory.put("spam", LISTING, frozenset({"a"}))
    before = directory.owed(10)
    directory.settle(before)
    directory.put("spam", None, frozenset())
    settled(directory)
    directory.put("spam", LISTING, frozenset({"a"}))

    directory.settle(before)

    assert told(directory) == [("spam", frozenset("a"), frozenset({"local:alice"}))]


def test_some_are_owed_in_the_order_of_names(directory: Directory) -> None:
    for name in ["b", "a-b", "a", "ab", "a1", "2", "z"]:
        directory.put(name, evolve(LISTING, name=name), frozenset({name}))

    assert [one.name for one in directory.owed(3)] == ["2", "a", "a-b"]
    assert len(directory.owed(100)) == 7


def test_settling_what_is_not_owed_is_harmless(directory: Directory) -> None:
    directory.settle([])
    directory.settle([Owed("spam", frozenset({"a"}), frozenset(), "mark")])

    assert told(directory) == []


def test_what_is_owed_although_nothing_changed_is_what_the_listing_has(directory: Directory) -> None:
    directory.put("spam", LISTING, TOKENS)
    settled(directory)

    directory.owe(["spam", "nobody"])

    assert told(directory) == [("spam", TOKENS, frozenset({"local:alice"}))]


@pytest.mark.concurrent
def test_of_simultaneous_listings_one_wins_whole(directory: Directory) -> None:
    listings = [evolve(LISTING, downloads=number, owner=f"local:{number % 3}") for number in range(8)]
    tokens = [frozenset({"x", f"x{number % 4}", f"y{number}"}) for number in range(8)]

    assert (
        together([partial(directory.put, "spam", *each) for each in zip(listings, tokens, strict=True)]) == [None] * 8
    )

    (winner,) = (listing for number in range(3) for listing in directory.owned_by(f"local:{number}"))
    assert postings(directory, "xy") == [Posting(token, winner) for token in sorted(tokens[winner.downloads])]
    ((_, owed, owners),) = told(directory)
    assert owed == frozenset().union(*tokens)
    assert owners == {"local:0", "local:1", "local:2"}


def test_pages_can_be_owed_although_nothing_changed(directory: Directory) -> None:
    directory.put("spam", LISTING, TOKENS)
    directory.put("eggs", BARE, frozenset({"=eggs"}))
    settled(directory)

    directory.owe(["spam", "unknown"])

    assert told(directory) == [("spam", TOKENS, frozenset({"local:alice"}))]
    before = directory.owed(10)
    directory.owe(["spam", "eggs"])
    directory.settle(before)
    assert [name for name, _, _ in told(directory)] == ["eggs", "spam"]
    assert directory.between("=e", "=f") == [Posting("=eggs", BARE)]


def test_what_a_listing_had_stays_owed_when_it_is_owed_again(directory: Directory) -> None:
    directory.put("spam", LISTING, frozenset({"a"}))
    directory.put("spam", LISTING, frozenset({"b"}))

    directory.owe(["spam"])

    assert told(directory) == [("spam", frozenset("ab"), frozenset({"local:alice"}))]


def test_a_listing_that_is_forgotten_is_found_nowhere_and_can_be_put_again(directory: Directory) -> None:
    directory.put("spam", LISTING, frozenset({"=spam", "a"}))

    directory.forget("spam", ["a", "b"])
    directory.forget("spam", ["a", "b"])
    assert [*directory.between("=", ">"), *directory.between("a", "b"), *directory.owned_by(LISTING.owner)] == []

    directory.put("spam", LISTING, frozenset({"=spam", "a"}))
    assert directory.between("a", "b") == [Posting("a", LISTING)]
