"""What an owner is told out of a brief is what all days say, whenever it was made."""

from collections.abc import Sequence

from hypothesis import given
from hypothesis import strategies as st

from domain.events import DownloadsAggregated
from domain.usage import Usage, fold
from domain.usage_sums import OwnFigures
from domain.usecases.usage_history import brief_of
from tests.domain.usage_examples import figures, used

DAYS = ("2026-09-01", "2026-10-25", "2026-10-26", "2026-10-27", "2026-11-23", "2026-11-24", "2026-11-25", "2026-12-30")
ENDS = (None, *DAYS, "2027-12-31")
counted = st.builds(
    lambda day, downloads, edge: figures(day, downloads, min(downloads, 2), edges={edge: downloads}),
    st.sampled_from(DAYS),
    st.integers(0, 9),
    st.sampled_from(["FRA", "CDG", "IAD"]),
)


def told(usage: Usage) -> OwnFigures:
    """Out of all days."""
    return OwnFigures(usage.total, usage.last_day, usage.last_30_days, usage.locations, usage.requesters)


@given(st.lists(counted, max_size=12), st.integers(0, len(ENDS) - 1), st.integers(0, len(ENDS) - 1))
def test_of_a_later_day_it_tells_what_all_days_say(events: Sequence[DownloadsAggregated], one: int, other: int) -> None:
    made, end = ENDS[min(one, other)], ENDS[max(one, other)]
    brief = brief_of("spam", fold(events, made))

    assert brief.figures(end) == told(fold(events, end))
    assert brief.at(fold(events, end).stamp) == brief_of("spam", fold(events, end))


def test_it_has_the_days_of_which_a_later_answer_may_tell_and_no_others() -> None:
    usage = used(400, "2026-11-26")
    brief = brief_of("spam", fold(usage.days, "2026-11-25"))

    assert list(brief.days) == [day.day for day in usage.days[-31:]]
    assert brief.figures("2026-11-26") == told(usage)
