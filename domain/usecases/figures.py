"""Keeping the figures of packages, day by day."""

from collections.abc import Sequence
from datetime import date

from domain.downloads import Counted, Location, same
from domain.events import Event, FilePublished, UsageYearOpened
from domain.names import canonical, is_valid
from domain.ports.clock import Clock
from domain.ports.details import Details
from domain.ports.event_store import EventStore
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

    def state(self, name: str, counted: Counted) -> bool:
        """Keep what was counted, unless it is the last word about its day already; returns whether it was news."""
        figures = counted.figures

        def decide(events: Sequence[Event]) -> Sequence[Event]:
            known = next((day for day in fold(events, None).days if day.day == figures.day), None)
            is_news = figures.downloads or figures.mirrors if known is None else not same(known, figures)
            return (figures,) if is_news else ()

        year = date.fromisoformat(figures.day).year
        stream = usage_stream(name, year)
        events = self._store.read(stream)
        if not decide(events):
            return False
        if not events:
            self._open(name, year)
        self._details.put(name, figures.day, counted.detail)
        return bool(append_decided(self._store, stream, decide, known=events))

    def _open(self, name: str, year: int) -> None:
        def decide(events: Sequence[Event]) -> Sequence[Event]:
            is_open = any(isinstance(event, UsageYearOpened) and event.year == year for event in events)
            return () if is_open else (UsageYearOpened(year, self._clock.now()),)

        append_decided(self._store, usage_years_stream(name), decide)
