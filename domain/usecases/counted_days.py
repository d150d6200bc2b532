"""Which days are counted."""

from collections.abc import Sequence
from datetime import date

from domain.events import BatchCounted, DayCounted, Event
from domain.messages import CountDownloads
from domain.ports.clock import Clock
from domain.ports.event_store import EventStore
from domain.streams import counting_stream, days_stream
from domain.usage import all_batches_counted, day_of
from domain.usecases.appending import append_decided


class CountedDays:
    """Notes what is counted. A day that is not over yet is noted as such, and again when it is."""

    def __init__(self, store: EventStore, clock: Clock) -> None:
        self._store = store
        self._clock = clock

    def finish(self, request: CountDownloads) -> None:
        """Note that the batch is counted, and, if it is the last one, the day."""
        now = self._clock.now()
        whole = request.day < day_of(now)
        batch = BatchCounted(request.day, request.number, request.of, whole, now)
        day = DayCounted(request.day, whole, now)

        def decide_batch(events: Sequence[Event]) -> Sequence[Event]:
            return () if any(_says_batch(event, batch) for event in events) else (batch,)

        def decide_day(events: Sequence[Event]) -> Sequence[Event]:
            return () if any(_says_day(event, day) for event in events) else (day,)

        if request.of > 1:
            stream = counting_stream(request.day)
            append_decided(self._store, stream, decide_batch)
            if not all_batches_counted(self._store.read(stream), whole=whole):
                return
        append_decided(self._store, days_stream(date.fromisoformat(request.day).year), decide_day)


def _says_batch(event: Event, batch: BatchCounted) -> bool:
    return (
        isinstance(event, BatchCounted)
        and (event.number, event.of) == (batch.number, batch.of)
        and event.whole >= batch.whole
    )


def _says_day(event: Event, day: DayCounted) -> bool:
    return isinstance(event, DayCounted) and event.day == day.day and event.whole >= day.whole
