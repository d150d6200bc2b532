"""Names: which are names, which are one, which are too alike, which are not for packages."""

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain import names, routing
from domain.names import InvalidName, LookAlikeName, ReservedName, StandardLibraryName
from domain.policy import Allowance, Policy, UnknownAllowance, allowances

POLICY = Policy(stdlib_names=frozenset({"json", "concurrent-futures", "typing"}))


@pytest.mark.parametrize("spelling", ["Foo.Bar", "foo_bar", "foo--bar", "FOO-._bar"])
def test_all_spellings_of_a_name_have_one_canonical_form(spelling: str) -> None:
    assert names.canonical(spelling) == "foo-bar"


@pytest.mark.parametrize("name", ["a", "7", "a.b", "A_b-c", "zope.interface", "x" * 200])
def test_letters_digits_and_inner_separators_make_a_name(name: str) -> None:
    assert names.is_valid(name)


@pytest.mark.parametrize("name", ["", "-a", "a-", "_a", "a b", "a/b", "..", "a\n", "é", "\u0131", "x" * 201, "a\0b"])
def test_anything_else_is_no_name(name: str) -> None:
    with pytest.raises(InvalidName):
        names.check_valid(name)


@pytest.mark.parametrize(
    ("one", "other"), [("Pillow", "pi11ow"), ("foo-bar", "F_O.O-bar"), ("lIil", "1111"), ("zope", "z0pe")]
)
def test_names_that_read_alike_have_one_lookalike(one: str, other: str) -> None:
    assert names.lookalike(one) == names.lookalike(other)


def test_names_that_read_differently_have_different_lookalikes() -> None:
    assert names.lookalike("requests") != names.lookalike("request")


@given(st.from_regex(r"[A-Za-z0-9]([A-Za-z0-9._-]{0,20}[A-Za-z0-9])?", fullmatch=True))
def test_a_name_looks_like_its_canonical_form(name: str) -> None:
    assert names.lookalike(name) == names.lookalike(names.canonical(name))


@pytest.mark.parametrize("name", ["my", "Simple", "packages", "LEGACY", "api", "json", "favicon.ico", "static"])
def test_path_words_of_the_index_are_reserved(name: str) -> None:
    with pytest.raises(ReservedName, match="isn't allowed"):
        names.check_new(name, POLICY)


def test_every_first_part_of_a_url_is_reserved() -> None:
    cases = json.loads((Path(__file__).parents[1] / "cases" / "routing.json").read_text())
    served = {case["expect"]["serve"].partition("/")[0] for case in cases if "serve" in case["expect"]}
    words = {names.canonical(word) for word in served | routing.DYNAMIC} - {"index-html", "favicon-svg"}
    assert {word for word in words if names.is_valid(word)} <= names.RESERVED


@pytest.mark.parametrize("name", ["typing", "Concurrent.Futures"])
def test_standard_library_names_are_refused(name: str) -> None:
    with pytest.raises(StandardLibraryName, match="conflict with Python Standard Library module name"):
        names.check_new(name, POLICY)


def test_the_operator_may_permit_standard_library_names() -> None:
    names.check_new("typing", Policy(allow=frozenset({Allowance.STDLIB_NAMES}), stdlib_names=POLICY.stdlib_names))


def test_an_ordinary_name_is_free_to_take() -> None:
    names.check_new("Zope.Interface", POLICY)


def test_a_refused_name_is_quoted_on_one_printable_line() -> None:
    with pytest.raises(InvalidName) as refusal:
        names.check_valid("a\r\n\x1b[31m\u202e" + "x" * 10_000)
    assert str(refusal.value).isprintable()
    assert len(str(refusal.value)) < 400


def test_a_lookalike_is_told_by_name() -> None:
    assert str(LookAlikeName("f00")) == "The name 'f00' is too similar to an existing project."


def test_the_words_of_the_setting_are_read_with_blanks_and_case() -> None:
    assert allowances(" Linux-Tags,,stdlib-names ") == {Allowance.LINUX_TAGS, Allowance.STDLIB_NAMES}


def test_an_unknown_word_of_the_setting_is_refused_with_the_known_ones() -> None:
    with pytest.raises(UnknownAllowance, match="'everything' is not a word of SLS_PYPI_ALLOW; known are: linux-tags"):
        allowances("everything")
