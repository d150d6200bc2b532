"""What is known about the use of a package, and which days are finished."""

from datetime import date, datetime, timedelta, timezone

import pytest
from attrs import evolve

from domain.events import BatchCounted, DayCounted, Event, UsageYearOpened
from domain.usage import all_batches_counted, day_of, first_missed, fold, is_followed, latest_finished, shares
from tests.domain.usage_examples import AT, figures


def batch(number: int, of: int, *, whole: bool = True) -> BatchCounted:
    return BatchCounted("2026-11-24", number, of, whole, AT)


def test_of_a_package_that_nobody_downloaded_everything_is_nothing() -> None:
    usage = fold([], "2026-11-25")

    assert (usage.total, usage.last_day, usage.last_30_days, usage.locations, usage.requesters) == (0, 0, 0, 0, 0)
    assert usage.latest == ""
    assert usage.days == ()


def test_the_last_word_about_a_day_counts() -> None:
    late = figures("2026-11-23", 4)
    usage = fold([figures("2026-11-24", 2), figures("2026-11-23", 3), late], "2026-11-24")

    assert usage.total == 6
    assert usage.days == (late, figures("2026-11-24", 2))


def test_a_day_may_be_taken_back() -> None:
    usage = fold([figures("2026-11-24", 2), figures("2026-11-24", 0, 0)], "2026-11-24")

    assert (usage.total, usage.last_day, usage.latest) == (0, 0, "")


def test_the_last_day_is_the_last_finished_one() -> None:
    events = [figures("2026-11-24", 2), figures("2026-11-25", 3)]

    assert fold(events, "2026-11-24").last_day == 2
    assert fold(events, "2026-11-25").last_day == 3
    assert fold(events, "2026-11-26").last_day == 0
    assert fold(events, None).last_day == 0


def test_the_last_30_days_end_with_the_last_finished_one() -> None:
    events = [
        figures(day, many) for day, many in (("2026-10-25", 1), ("2026-10-26", 2), ("2026-11-24", 4), ("2026-11-25", 8))
    ]

    assert fold(events, "2026-11-24").last_30_days == 6
    assert fold(events, "2026-11-25").last_30_days == 12
    assert fold(events, "2027-11-25").last_30_days == 0
    assert fold(events, None).last_30_days == 0


def test_all_days_make_the_total_also_one_that_is_not_over() -> None:
    assert fold([figures("2025-01-01", 5), figures("2026-11-26", 2)], "2026-11-25").total == 7


def test_locations_are_distinct_over_all_days_and_requesters_are_a_sum() -> None:
    events = [
        figures("2026-11-23", requesters=2, edges={"FRA": 1, "IAD": 1}),
        figures("2026-11-24", requesters=3, edges={"FRA": 2, "unknown": 1}),
    ]

    assert fold(events, None).locations == 3
    assert fold(events, None).requesters == 5


def test_the_stamp_grows_with_every_event_and_every_finished_day() -> None:
    events: list[Event] = [UsageYearOpened(2026, AT), *[figures("2026-11-24")] * 11]
    stamps = [fold(events[:many], None).stamp for many in range(13)]
    stamps += [fold(events, day).stamp for day in ("2026-11-24", "2026-11-25", "2027-01-01")]

    assert stamps == sorted(stamps)
    assert len(set(stamps)) == len(stamps)


@pytest.mark.parametrize(("last", "end"), [("2026-08-25", "2026-11-23"), ("2026-11-24", "2026-11-24")])
def test_pages_follow_the_calendar_while_their_figures_do(last: str, end: str) -> None:
    assert fold([figures(last)], end).settled("").complete_through == end
    assert fold([], end).settled(last).complete_through == end


def test_after_90_days_without_downloads_and_releases_pages_are_settled_for_good() -> None:
    downloaded, end = [figures("2026-08-25")], "2027-11-25"

    assert fold(downloaded, end).settled("2026-08-24").complete_through == "2026-11-23"
    assert fold(downloaded, end).settled("2026-08-26").complete_through == "2026-11-24"
    assert fold(downloaded, end).settled("").last_30_days == 0
    assert fold(downloaded, end).settled("").total == 1
    assert fold([], end).settled("").complete_through is None
    assert fold(downloaded, None).settled("").complete_through is None


@pytest.mark.parametrize(
    ("day", "followed"),
    [("2026-05-28", False), ("2026-05-29", True), ("2026-11-24", True), ("2026-11-25", True), ("", False)],
)
def test_pages_are_written_every_night_until_they_are_settled_and_some_nights_more(
    day: str,
    followed: bool,  # noqa: FBT001
) -> None:
    assert is_followed(day, "2026-11-24") is followed
    assert is_followed(day, None) is bool(day)


def test_days_are_those_of_utc() -> None:
    moment = datetime(2026, 11, 25, 0, 30, tzinfo=timezone(timedelta(hours=1)))

    assert day_of(moment) == "2026-11-24"


def test_the_latest_finished_day_was_counted_when_it_was_over() -> None:
    today = DayCounted("2026-11-26", whole=False, at=AT)
    events = [DayCounted("2026-11-25", whole=True, at=AT), DayCounted("2026-11-24", whole=True, at=AT), today]

    assert latest_finished(events) == "2026-11-25"
    assert latest_finished([today]) is None
    assert latest_finished([]) is None
    assert latest_finished([today, evolve(today, whole=True)]) == "2026-11-26"


def test_a_day_is_counted_when_each_of_its_batches_is() -> None:
    assert not all_batches_counted([], whole=True)
    assert not all_batches_counted([batch(1, 3), batch(3, 3), batch(3, 3)], whole=True)
    assert all_batches_counted([batch(3, 3), batch(1, 3), batch(2, 3)], whole=True)


def test_batches_of_different_divisions_are_not_taken_for_each_other() -> None:
    assert not all_batches_counted([batch(1, 2), batch(2, 3), batch(3, 3)], whole=True)
    assert all_batches_counted([batch(1, 2), batch(2, 3), batch(2, 2)], whole=True)


def test_a_day_is_whole_when_each_of_its_batches_was_counted_after_it() -> None:
    events = [batch(1, 2, whole=False), batch(2, 2)]

    assert all_batches_counted(events, whole=False)
    assert not all_batches_counted(events, whole=True)
    assert all_batches_counted([*events, batch(1, 2)], whole=True)


def test_shares_are_sums_over_days_the_most_frequent_first() -> None:
    days = [
        figures("2026-11-23", systems={"Linux": 1, "Darwin": 2}),
        figures("2026-11-24", systems={"Linux": 1, "AIX": 2}),
    ]

    assert list(shares(days, "systems").items()) == [("AIX", 2), ("Darwin", 2), ("Linux", 2)]
    assert list(shares(days[:1], "systems")) == ["Darwin", "Linux"]
    assert shares([], "systems") == {}


@pytest.mark.parametrize(
    ("complete_through", "missed"),
    [("2026-11-25", None), ("2026-11-24", None), ("2026-11-23", None), ("2026-11-22", "2026-11-23")],
)
def test_days_before_those_that_are_counted_anyway_were_missed(complete_through: str, missed: str | None) -> None:
    assert first_missed(complete_through, date(2026, 11, 26)) == missed
