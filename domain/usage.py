"""What is known about the use of a package: a fold of its figures, and of the days that are counted at all."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime, timedelta
from functools import cached_property
from typing import Literal

from attrs import evolve, field, frozen

from domain.events import BatchCounted, DayCounted, DownloadsAggregated, Event

EARLIEST = date(2000, 1, 1)
"""Where the calendar of the query begins (`infrastructure/athena/count_downloads.sql`)."""
RECENT = timedelta(days=30)
CHARTED = timedelta(days=90)
RESTATED_DAYS = 2
"""For how many days after its end a day is counted again, because logs may come late."""
_REWRITTEN = 2 * CHARTED  # pages are settled by then, even if nothing was counted for three months meanwhile
UNKNOWN = "unknown"
"""What is counted where a client did not say."""

Breakdown = Literal["versions", "files", "installers", "pythons", "systems", "countries", "edges"]
"""The mappings of `DownloadsAggregated`, each of which splits a day's downloads in another way."""


@frozen(slots=False)
class Usage:
    """The figures of one package.

    Attributes:
        days: the last word about each day, days ascending.
        complete_through: the latest day that is finished; None before the first.
        events: how many events this was folded from.
        versions: of the streams that they are in, by name.
    """

    days: tuple[DownloadsAggregated, ...] = ()
    complete_through: str | None = None
    events: int = field(default=0, eq=False)
    versions: Mapping[str, int] = field(factory=dict, eq=False)

    def settled(self, updated: str) -> "Usage":
        """The usage as pages show it: `complete_through` stops 90 days after the last download or release.

        By then every figure of the last days is zero for good, so no page has to be written again each night.

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
        """A text that sorts later whenever more is known, as both of its parts only grow."""
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
        return tuple(day for day in self.days if end is not None and is_recent(day.day, end))

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


def is_recent(day: str, end: str) -> bool:
    """Whether the day is one of the 30 that end with the other one."""
    return before_recent(end) < day <= end


def before_recent(end: str) -> str:
    """The day before those 30."""
    return (date.fromisoformat(end) - RECENT).isoformat()


def is_followed(day: str, shown: str | None) -> bool:
    """Whether a package's pages may have to change, if its last news is of `day`.

    Args:
        day: like ``2026-11-24``; empty if nothing ever happened.
        shown: a finished day that no page was written before; None if there may be older ones.
    """
    return bool(day) and (shown is None or date.fromisoformat(day) > date.fromisoformat(shown) - _REWRITTEN)


def day_of(moment: datetime) -> str:
    """The day (UTC) of an aware time, like ``2026-11-24``."""
    return moment.astimezone(UTC).date().isoformat()


def first_restated(today: date) -> date:
    """The first of the days that are counted in the night to `today`; the last one is yesterday."""
    return today - timedelta(days=RESTATED_DAYS)


def first_missed(complete_through: str, today: date) -> str | None:
    """The first day that nights went by without finishing; None if the next night counts all of them anyway.

    Args:
        complete_through: the latest day that is finished.
        today: the day (UTC) that is not over.
    """
    unfinished = date.fromisoformat(complete_through) + timedelta(days=1)
    return unfinished.isoformat() if unfinished < first_restated(today) else None


def fold(events: Iterable[Event], complete_through: str | None) -> Usage:
    """The usage of a package from the events of all of its years."""
    count = 0
    days: dict[str, DownloadsAggregated] = {}
    for event in events:
        count += 1
        if isinstance(event, DownloadsAggregated):
            days[event.day] = event
    return Usage(tuple(days[day] for day in sorted(days)), complete_through, count)


def latest_finished(events: Iterable[Event]) -> str | None:
    """The latest day that was counted after it was over; None if none was."""
    return max((event.day for event in events if isinstance(event, DayCounted) and event.whole), default=None)


def all_batches_counted(events: Iterable[Event], *, whole: bool) -> bool:
    """Whether all batches of a day are counted; with `whole` all of them after the day was over."""
    numbers: dict[int, set[int]] = defaultdict(set)
    for event in events:
        if isinstance(event, BatchCounted) and (event.whole or not whole):
            numbers[event.of].add(event.number)
    return any(len(counted) == of for of, counted in numbers.items())


def shares(days: Iterable[DownloadsAggregated], which: Breakdown) -> Mapping[str, int]:
    """One breakdown summed over days, the most frequent first."""
    sums: dict[str, int] = defaultdict(int)
    for day in days:
        for key, count in getattr(day, which).items():
            sums[key] += count
    return dict(sorted(sums.items(), key=lambda item: (-item[1], item[0])))
