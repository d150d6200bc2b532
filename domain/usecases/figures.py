"""Keeping the figures of packages, day by day."""

from collections.abc import Mapping, Sequence
from datetime import date

from attrs import frozen

from domain.downloads import Counted, Location, same
from domain.events import DownloadsAggregated, Event, FilePublished, UsageYearOpened
from domain.names import canonical, is_valid
from domain.ports.clock import Clock
from domain.ports.details import Details
from domain.ports.event_store import Append, EventStore
from domain.streams import package_stream, usage_stream, usage_years_stream
from domain.usage import fold
from domain.usecases.appending import append_decided


class Figures:
    """Appends figures where they are news, and keeps the detail before the figures that it explains."""

    def __init__(self, store: EventStore, details: Details, clock: Clock) -> None:
        self._store = store
        self._details = details
        self._clock = clock

    def published(self, name: str) -> frozenset[Location]:
        """Every file that the package ever had; none for what is no package."""
        if not is_valid(name) or canonical(name) != name:
            return frozenset()
        events = self._store.read(package_stream(name))
        published = [event for event in events if isinstance(event, FilePublished)]
        return frozenset(Location(name, event.version, event.filename) for event in published)

    def state(self, day: str, counted: Mapping[str, Counted]) -> int:
        """Keep what was counted of these packages, unless it is the last word about the day already.

        Many at once wait for the disk together. Returns how many packages have other figures now.
        """
        news = [each for each in (self._news(name, of) for name, of in counted.items()) if each]
        self._details.put(day, {each.name: counted[each.name].detail for each in news})
        usage = [Append(each.stream, each.version, (each.figures,)) for each in news]
        # Years first: a year that is not opened is not read.
        opening = [append for each in news if not each.version for append in self._opening(each.name, each.figures)]
        late = {append.stream for append in self._store.append_each([*opening, *usage])}
        changed = 0
        for each in news:
            if usage_years_stream(each.name) in late:
                self._open(each.name, each.figures)
            changed += self._append(each) if each.stream in late else 1
        return changed

    def _news(self, name: str, counted: Counted) -> "_News | None":
        figures = counted.figures
        stream = usage_stream(name, _year(figures))
        events = self._store.read(stream)
        return _News(name, stream, len(events), figures) if _is_news(events, figures) else None

    def _append(self, news: "_News") -> bool:
        """Append the figures where another writer was faster; returns whether they still were news."""
        figures = news.figures
        return bool(
            append_decided(self._store, news.stream, lambda events: (figures,) if _is_news(events, figures) else ())
        )

    def _opening(self, name: str, figures: DownloadsAggregated) -> Sequence[Append]:
        stream = usage_years_stream(name)
        events = self._store.read(stream)
        opened = self._opened(events, figures)
        return (Append(stream, len(events), opened),) if opened else ()

    def _open(self, name: str, figures: DownloadsAggregated) -> None:
        append_decided(self._store, usage_years_stream(name), lambda events: self._opened(events, figures))

    def _opened(self, events: Sequence[Event], figures: DownloadsAggregated) -> Sequence[Event]:
        year = _year(figures)
        is_open = any(isinstance(event, UsageYearOpened) and event.year == year for event in events)
        return () if is_open else (UsageYearOpened(year, self._clock.now()),)


@frozen
class _News:
    """Figures to append to a stream, if it is at this version."""

    name: str
    stream: str
    version: int
    figures: DownloadsAggregated


def _year(figures: DownloadsAggregated) -> int:
    return date.fromisoformat(figures.day).year


def _is_news(events: Sequence[Event], figures: DownloadsAggregated) -> bool:
    known = next((day for day in fold(events, None).days if day.day == figures.day), None)
    return bool(figures.downloads or figures.mirrors) if known is None else not same(known, figures)
