"""Packages as lists show them."""

from html import escape

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.views.lists import Row, fitted, weight
from domain.wording import shortened


def row(name: str, summary: str) -> Row:
    return Row(name, name, "1.0", summary, "2026-11-24", 1000)


@pytest.mark.parametrize(
    ("text", "short"),
    [
        ("short", "short"),
        ("two  lines\nare one", "two lines are one"),
        ("words are kept whole, always", "words are kept whole…"),
        ("x" * 30, "x" * 23 + "…"),
    ],
)
def test_a_summary_is_cut_between_words(text: str, short: str) -> None:
    assert shortened(text, 24) == short


def test_every_row_says_as_much_as_fits_all_of_them() -> None:
    rows = [row("a", "some words " * 20), row("b", "brief")]
    assert [len(one.summary) for one in fitted(rows, 10_000, 50)] == [99, 5]
    assert [len(one.summary) for one in fitted(rows, 220, 50)] == [66, 5]
    assert [one.summary for one in fitted(rows, 165, 50)] == ["", ""]
    assert [one.summary for one in fitted(rows, 10, 50)] == ["", ""]


@given(
    st.lists(st.tuples(st.text("ab-", min_size=1, max_size=60), st.text(max_size=150)), max_size=30),
    st.integers(0, 6_000),
)
def test_whatever_the_texts_the_budget_is_kept_where_it_can_be(texts: list[tuple[str, str]], budget: int) -> None:
    rows = [row(name, summary) for name, summary in texts]
    shown = fitted(rows, budget, 50)
    summaries = sum(len(escape(one.summary).encode(errors="replace")) for one in shown)
    assert not summaries or weight(shown, 50) + summaries <= budget
    assert [(one.name, one.latest) for one in shown] == [(one.name, one.latest) for one in rows]
