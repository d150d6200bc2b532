"""What a package's page shows of its downloads."""

from attrs import evolve
from hypothesis import given
from hypothesis import strategies as st

from domain.usage import Usage
from domain.views.downloads import (
    CHART_DAYS,
    CHART_HEIGHT,
    Chart,
    chart_of,
    downloads_of,
    round_number_above,
    shares_of,
)
from tests.domain.usage_examples import UNUSED, figures, used

LAST = "2026-11-25"


def chart(**downloads: int) -> Chart:
    """The chart of days of November, like ``d25=3``."""
    made = chart_of([figures(f"2026-11-{day[1:]}", many) for day, many in downloads.items()], LAST)
    assert made
    return made


def test_before_the_first_download_there_is_nothing_to_show() -> None:
    assert downloads_of(UNUSED) is None
    assert downloads_of(Usage(complete_through=LAST)) is None
    assert downloads_of(Usage((evolve(figures(LAST, 0), mirrors=9),), LAST)) is None


def test_the_figures_are_those_of_the_usage() -> None:
    usage = used()
    view = downloads_of(usage)
    assert view
    assert (view.total, view.last_30_days, view.last_day) == (usage.total, usage.last_30_days, usage.last_day)
    assert view.complete_through == LAST
    assert view.mirrors == 60


def test_shares_are_of_the_last_30_days() -> None:
    view = downloads_of(used())
    assert view
    assert view.period == "in the last 30 days"
    for shares in view.shares:
        assert sum(share.downloads for share in shares.shares) == view.last_30_days
        assert len(shares.shares) <= 6


def test_shares_are_of_all_days_if_there_was_nothing_lately() -> None:
    view = downloads_of(evolve(used(20, "2026-03-01"), complete_through=LAST))
    assert view
    assert view.period == "of all days"
    assert sum(share.downloads for share in view.shares[0].shares) == view.total
    assert (view.chart, view.last_30_days) == (None, 0)


def test_before_a_day_is_finished_the_chart_ends_with_the_last_that_is_known() -> None:
    view = downloads_of(Usage((figures("2026-11-26", 2),), None))
    assert view
    assert view.chart
    assert (view.chart.last, view.total, view.last_day, view.complete_through) == ("2026-11-26", 2, 0, None)


def test_a_day_that_is_not_over_is_in_the_chart_if_it_is_known() -> None:
    view = downloads_of(Usage((figures("2026-11-26", 2),), LAST))
    assert view
    assert view.chart
    assert (view.chart.last, view.last_30_days) == ("2026-11-26", 0)


def test_the_chart_has_90_days_and_a_day_without_downloads_has_no_bar() -> None:
    view = chart(d25=4, d20=0, d01=8)
    assert (view.first, view.last) == ("2026-08-28", LAST)
    assert [bar.day for bar in view.bars] == ["2026-11-01", "2026-11-25"]
    # The last bar stands at the right edge.
    assert view.width - 8 < view.bars[-1].x < view.bars[-1].x + view.bars[-1].width <= view.width


def test_days_before_and_after_the_chart_are_not_in_it() -> None:
    days = [figures("2026-08-27", 5), figures("2026-08-28", 1), figures(LAST, 1), figures("2026-11-26", 7)]
    made = chart_of(days, LAST)
    assert made
    assert [bar.day for bar in made.bars] == ["2026-08-28", LAST]
    assert chart_of(days[:1], LAST) is None


def test_bars_are_as_high_as_their_figures() -> None:
    view = chart(d23=50, d24=100, d25=1)
    assert view.top == 100
    assert [bar.height for bar in view.bars] == [50, 100, 1]
    assert [bar.y + bar.height for bar in view.bars] == [CHART_HEIGHT] * 3


def test_the_chart_speaks() -> None:
    assert chart(d25=1).says == "1 download in the 90 days through 25 Nov 2026, most on 25 Nov 2026: 1."
    assert chart(d25=1500, d20=1500).says == (
        "3,000 downloads in the 90 days through 25 Nov 2026, most on 25 Nov 2026: 1,500."
    )


def test_the_chart_compares_the_last_30_days_with_those_before() -> None:
    def compared(before: int, now: int) -> str:
        made = chart_of([figures("2026-10-26", before), figures("2026-10-27", now)], LAST)
        assert made
        return made.says.partition(". ")[2]

    assert compared(100, 112) == "The last 30 days had 12% more than the 30 before."
    assert compared(4, 1) == "The last 30 days had 75% fewer than the 30 before."
    assert compared(1000, 1001) == "The last 30 days had about as many as the 30 before."


def test_what_is_rare_is_put_together() -> None:
    many = shares_of({"a": 500, "b": 400, "c": 50, "d": 30, "e": 15, "f": 4, "g": 1})
    assert [(share.name, share.downloads, share.percent, share.width) for share in many] == [
        ("a", 500, "50%", 50),
        ("b", 400, "40%", 40),
        ("c", 50, "5%", 5),
        ("d", 30, "3%", 3),
        ("e", 15, "2%", 2),
        ("2 others", 5, "<1%", 1),
    ]
    assert [share.name for share in shares_of(dict.fromkeys("abcdef", 1))] == list("abcdef")
    assert shares_of({}) == ()


@given(st.integers(1, 10**12))
def test_the_upper_edge_is_round_and_near(figure: int) -> None:
    top = round_number_above(figure)
    assert figure <= top <= 2 * figure
    assert len(str(top).rstrip("0")) == 1


@given(st.dictionaries(st.integers(0, CHART_DAYS - 1), st.integers(1, 10**9), min_size=1))
def test_whatever_the_figures_the_bars_stand_within_the_chart(downloads: dict[int, int]) -> None:
    days = used(CHART_DAYS).days
    made = chart_of([evolve(days[position], downloads=many) for position, many in downloads.items()], LAST)
    assert made
    assert len(made.bars) == len(downloads)
    for bar in made.bars:
        assert 0 <= bar.x < bar.x + bar.width <= made.width
        assert 0 <= bar.y < bar.y + bar.height == made.height
