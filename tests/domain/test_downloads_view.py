"""What a package's page shows of its downloads."""

from datetime import date

from attrs import evolve

from domain.usage import Usage
from domain.views.downloads import downloads_of, shares_of, titled
from tests.domain.usage_examples import UNUSED, figures, used

LAST = "2026-11-25"


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
    assert (view.by_day, view.last_30_days) == (None, 0)
    assert view.by_week
    assert view.by_week.last == LAST


def test_before_a_day_is_finished_the_chart_ends_with_the_last_that_is_known() -> None:
    view = downloads_of(Usage((figures("2026-11-26", 2),), None))
    assert view
    assert view.by_day
    assert (view.by_day.last, view.total, view.last_day, view.complete_through) == ("2026-11-26", 2, 0, None)


def test_charts_end_with_the_last_finished_day_as_other_figures_do() -> None:
    view = downloads_of(Usage((figures(LAST, 3), figures("2026-11-26", 2)), LAST))
    assert view
    assert view.by_day
    assert view.by_week
    for chart in (view.by_day, view.by_week):
        assert (chart.last, [point.downloads for point in chart.points]) == (LAST, [3])
        assert chart.says.startswith("3 downloads in ")
    assert (view.total, view.last_30_days) == (5, 3)


def test_a_day_that_is_not_over_is_in_the_chart_if_there_is_no_other() -> None:
    view = downloads_of(Usage((figures("2026-11-26", 2),), LAST))
    assert view
    assert view.by_day
    assert (view.by_day.last, view.last_30_days) == ("2026-11-26", 0)


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


def test_systems_are_called_as_people_call_them() -> None:
    shares = titled("Systems", {"Linux": 4, "Darwin": 3, "macOS": 2, "unknown": 1})
    assert [(share.name, share.downloads) for share in shares.shares] == [("macOS", 5), ("Linux", 4), ("unknown", 1)]
    assert shares.has_unknown
    assert not titled("Systems", {"Linux": 4}).has_unknown


def test_continuous_integration_is_apart() -> None:
    view = downloads_of(used())
    assert view
    people, ci = view.automatic
    assert (people.name, ci.name) == ("people and others", "CI")
    assert (people.downloads + ci.downloads, ci.downloads) == (view.last_30_days, sum(day.ci for day in used().recent))


def test_both_charts_mark_releases_whatever_their_order() -> None:
    view = downloads_of(used(), [(date(2026, 11, 24), "1.0"), (date(2026, 9, 1), "2.0"), (date(2024, 1, 1), "0.1")])
    assert view
    assert view.by_day
    assert view.by_week
    for chart in (view.by_day, view.by_week):
        assert [marker.says for marker in chart.markers] == ["2.0, 1 Sep 2026", "1.0, 24 Nov 2026"]
