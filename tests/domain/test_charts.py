"""Downloads by day and by week."""

import re
from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from domain.views.charts import (
    CHART_DAYS,
    CHART_HEIGHT,
    FEWEST_WEEKS,
    MOST_WEEKS,
    STEP,
    Chart,
    Released,
    day_chart,
    round_number_above,
    week_chart,
)

END = date(2026, 11, 25)
HISTORY = st.dictionaries(st.integers(0, 2000), st.integers(1, 10**9), min_size=1)
RELEASES = st.lists(st.tuples(st.integers(0, 2200), st.sampled_from(["1.0", "1.1", "2.0"])), max_size=9)


def by_day(*figures: tuple[int, int], releases: list[Released] | None = None) -> Chart:
    """The chart of so many days back, with so many downloads each."""
    made = day_chart(back(dict(figures)), END, releases or [])
    assert made
    return made


def by_week(*figures: tuple[int, int], releases: list[Released] | None = None) -> Chart:
    made = week_chart(back(dict(figures)), END, releases or [])
    assert made
    return made


def back(figures: dict[int, int]) -> dict[date, int]:
    return {END - timedelta(days): many for days, many in figures.items()}


def released(days: int, label: str) -> Released:
    return END - timedelta(days), label


class TestDays:
    def test_there_are_90_and_one_without_downloads_has_no_bar(self) -> None:
        chart = by_day((0, 4), (24, 8))
        assert (chart.unit, chart.first, chart.last) == ("day", "2026-08-28", "2026-11-25")
        assert [(point.day, point.downloads) for point in chart.points] == [("2026-11-01", 8), ("2026-11-25", 4)]
        assert (chart.width, chart.top) == (CHART_DAYS * STEP, 8)

    def test_bars_are_as_high_as_their_figures(self) -> None:
        assert by_day((2, 50), (1, 100), (0, 1)).path == "M700 100V50M708 100V0M716 100V99"

    def test_days_before_and_after_are_not_in_it(self) -> None:
        assert [point.downloads for point in by_day((90, 5), (89, 1), (0, 2), (-1, 7)).points] == [1, 2]
        assert day_chart(back({90: 5, -1: 7}), END) is None
        assert day_chart({}, END) is None

    def test_a_release_is_marked_on_its_day(self) -> None:
        chart = by_day((0, 1), releases=[released(90, "0.9"), released(9, "1.0"), released(9, "1.1")])
        assert [(marker.x, marker.says) for marker in chart.markers] == [
            (80 * STEP + STEP // 2, "1.0, 1.1, 16 Nov 2026")
        ]
        assert [(point.day, point.downloads, point.released) for point in chart.points] == [
            ("2026-11-16", 0, "1.0, 1.1"),
            ("2026-11-25", 1, ""),
        ]

    def test_of_many_releases_the_newest_are_named(self) -> None:
        chart = by_day((0, 1), releases=[released(0, f"1.{number}") for number in range(6)])
        assert chart.markers[0].says == "1.3, 1.4, 1.5 and 3 more, 25 Nov 2026"

    def test_it_speaks(self) -> None:
        assert by_day((0, 1)).says == "1 download in the 90 days through 25 Nov 2026, most (1) on 25 Nov 2026."
        assert by_day((0, 1500), (5, 1500)).says == (
            "3,000 downloads in the 90 days through 25 Nov 2026, most (1,500) on 25 Nov 2026."
        )

    def test_it_names_the_release_that_the_peak_came_after(self) -> None:
        def peak(*days: int) -> str:
            chart = by_day((0, 9), releases=[released(back, f"1.{back}") for back in days])
            return chart.says.partition(", most ")[2]

        assert peak(0) == "(9) on 25 Nov 2026, the day of 1.0."
        assert peak(30, 2, 1) == "(9) on 25 Nov 2026, 1 day after 1.1."
        assert peak(7) == "(9) on 25 Nov 2026, 7 days after 1.7."
        assert peak(8) == "(9) on 25 Nov 2026."

    def test_it_compares_the_last_30_days_with_those_before(self) -> None:
        def compared(before: int, now: int) -> str:
            return by_day((30, before), (29, now)).says.partition(". ")[2]

        assert compared(100, 112) == "The last 30 days had 12% more than the 30 before."
        assert compared(10, 100) == "The last 30 days had 900% more than the 30 before."
        assert compared(10, 6694) == "The last 30 days had 669 times as many as the 30 before."
        assert compared(4, 1) == "The last 30 days had 75% fewer than the 30 before."
        assert compared(1000, 1001) == "The last 30 days had about as many as the 30 before."


class TestWeeks:
    def test_they_end_with_the_last_day(self) -> None:
        chart = by_week((0, 1), (6, 2), (7, 4), (100, 8))
        assert chart.unit == "week"
        assert [(point.day, point.downloads) for point in chart.points] == [
            ("2026-08-19", 8),
            ("2026-11-18", 4),
            ("2026-11-25", 3),
        ]
        assert chart.first == "2026-08-13"

    def test_a_short_history_has_room_before_it(self) -> None:
        chart = by_week((0, 1))
        assert chart.width == FEWEST_WEEKS * STEP
        assert len(chart.points) == 1
        assert chart.says == "1 download in the week through 25 Nov 2026, most (1) in the week to 25 Nov 2026."

    def test_of_two_years_every_week_has_its_bar(self) -> None:
        chart = by_week((7 * MOST_WEEKS - 1, 1), (0, 1))
        assert (chart.unit, chart.width) == ("week", MOST_WEEKS * STEP)

    def test_of_more_each_bar_has_several_weeks(self) -> None:
        chart = by_week((7 * MOST_WEEKS, 5), (8, 3), (0, 4))
        assert (chart.unit, chart.width) == ("2 weeks", 53 * STEP)
        assert [point.downloads for point in chart.points] == [5, 7]
        assert chart.says == (
            "12 downloads in the 105 weeks through 25 Nov 2026, most (7) in the 2 weeks to 25 Nov 2026. "
            "The last 7 days had 33% more than the 7 before."
        )

    def test_without_downloads_there_is_none(self) -> None:
        assert week_chart({}, END) is None
        assert week_chart(back({-1: 1}), END) is None


@given(st.integers(1, 10**12))
def test_the_upper_edge_is_round_and_near(figure: int) -> None:
    top = round_number_above(figure)
    assert figure <= top <= 2 * figure
    assert len(str(top).rstrip("0")) == 1


@given(HISTORY, RELEASES)
def test_whatever_the_history_everything_stands_within_the_chart(
    figures: dict[int, int], releases: list[tuple[int, str]]
) -> None:
    published = sorted(released(*one) for one in releases)
    weeks, days = week_chart(back(figures), END, published), day_chart(back(figures), END, published)
    assert weeks
    assert sum(point.downloads for point in weeks.points) == sum(figures.values())
    assert FEWEST_WEEKS <= weeks.width // STEP <= MOST_WEEKS
    for chart in (weeks, days):
        if chart is not None:
            bars = [tuple(map(int, bar)) for bar in re.findall(r"M(\d+) 100V(\d+)", chart.path)]
            assert len(bars) == sum(point.downloads > 0 for point in chart.points)
            assert all(0 < x < chart.width and 0 <= y < CHART_HEIGHT for x, y in bars)
            assert all(0 < marker.x < chart.width for marker in chart.markers)
            assert sum(bool(point.released) for point in chart.points) == len(chart.markers)
