"""What every UsageTable promises."""

from functools import partial

import pytest
from attrs import evolve

from domain.ports.usage_table import UsageTable
from domain.usage_sums import UsageBrief, UsageRow, UsageSummary, UsageTotals
from tests.together import together

ROW = UsageRow("spam", stamp="2026-11-24#00000003", total=2**40, last_30_days=7, latest="2026-11-24")
SUMMARY = UsageSummary(
    days={"2026-11-23": 2**40, "2026-11-24": 3},
    installers={"pip": 4, "uv": 3},
    pythons={"3.13": 7},
    systems={"Línux <&>": 6, "unknown": 1},
    countries={},
    ci=2,
    mirrors=9,
)
EMPTY = UsageSummary()
BRIEF = UsageBrief(
    "spam",
    stamp="2026-11-24#00000003",
    versions={"usage-years/spam": 1, "usage/spam/2026": 3},
    total=2**40,
    locations=7,
    requesters=2**39,
    days={"2026-11-23": 2**38, "2026-11-24": 3},
)


def test_at_first_there_are_no_rows(usage_table: UsageTable) -> None:
    assert list(usage_table.rows()) == []
    assert list(usage_table.summaries()) == []
    assert usage_table.totals(6) == UsageTotals(0, 0, 0, [])


def test_all_rows_come_back_in_the_order_of_names(usage_table: UsageTable) -> None:
    names = ["b", "a-b", "a", "ab", "a1", "2", "z"]
    for name in names:
        usage_table.put(evolve(ROW, name=name, latest="" if name == "a" else ROW.latest), SUMMARY)

    rows = list(usage_table.rows())

    assert [row.name for row in rows] == sorted(names)
    assert rows[-1] == evolve(ROW, name="z")
    assert rows[1] == evolve(ROW, name="a", latest="")


def test_rows_are_added_up_and_those_with_most_downloads_come_first(usage_table: UsageTable) -> None:
    figures = {"c": (90, 5), "a": (90, 5), "b": (91, 5), "most": (2**40, 2**39), "once": (1000, 0), "d": (1, 1)}
    rows = {name: evolve(ROW, name=name, total=total, last_30_days=last) for name, (total, last) in figures.items()}
    for row in rows.values():
        usage_table.put(row, EMPTY)

    totals = usage_table.totals(4)

    assert (totals.used, totals.total, totals.last_30_days) == (5, 2**40 + 1272, 2**39 + 16)
    assert list(totals.most) == [rows[name] for name in ("most", "b", "a", "c")]
    assert [row.name for row in usage_table.totals(9).most] == ["most", "b", "a", "c", "d"]


def test_a_row_of_a_greater_stamp_replaces_another(usage_table: UsageTable) -> None:
    newer = evolve(ROW, stamp="2026-11-24#00000004", total=1, last_30_days=0, latest="2026-11-25")

    usage_table.put(ROW, SUMMARY)
    usage_table.put(newer, SUMMARY)

    assert list(usage_table.rows()) == [newer]


@pytest.mark.parametrize("stamp", ["2026-11-24#00000002", "2026-11-23#00000009", "#00000009"])
def test_a_row_of_a_lesser_stamp_never_does(usage_table: UsageTable, stamp: str) -> None:
    usage_table.put(ROW, SUMMARY)
    usage_table.put(evolve(ROW, stamp=stamp, total=1), SUMMARY)

    assert list(usage_table.rows()) == [ROW]


def test_a_row_of_the_same_stamp_can_be_derived_again(usage_table: UsageTable) -> None:
    again = evolve(ROW, last_30_days=6)

    usage_table.put(ROW, SUMMARY)
    usage_table.put(again, SUMMARY)

    assert list(usage_table.rows()) == [again]


@pytest.mark.concurrent
def test_of_simultaneous_rows_that_of_the_greatest_stamp_stays(usage_table: UsageTable) -> None:
    rows = [evolve(ROW, stamp=f"2026-11-24#{number:08}", total=number) for number in range(16)]

    assert together([partial(usage_table.put, row, SUMMARY) for row in rows]) == [None] * 16

    assert list(usage_table.rows()) == [rows[-1]]


def test_summaries_come_back_as_they_were_in_the_order_of_names(usage_table: UsageTable) -> None:
    for name in ("b", "a-b", "a"):
        usage_table.put(evolve(ROW, name=name), evolve(SUMMARY, ci=len(name)))

    assert list(usage_table.summaries()) == [
        ("a", evolve(SUMMARY, ci=1)),
        ("a-b", evolve(SUMMARY, ci=3)),
        ("b", evolve(SUMMARY, ci=1)),
    ]


def test_summaries_are_added_up_whatever_happens_to_them(usage_table: UsageTable) -> None:
    other = UsageSummary(days={"2026-11-24": 4, "2026-11-25": 1}, installers={"uv": 1}, countries={"DE": 1}, ci=1)
    assert usage_table.summed() == EMPTY

    usage_table.put(ROW, SUMMARY)
    assert usage_table.summed() == usage_table.summed() == SUMMARY

    usage_table.put(evolve(ROW, name="other"), other)
    assert usage_table.summed() == UsageSummary(
        days={"2026-11-23": 2**40, "2026-11-24": 7, "2026-11-25": 1},
        installers={"pip": 4, "uv": 4},
        pythons={"3.13": 7},
        systems={"Línux <&>": 6, "unknown": 1},
        countries={"DE": 1},
        ci=3,
        mirrors=9,
    )

    usage_table.put(evolve(ROW, stamp="2026-11-24#00000002"), EMPTY)
    usage_table.forget("other")
    assert usage_table.summed() == SUMMARY

    usage_table.put(evolve(ROW, stamp="2026-11-24#00000004"), EMPTY)
    assert usage_table.summed() == EMPTY


def test_summaries_that_say_nothing_are_left_out(usage_table: UsageTable) -> None:
    usage_table.put(ROW, EMPTY)
    usage_table.put(evolve(ROW, name="was-used"), SUMMARY)
    usage_table.put(evolve(ROW, name="was-used", stamp="2026-11-25#00000003"), EMPTY)
    usage_table.put(evolve(ROW, name="is-used"), SUMMARY)

    assert list(usage_table.summaries()) == [("is-used", SUMMARY)]
    assert [row.name for row in usage_table.rows()] == ["is-used", "spam", "was-used"]


def test_a_summary_is_kept_with_its_row(usage_table: UsageTable) -> None:
    newer = evolve(SUMMARY, mirrors=0)

    usage_table.put(ROW, SUMMARY)
    usage_table.put(evolve(ROW, stamp="2026-11-24#00000002"), EMPTY)
    assert list(usage_table.summaries()) == [("spam", SUMMARY)]

    usage_table.put(evolve(ROW, stamp="2026-11-24#00000004"), newer)
    assert list(usage_table.summaries()) == [("spam", newer)]


def test_many_summaries_are_read_to_the_last(usage_table: UsageTable) -> None:
    names = [f"package-{number:04}" for number in range(520)]
    for name in names:
        usage_table.put(evolve(ROW, name=name), UsageSummary(days={"2026-11-24": 1}))

    assert [name for name, _ in usage_table.summaries()] == names


def test_what_is_forgotten_may_be_replaced_by_something_older(usage_table: UsageTable) -> None:
    usage_table.put(evolve(ROW, stamp="9999-12-31#00000001"), UsageSummary(ci=1))

    usage_table.forget(ROW.name)
    usage_table.forget(ROW.name)
    assert [*usage_table.rows(), *usage_table.summaries()] == []

    usage_table.put(ROW, UsageSummary())
    assert list(usage_table.rows()) == [ROW]


def test_at_first_there_are_no_briefs(usage_table: UsageTable) -> None:
    assert list(usage_table.briefs()) == []
    assert usage_table.briefs_of(["spam"]) == usage_table.briefs_of([]) == {}


def test_briefs_come_back_as_they_were_with_or_without_a_row(usage_table: UsageTable) -> None:
    bare = UsageBrief("bare", "#00000000", {})
    usage_table.put(evolve(ROW, name="row"), SUMMARY)
    for brief in (BRIEF, bare, evolve(BRIEF, name="a-b"), evolve(BRIEF, name="a")):
        usage_table.put_brief(brief)

    assert list(usage_table.briefs()) == [evolve(BRIEF, name="a"), evolve(BRIEF, name="a-b"), bare, BRIEF]
    assert usage_table.briefs_of(["spam", "row", "bare", "spam"]) == {"spam": BRIEF, "bare": bare}


def test_a_brief_of_a_lesser_stamp_replaces_none(usage_table: UsageTable) -> None:
    again = evolve(BRIEF, total=1)
    newer = evolve(BRIEF, stamp="2026-11-24#00000004", days={})

    for brief, expected in (
        (BRIEF, BRIEF),
        (again, again),
        (evolve(BRIEF, stamp="2026-11-23#00000009"), again),
        (newer, newer),
        (BRIEF, newer),
    ):
        usage_table.put_brief(brief)
        assert usage_table.briefs_of(["spam"]) == {"spam": expected}
        assert list(usage_table.briefs()) == [expected]


def test_a_brief_that_is_forgotten_may_be_replaced_by_an_older_one(usage_table: UsageTable) -> None:
    usage_table.put_brief(evolve(BRIEF, stamp="9999-12-31#00000001"))

    usage_table.forget(BRIEF.name)
    assert list(usage_table.briefs()) == []

    usage_table.put_brief(BRIEF)
    assert list(usage_table.briefs()) == [BRIEF]


def test_briefs_of_many_packages_are_all_found(usage_table: UsageTable) -> None:
    names = [f"package-{number:04}" for number in range(520)]
    for name in names[::2]:
        usage_table.put_brief(evolve(BRIEF, name=name))

    assert sorted(usage_table.briefs_of(names)) == names[::2]
    assert [brief.name for brief in usage_table.briefs()] == names[::2]
