"""The figures of all packages together."""

from datetime import timedelta

from attrs import evolve

from domain.listing import Entry
from domain.usage import Usage
from domain.usage_sums import UsageRow, UsageSummary
from domain.usecases.usage_history import summary_of
from domain.views.statistics_page import StatisticsPage
from tests.domain.table_examples import overview_of, usage_of, usage_rows
from tests.domain.usage_examples import UNUSED, figures, used
from tests.domain.view_examples import AT, SITE

LAST = "2026-11-25"
EMPTY = UsageSummary()


def entry(name: str, owner: str = "local:alice", age: int = 0) -> Entry:
    return Entry(
        name,
        stream_version=1,
        listed=True,
        spelling=name.title(),
        owner=owner,
        latest="1.0",
        summary="",
        updated=AT - timedelta(days=age),
    )


def page(entries: list[Entry], usage: dict[str, Usage], through: str | None = LAST) -> StatisticsPage:
    return overview_of(entries).statistics(usage_of(usage), through, SITE)


class TestSummary:
    def test_has_the_days_of_the_last_90_and_what_was_said_in_the_last_30(self) -> None:
        usage = used(120, LAST)
        summary = summary_of(usage)
        assert list(summary.days.items()) == [(day.day, day.downloads) for day in usage.days[-90:] if day.downloads]
        for counts in (summary.installers, summary.pythons, summary.systems, summary.countries):
            assert sum(counts.values()) == usage.last_30_days
        assert (summary.ci, summary.mirrors) == (sum(day.ci for day in usage.recent), 60)

    def test_is_empty_where_nothing_happened_lately(self) -> None:
        assert summary_of(UNUSED) == summary_of(Usage(complete_through=LAST)) == EMPTY
        assert summary_of(evolve(used(9, "2026-03-01"), complete_through=LAST)) == EMPTY
        assert summary_of(Usage((figures("2026-08-27", 5),), LAST)) == EMPTY
        assert summary_of(Usage((figures("2026-08-28", 5),), LAST)).days == {"2026-08-28": 5}

    def test_has_a_day_that_is_not_over(self) -> None:
        assert summary_of(Usage((figures("2026-11-26", 5),), LAST)).days == {"2026-11-26": 5}
        assert summary_of(Usage((figures("2026-11-26", 5),), None)).days == {"2026-11-26": 5}
        both = Usage((figures("2026-08-28", 3), figures("2026-11-26", 5)), LAST)
        assert summary_of(both).days == {"2026-08-28": 3, "2026-11-26": 5}

    def test_stays_small_whatever_agents_say(self) -> None:
        said = {f"System {number:04}": 1 for number in range(1, 500)} | {"Linux": 1000, "unknown": 2}
        day = figures(LAST, sum(said.values()), systems=said)
        summary = summary_of(Usage((day,), LAST))
        assert len(summary.systems) <= 61
        assert summary.systems["Linux"] == 1000
        assert sum(summary.systems.values()) == day.downloads


class TestPage:
    def test_adds_up_the_packages(self) -> None:
        usage = {"a": used(120, LAST, 40), "b": used(100, LAST, 900)}
        view = page([entry("a"), entry("b", "local:bob", age=90), entry("c")], usage)
        assert (view.packages, view.owners, view.used, view.updated) == (3, 2, 2, 2)
        assert view.total == sum(one.total for one in usage.values())
        assert view.last_30_days == sum(one.last_30_days for one in usage.values())
        assert view.last_day == sum(one.last_day for one in usage.values())
        assert view.mirrors == 120
        for shares in view.shares:
            assert sum(share.downloads for share in shares.shares) == view.last_30_days
        assert sum(share.downloads for share in view.automatic) == view.last_30_days
        assert view.chart
        assert [point.downloads for point in view.chart.points] == [
            sum(day.downloads for one in usage.values() for day in one.days if day.day == point.day)
            for point in view.chart.points
        ]

    def test_what_is_not_listed_counts_nowhere(self) -> None:
        usage = {"a": used(40, LAST)}
        hidden = evolve(entry("hidden", "local:mallory"), listed=False)
        assert page([entry("a"), hidden], usage) == page([entry("a")], usage)

    def test_the_most_frequent_things_come_first(self) -> None:
        linux = figures(LAST, 5, systems={"Linux": 5})
        windows = figures(LAST, 7, systems={"Windows": 4, "Linux": 3})
        view = page([entry("a"), entry("b")], {"a": Usage((linux,), LAST), "b": Usage((windows,), LAST)})
        (systems,) = [shares for shares in view.shares if shares.title == "Systems"]
        assert [(share.name, share.downloads, share.percent) for share in systems.shares] == [
            ("Linux", 8, "67%"),
            ("Windows", 4, "33%"),
        ]

    def test_ranks_what_is_downloaded_most(self) -> None:
        usage = {f"p{number:02}": Usage((figures(LAST, number),), LAST) for number in range(30)}
        view = page([entry(name) for name in usage], usage)
        assert [row.name for row in view.popular] == [f"p{number:02}" for number in range(29, 9, -1)]
        assert (view.popular[0].spelling, view.popular[0].last_30_days, view.popular[0].total) == ("P29", 29, 29)

    def test_a_summary_that_lags_behind_shows_no_days_before_the_chart(self) -> None:
        summaries = {"a": UsageSummary(days={"2026-03-01": 5}), "b": UsageSummary(days={LAST: 1})}
        table = usage_rows(UsageRow("a", "", 5, 0, "2026-03-01"), UsageRow("b", "", 1, 1, LAST), summaries=summaries)
        view = overview_of([entry("a"), entry("b")]).statistics(table, LAST, SITE)
        assert view.chart
        assert [point.day for point in view.chart.points] == [LAST]

    def test_its_chart_ends_with_the_last_finished_day_as_other_figures_do(self) -> None:
        view = page([entry("a")], {"a": Usage((figures(LAST, 3), figures("2026-11-26", 2)), LAST)})
        assert view.chart
        assert (view.chart.last, [point.downloads for point in view.chart.points]) == (LAST, [3])
        assert (view.total, view.last_30_days) == (5, 3)

    def test_before_the_first_day_is_finished_there_are_no_shares(self) -> None:
        view = page([entry("a")], {"a": Usage((figures("2026-11-26", 3),), None)}, None)
        assert (view.total, view.last_30_days, view.shares, view.automatic, view.popular) == (3, 0, (), (), ())
        assert view.chart
        assert view.chart.last == "2026-11-26"

    def test_an_empty_index_has_figures_too(self) -> None:
        view = page([], {}, None)
        assert (view.packages, view.owners, view.total, view.chart, view.mirrors) == (0, 0, 0, None, 0)
