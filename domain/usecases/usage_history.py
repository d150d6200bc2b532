"""Reading what is known about the use of packages."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date, timedelta
from itertools import chain, islice

from attrs import evolve

from domain.events import DayCounted, DownloadsAggregated, Event, UsageYearOpened
from domain.ports.clock import Clock
from domain.ports.event_log import EventLog
from domain.ports.event_store import EventStore
from domain.streams import DAYS, days_stream, key_of, usage_stream, usage_years_stream
from domain.usage import CHARTED, EARLIEST, UNKNOWN, Breakdown, Usage, day_of, fold, latest_finished, shares
from domain.usage_sums import UsageBrief, UsageRow, UsageSummary

_WRITTEN = timedelta(days=7)  # more than enough for what a finished day makes due
_MOST_NAMES = 60  # systems can be named by anybody, and a summary is one item


class UsageHistory:
    """Reads every stream that says something about a package's use."""

    def __init__(self, store: EventStore, log: EventLog, clock: Clock) -> None:
        self._store = store
        self._log = log
        self._clock = clock

    def of(self, name: str) -> Usage:
        """The usage of a package, also of one that is not known."""
        return self.until(name, self.complete_through())

    def until(self, name: str, end: str | None) -> Usage:
        """The usage of a package when this is the latest day that is finished."""
        opened = self._store.read(usage_years_stream(name))
        years = {stream: self._store.read(stream) for stream in _streams(name, opened)}
        versions = {stream: len(events) for stream, events in years.items()} | {usage_years_stream(name): len(opened)}
        return evolve(fold(chain.from_iterable(years.values()), end), versions=versions)

    def stamp(self, name: str) -> str:
        """Changes whenever `of` does."""
        events = sum(map(self._store.version, _streams(name, self._store.read(usage_years_stream(name)))))
        return Usage(complete_through=self.complete_through(), events=events).stamp

    def complete_through(self) -> str | None:
        """The latest day that is finished; None before the first."""
        return self._latest()

    def is_missed(self, day: str) -> bool:
        """Whether the day is over and no count of it was since; no if there is no such day."""
        try:
            is_over = date.fromisoformat(day) >= EARLIEST and day < day_of(self._clock.now())
        except ValueError:
            return False
        events = self._store.read(days_stream(int(day[:4]))) if is_over else ()
        return is_over and not any(
            isinstance(event, DayCounted) and event.day == day and event.whole for event in events
        )

    def shown_since(self) -> str | None:
        """A finished day that no page was written before; None if none was finished by then."""
        then = self._clock.now() - _WRITTEN
        return self._latest(lambda event: isinstance(event, DayCounted) and event.at <= then)

    def _latest(self, knows: Callable[[Event], bool] = lambda _: True) -> str | None:
        # Of the newest year there may be nothing but a day that is not over.
        for stream in sorted(self._log.streams(DAYS), reverse=True):
            events = self._store.read(days_stream(int(key_of(stream))))
            day = latest_finished(filter(knows, events))
            if day is not None:
                return day
        return None


def _streams(name: str, opened: Sequence[Event]) -> list[str]:
    """The streams of the years that are opened, in their order."""
    return [usage_stream(name, year) for year in sorted({e.year for e in opened if isinstance(e, UsageYearOpened)})]


def row_of(name: str, usage: Usage) -> UsageRow:
    """A package's row for pages over all packages."""
    return UsageRow(name, usage.stamp, usage.total, usage.last_30_days, usage.latest)


def brief_of(name: str, usage: Usage) -> UsageBrief:
    """What its owner is told of it, also where no list shows it."""
    days = {day.day: day.downloads for day in usage.days if day.downloads}
    brief = UsageBrief(name, usage.stamp, usage.versions, usage.total, usage.locations, usage.requesters, days)
    return brief.at(usage.stamp)


def summary_of(usage: Usage) -> UsageSummary:
    """What a package adds to the figures of all packages together; empty if nothing happened in the last 90 days."""
    # A day that is not over may have figures already, beside those of 90 days.
    end = usage.complete_through or usage.latest
    since = (date.fromisoformat(end) - CHARTED).isoformat() if end else ""
    recent = usage.recent
    return UsageSummary(
        days={day.day: day.downloads for day in usage.days if day.day > since and day.downloads},
        installers=_most_frequent(recent, "installers"),
        pythons=_most_frequent(recent, "pythons"),
        systems=_most_frequent(recent, "systems"),
        countries=_most_frequent(recent, "countries"),
        ci=sum(day.ci for day in recent),
        mirrors=sum(day.mirrors for day in recent),
    )


def _most_frequent(days: Iterable[DownloadsAggregated], which: Breakdown) -> Mapping[str, int]:
    """A breakdown over the days, cut to the most frequent keys; the rest counts as unknown."""
    sums = shares(days, which)
    most = dict(islice(sums.items(), _MOST_NAMES))
    rest = sum(sums.values()) - sum(most.values())
    return most | ({UNKNOWN: most.get(UNKNOWN, 0) + rest} if rest else {})
