"""What is known about the use of a package: a fold of its figures, and of the days that are counted at all."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime, timedelta
from functools import cached_property

from attrs import evolve, field, frozen

from domain.events import BatchCounted, DayCounted, DownloadsAggregated, Event

EARLIEST = date(2000, 1, 1)
"""Where the calendar of the query begins (`infrastructure/athena/count_downloads.sql`)."""
RECENT = timedelta(days=30)
CHARTED = timedelta(days=90)
RESTATED_DAYS = 2
"""For so long after its end a day is counted again, because logs may come late."""
_REWRITTEN = 2 * CHARTED  # pages are settled by then, even if nothing was counted for three months meanwhile
UNKNOWN = "unknown"


@frozen(slots=False)
class Usage:
    """The figures of one package.

    Attributes:
        days: the last word about each day, days ascending.
        complete_through: the latest day that is finished; None before the first.
        events: how many events this was folded from.
    """

    days: tuple[DownloadsAggregated, ...] = ()
    complete_through: str | None = None
    events: int = field(default=0, eq=False)

    def settled(self, updated: str) -> "Usage":
        """As pages show it, which follow the calendar for some months after the last download or release.

        From then on every figure of the last days is nothing, and the pages stay as they are.

        Args:
            updated: the day of the last release, whatever was deleted since; empty if there was none.
        """
        last = max(self.latest, updated)
        if not last or self.complete_through is None:
            return evolve(self, complete_through=None)
        settled = (date.fromisoformat(last) + CHARTED).isoformat()
        return evolve(self, complete_through=min(settled, self.complete_through))

    @property
    def stamp(self) -> str:
        """Grows whenever more is known: both parts only ever do."""
        return f"{self.complete_through or ''}#{self.events:08}"

    @cached_property
    def total(self) -> int:
        """Downloads of all days."""
        return sum(day.downloads for day in self.days)

    @cached_property
    def last_day(self) -> int:
        """Downloads of the latest finished day."""
        return sum(day.downloads for day in self.days if day.day == self.complete_through)

    @cached_property
    def last_30_days(self) -> int:
        """Downloads of the 30 days that end with the latest finished one."""
        return sum(day.downloads for day in self.recent)

    @cached_property
    def recent(self) -> tuple[DownloadsAggregated, ...]:
        """The days behind `last_30_days`."""
        end = self.complete_through
        return tuple(day for day in self.days if end is not None and _is_recent(day.day, end))

    @cached_property
    def locations(self) -> int:
        """Distinct edges over all days."""
        return len({edge for day in self.days for edge in day.edges})

    @cached_property
    def requesters(self) -> int:
        """The sum of the daily numbers: nobody can be recognised on another day."""
        return sum(day.requesters for day in self.days)

    @cached_property
    def latest(self) -> str:
        """The last day with a download; empty if there was none."""
        return max((day.day for day in self.days if day.downloads), default="")


def _is_recent(day: str, end: str) -> bool:
    return date.fromisoformat(end) - RECENT < date.fromisoformat(day) <= date.fromisoformat(end)


def is_followed(day: str, shown: str | None) -> bool:
    """Whether pages about what happened last on that day may have to change.

    Args:
        day: like ``2026-11-24``; empty if nothing ever happened.
        shown: a finished day that no page was written before; None if there may be older ones.
    """
    return bool(day) and (shown is None or date.fromisoformat(day) > date.fromisoformat(shown) - _REWRITTEN)


def day_of(moment: datetime) -> str:
    """The day (UTC) of an aware time, like ``2026-11-24``."""
    return moment.astimezone(UTC).date().isoformat()


def first_restated(today: date) -> date:
    """The first of the days that are counted in the night before this one; the last is yesterday."""
    return today - timedelta(days=RESTATED_DAYS)


def fold(events: Iterable[Event], complete_through: str | None) -> Usage:
    """The usage of a package from the events of all of its years."""
    count = 0
    days: dict[str, DownloadsAggregated] = {}
    for event in events:
        count += 1
        if isinstance(event, DownloadsAggregated):
            days[event.day] = event
    return Usage(tuple(days[day] for day in sorted(days)), complete_through, count)


def latest_finished(events: Iterable[Event], now: datetime) -> str | None:
    """The latest day that was counted after it was over; None if none was.

    A day that is not over `now` was counted by a clock that was ahead, and is not finished before it has come.
    """
    today = day_of(now)
    days = (event.day for event in events if isinstance(event, DayCounted) and event.whole and event.day < today)
    return max(days, default=None)


def all_batches_counted(events: Iterable[Event], *, whole: bool) -> bool:
    """Whether all batches of a day are counted; with `whole` all of them after the day was over."""
    numbers: dict[int, set[int]] = defaultdict(set)
    for event in events:
        if isinstance(event, BatchCounted) and (event.whole or not whole):
            numbers[event.of].add(event.number)
    return any(len(counted) == of for of, counted in numbers.items())


def shares(days: Iterable[DownloadsAggregated], which: str) -> Mapping[str, int]:
    """One of the mappings summed over days, the most frequent first."""
    sums: dict[str, int] = defaultdict(int)
    for day in days:
        for key, count in getattr(day, which).items():
            sums[key] += count
    return dict(sorted(sums.items(), key=lambda item: (-item[1], item[0])))
