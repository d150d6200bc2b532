"""From access logs to figures, in memory."""

from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any

import pytest
from attrs import evolve

from adapters.memory.access_logs import MemoryAccessLogs
from adapters.memory.bus import MemoryBus
from adapters.memory.catalogue import MemoryCatalogue
from adapters.memory.details import MemoryDetails
from adapters.memory.event_log import MemoryEventLog
from adapters.memory.event_store import MemoryEventStore
from adapters.memory.sessions import MemorySessions
from adapters.secrets import SystemSecrets
from domain import downloads
from domain.events import BatchCounted, DayCounted, DownloadsAggregated, Event, FileDeleted, PackageWithdrawn
from domain.listing import Entry
from domain.messages import CountDownloads
from domain.ports.access_logs import Findings, Query
from domain.usage import Usage
from domain.usecases import counting
from domain.usecases.counted_days import CountedDays
from domain.usecases.counting import LONGEST_BATCH, Counting, Outcome, Report
from domain.usecases.figures import Figures
from domain.usecases.requesters import Requesters
from domain.usecases.usage_history import UsageHistory
from tests.domain.specification import published, submitted

FIELDS = (
    "#Fields: date time x-edge-location c-ip cs-method cs-uri-stem sc-status cs(User-Agent) x-edge-result-type"
    " x-edge-request-id sc-range-start c-country\n"
)
DAY = "2026-11-24"
NIGHT = datetime(2026, 11, 25, 2, 30, tzinfo=UTC)
WHOLE = CountDownloads(DAY)


def line(
    name: str = "frob",
    id: str = "1",  # noqa: A002 - what it is called in a log
    *,
    stem: str | None = None,
    day: str = DAY,
    address: str = "192.0.2.1",
    agent: str = "pip/25.0",
) -> str:
    """A line of a log: a download of the package's wheel."""
    path = stem or f"/packages/{name}/1.0/{name}-1.0-py3-none-any.whl"
    return f"{day}\t12:00:00\tFRA56-P1\t{address}\tGET\t{path}\t200\t{agent}\tHit\t{id}\t-\tDE\n"


class Logs(MemoryAccessLogs):
    """Access logs that may answer later, be cleared or lose a day."""

    def __init__(self) -> None:
        super().__init__()
        self.reads = 0
        self.later: dict[str, Findings] | None = None
        self.lost: set[str] = set()

    def clear(self) -> None:
        self._files.clear()

    def keeps(self, day: str) -> bool:
        return day not in self.lost

    def start(self, request: CountDownloads) -> Query:
        self.reads += 1
        query = super().start(request)
        if self.later is None or query.findings is None:
            return query
        self.later["query-1"] = query.findings
        return Query("query-1", None)

    def findings(self, query: str) -> Findings:
        return (self.later or {})[query]


class Index:
    """What counting needs, in memory, at a time that is set."""

    def __init__(self, *names: str, packages_a_query: int = 0) -> None:
        self.time = NIGHT
        self.store = MemoryEventStore()
        self.details = MemoryDetails()
        self.catalogue = MemoryCatalogue()
        self.sessions = MemorySessions()
        self.bus = MemoryBus()
        self.logs = Logs()
        self.history = UsageHistory(self.store, MemoryEventLog(self.store), self)
        self.requesters = Requesters(self.sessions, self, SystemSecrets())
        self.counting = Counting(
            self.logs,
            self.details,
            self.catalogue,
            self.sessions,
            self.bus,
            self,
            Figures(self.store, self.details, self),
            CountedDays(self.store, self),
            self.requesters,
            packages_a_query,
        )
        for name in names or ("frob",):
            self.publish(name)

    def now(self) -> datetime:
        return self.time

    def publish(self, name: str) -> None:
        filename = f"{name}-1.0-py3-none-any.whl"
        self.append(f"package/{name}", submitted(name), evolve(published("x-1.0.tar.gz"), filename=filename))
        self.catalogue.put(Entry(name, 2, True, name, "local:alice", "1.0", "", NIGHT))  # noqa: FBT003

    def append(self, stream: str, *events: Event) -> None:
        self.store.append(stream, self.store.version(stream), events)

    def log(self, *lines: str) -> None:
        self.logs.add(FIELDS + "".join(lines))

    def count(self, request: CountDownloads = WHOLE) -> Report:
        return self.counting.count(request)

    def figures(self, name: str = "frob") -> dict[str, int]:
        """Downloads by day."""
        return {day.day: day.downloads for day in self.history.of(name).days}

    def events(self) -> Sequence[Event]:
        """What was stored since the packages were published."""
        usage = [stream for stream in self.store.streams() if not stream.startswith("package/")]
        return [event for stream in usage for event in self.store.read(stream)]

    def days(self) -> list[tuple[str, bool]]:
        return [(event.day, event.whole) for event in self.store.read("days/2026") if isinstance(event, DayCounted)]


# What is due


def test_a_day_is_counted_for_all_packages_at_once() -> None:
    assert Index("a", "b").counting.plan(DAY) == (CountDownloads(DAY),)


def test_or_for_a_few_packages_at_a_time() -> None:
    assert Index("a", "b", "c", packages_a_query=2).counting.plan(DAY) == [
        CountDownloads(DAY, ("a", "b"), 1, 2),
        CountDownloads(DAY, ("c",), 2, 2),
    ]
    assert len(Index("a", "b", "c", packages_a_query=1).counting.plan(DAY)) == 3


def test_names_of_a_batch_fit_into_a_parameter() -> None:
    names = [f"{number:03}{'x' * 97}" for number in range(25)]
    batches = Index(*names, packages_a_query=1000).counting.plan(DAY)

    assert [name for batch in batches for name in batch.packages] == names
    assert all(len(",".join(batch.packages)) <= LONGEST_BATCH for batch in batches)
    assert [len(batch.packages) for batch in batches] == [9, 9, 7]


def test_without_packages_there_is_one_batch_so_that_the_day_is_counted() -> None:
    index = Index("a", packages_a_query=5)
    index.catalogue = MemoryCatalogue()
    empty = Counting(
        *(index.logs, index.details, index.catalogue, index.sessions, index.bus, index),
        *(Figures(index.store, index.details, index), CountedDays(index.store, index), index.requesters, 5),
    )

    assert empty.plan(DAY) == [CountDownloads(DAY)]


def test_what_is_due_is_announced_and_has_its_key() -> None:
    index = Index("a", "b", packages_a_query=1)

    assert index.counting.announce([DAY, "2026-11-23"]) == 4
    assert len(index.bus.waiting()) == 4
    assert index.sessions.get(f"requester-key/{DAY}", index.time) is not None


# What comes of it


def test_downloads_become_figures_and_details_and_the_day_is_counted() -> None:
    index = Index("frob", "spam")
    index.log(line(id="1"), line(id="2", address="192.0.2.2"), line("spam", "3"))

    report = index.count()

    assert report == Report(WHOLE, Outcome.COUNTED, downloads=3, packages=2, changed=2)
    usage = index.history.of("frob")
    assert (usage.total, usage.requesters, usage.complete_through) == (2, 2, DAY)
    detail = index.details.get("frob", DAY)
    assert detail is not None
    assert len(detail.times) == len(set(detail.requesters)) == 2
    assert "192.0.2" not in repr((detail, index.events()))
    assert index.days() == [(DAY, True)]


def test_a_night_that_finds_nothing_new_reads_nothing_and_stores_nothing() -> None:
    index = Index()
    index.log(line())
    index.count()
    before, reads = index.events(), index.logs.reads

    index.time += timedelta(days=1)
    report = index.count()

    assert report.outcome is Outcome.UNCHANGED
    assert index.events() == before
    assert index.logs.reads == reads


def test_the_same_logs_counted_again_are_no_news() -> None:
    index = Index()
    index.log(line())
    index.count()
    before = index.events()

    index.log(line(), line())
    report = index.count()

    assert (report.outcome, report.downloads, report.changed) == (Outcome.COUNTED, 1, 0)
    assert index.events() == before


def test_a_late_log_is_news_for_the_packages_in_it_only() -> None:
    index = Index("frob", "spam")
    index.log(line(id="1"), line("spam", "2"))
    index.count()
    before = len(index.events())

    index.log(line("spam", "3"))
    report = index.count()

    assert report.changed == 1
    assert len(index.events()) == before + 1
    assert index.figures("spam") == {DAY: 2}
    detail = index.details.get("spam", DAY)
    assert detail is not None
    assert len(detail.times) == 2


def test_a_package_that_was_published_since_is_counted_though_the_logs_are_the_same() -> None:
    index = Index("frob")
    index.log(line(id="1"), line("spam", "2"))
    assert index.count().packages == 1

    index.publish("spam")

    assert index.count().changed == 1
    assert index.figures("spam") == {DAY: 1}


def test_other_rules_count_again(monkeypatch: pytest.MonkeyPatch) -> None:
    index = Index()
    index.log(line())
    index.count()
    old = downloads.RULES

    for module in (downloads, counting):
        monkeypatch.setattr(module, "RULES", old + 1)

    assert index.count().changed == 1
    assert [event.rules for event in index.events() if isinstance(event, DownloadsAggregated)] == [old, old + 1]


def test_what_the_logs_do_not_say_any_more_is_taken_back() -> None:
    index = Index("frob", "spam")
    index.log(line(id="1"), line("spam", "2"))
    index.count()

    index.logs.clear()
    index.log(line(id="1"))
    report = index.count()

    assert report.changed == 1
    assert index.figures("spam") == {DAY: 0}
    assert index.figures("frob") == {DAY: 1}
    assert index.count().outcome is Outcome.UNCHANGED


def test_empty_logs_take_nothing_back() -> None:
    index = Index()
    index.log(line())
    index.count()

    index.logs.clear()
    report = index.count()

    assert (report.outcome, report.changed) == (Outcome.SILENT, 0)
    assert index.figures() == {DAY: 1}


def test_empty_logs_of_a_day_without_figures_are_a_quiet_day() -> None:
    assert Index().count().outcome is Outcome.COUNTED


def test_a_batch_takes_nothing_back_of_packages_that_it_is_not_about() -> None:
    index = Index("frob", "spam")
    index.log(line(id="1"), line("spam", "2"))
    index.count()

    index.log(line(id="3"))
    index.count(CountDownloads(DAY, ("frob",)))

    assert index.figures("frob") == {DAY: 2}
    assert index.figures("spam") == {DAY: 1}


def test_days_are_counted_apart() -> None:
    index = Index()
    index.log(
        line(id="1"), line(id="2", day="2026-11-23"), line(id="3", day="2026-11-23"), line(id="4", day="2025-12-31")
    )

    for day in (DAY, "2026-11-23", "2025-12-31"):
        index.count(CountDownloads(day))

    assert index.figures() == {"2025-12-31": 1, "2026-11-23": 2, DAY: 1}
    assert index.history.complete_through() == DAY
    assert len(index.store.read("usage-years/frob")) == 2


def test_every_spelling_of_a_path_is_the_same_package() -> None:
    index = Index("frob", "spam")
    wheel = "1.0/frob-1.0-py3-none-any.whl"
    spellings = (
        "/packages/fr%6Fb/",
        "/packages/fro%2562/",
        "/%70ackages/frob/",
        "/packages/%66rob/",
        "/packages/frob/",
    )
    index.log(
        *(line(id=f"{number}", stem=prefix + wheel) for number, prefix in enumerate(spellings)), line("spam", "9")
    )
    index.log(line(id="6", stem="/packages/frob/1%2E0/frob-1.0-py3-none-any.whl"))

    report = index.count()

    assert (report.downloads, report.packages, report.changed) == (7, 2, 2)
    assert index.figures() == {DAY: 6}
    assert len([event for event in index.events() if isinstance(event, DownloadsAggregated)]) == 2


def test_what_is_no_package_is_ignored() -> None:
    index = Index()
    names = ("other", "Frob", "fr.ob", "..", "%2E%2E", "fr%6Fc", "", "x" * 300)
    index.log(*(line(name, name) for name in names), line(id="1", stem="/packages/frob/2.0/frob-2.0.tar.gz"))

    report = index.count()

    assert (report.downloads, report.changed) == (0, 0)
    assert index.days() == [(DAY, True)]


def test_files_count_whatever_became_of_them() -> None:
    index = Index("frob", "gone")
    index.append("package/frob", FileDeleted("frob-1.0-py3-none-any.whl", NIGHT, "local:alice"))
    index.append("package/gone", PackageWithdrawn(NIGHT, "local:alice"))
    index.log(line(id="1"), line("gone", "2"))

    assert index.count().downloads == 2


def test_what_is_malformed_is_reported_and_stops_nothing() -> None:
    index = Index()
    index.log(
        line(id="1"), line(id="2", agent="pip%2"), line(id="3", stem="/packages/frob/%"), line(id="4", stem="/%FF")
    )
    index.log("too\tfew\n", line(id="5", stem="/%FF"))

    report = index.count()

    assert report.downloads == 1
    assert dict(report.malformed) == {"wrong columns": 1, "bad escape": 4}


def test_a_day_without_requests_is_counted_too() -> None:
    index = Index()

    report = index.count()

    assert (report.outcome, report.downloads) == (Outcome.COUNTED, 0)
    assert index.history.complete_through() == DAY
    assert index.history.of("frob") == Usage(complete_through=DAY)


# Days


def test_today_is_counted_but_not_finished() -> None:
    index = Index()
    index.time = datetime(2026, 11, 24, 18, 0, tzinfo=UTC)
    index.log(line(id="1"))
    index.count()

    assert index.figures() == {DAY: 1}
    assert index.history.complete_through() is None

    index.time = NIGHT
    assert index.count().outcome is Outcome.UNCHANGED
    assert index.history.complete_through() == DAY
    assert index.days() == [(DAY, False), (DAY, True)]


def test_what_is_finished_never_goes_backwards() -> None:
    index = Index()
    index.count()
    index.count(CountDownloads("2026-11-20"))
    index.count(CountDownloads("2026-11-25"))

    assert index.history.complete_through() == DAY


def test_a_new_year_begins_with_the_old_ones_last_day() -> None:
    index = Index()
    index.time = datetime(2027, 1, 1, 2, 30, tzinfo=UTC)
    index.count(CountDownloads("2027-01-01"))
    index.count(CountDownloads("2026-12-31"))

    assert index.history.complete_through() == "2026-12-31"


def test_a_day_is_finished_by_the_last_of_its_batches() -> None:
    index = Index("a", "b", "c", packages_a_query=1)
    index.log(line("a", "1"), line("b", "2"), line("c", "3"))
    first, second, third = index.counting.plan(DAY)

    for request in (third, first, third):
        index.count(request)
    assert index.days() == []
    assert index.history.complete_through() is None

    index.count(second)
    assert index.days() == [(DAY, True)]
    assert [index.figures(name) for name in ("a", "b", "c")] == [{DAY: 1}] * 3

    before = index.events()
    for request in (second, first, third, second):
        assert index.count(request).outcome is Outcome.UNCHANGED
    assert index.events() == before


def test_batches_that_were_counted_during_the_day_are_counted_again_after_it() -> None:
    index = Index("a", "b", packages_a_query=1)
    index.time = datetime(2026, 11, 24, 18, 0, tzinfo=UTC)
    first, second = index.counting.plan(DAY)
    index.count(first)
    index.time = NIGHT
    index.count(second)
    assert index.days() == []

    index.count(first)

    assert index.days() == [(DAY, True)]
    assert len([event for event in index.events() if isinstance(event, BatchCounted)]) == 3


def test_a_day_some_of_whose_logs_are_gone_stays_as_it_is() -> None:
    index = Index()
    index.log(line())
    index.count()
    before = index.events()

    index.logs.clear()
    index.log(line(id="7"), line(id="8"))
    index.logs.lost.add(DAY)

    assert index.count() == Report(WHOLE, Outcome.NOT_KEPT)
    assert index.events() == before


# Queries that take their time


def test_findings_that_come_later_are_counted_when_they_come() -> None:
    index = Index("frob", "spam")
    index.logs.later = {}
    index.log(line(id="1"), line("spam", "2"))
    request = CountDownloads(DAY, ("spam",), 1, 1)

    assert index.count(request) == Report(request, Outcome.UNDER_WAY)
    assert index.events() == []

    report = index.counting.arrived("query-1")
    assert report == Report(request, Outcome.COUNTED, downloads=1, packages=1, changed=1)
    assert index.figures("spam") == {DAY: 1}
    assert index.history.complete_through() == DAY


def test_findings_may_come_twice() -> None:
    index = Index()
    index.log(line())
    for _ in range(2):
        index.logs.later = {}
        index.count()
        index.counting.arrived("query-1")

    assert len(index.events()) == 3


def test_a_query_that_nobody_started_is_told() -> None:
    with pytest.raises(LookupError, match="query-7"):
        Index().counting.arrived("query-7")


# Requesters


def test_an_address_is_the_same_within_a_day_and_another_one_on_the_next() -> None:
    requesters = Index().requesters

    assert requesters.of(DAY)("192.0.2.1") == requesters.of(DAY)("192.0.2.1")
    assert requesters.of(DAY)("192.0.2.1") != requesters.of("2026-11-23")("192.0.2.1")
    assert requesters.of(DAY)("192.0.2.1") != requesters.of(DAY)("192.0.2.2")


def test_who_has_another_index_recognises_nobody() -> None:
    assert Index().requesters.of(DAY)("192.0.2.1") != Index().requesters.of(DAY)("192.0.2.1")


def test_hashes_are_16_hexadecimal_digits() -> None:
    hashed = Index().requesters.of(DAY)("2001:db8::1")

    assert len(hashed) == 16
    assert int(hashed, 16) >= 0


@pytest.mark.parametrize(("hours", "is_kept"), [(0, True), (24 * 2 + 3, True), (24 * 3 - 3, True), (24 * 3, False)])
def test_the_key_of_a_day_is_kept_while_the_day_may_be_counted_again(hours: int, is_kept: bool) -> None:  # noqa: FBT001
    index = Index()
    first = index.requesters.of(DAY)("192.0.2.1")

    index.time = NIGHT + timedelta(hours=hours)

    assert (index.requesters.of(DAY)("192.0.2.1") == first) is is_kept


def test_the_key_of_a_day_long_ago_is_kept_for_a_day_only() -> None:
    index = Index()
    first = index.requesters.of("2026-01-01")("192.0.2.1")

    index.time += timedelta(hours=23)
    assert index.requesters.of("2026-01-01")("192.0.2.1") == first
    index.time += timedelta(hours=2)
    assert index.requesters.of("2026-01-01")("192.0.2.1") != first


def test_a_new_key_alone_is_no_news() -> None:
    index = Index()
    index.log(line(id="1"))
    index.count()
    before, detail = index.events(), index.details.get("frob", DAY)

    index.time += timedelta(days=30)
    index.log(line(id="1"))
    assert index.count().outcome is Outcome.COUNTED

    assert index.events() == before
    assert index.details.get("frob", DAY) == detail


# Crashes


class Crash(BaseException):
    """The machine stops here."""


@pytest.mark.parametrize("packages_a_query", [0, 1])
@pytest.mark.parametrize("moment", ["before", "after"])
def test_a_crash_at_any_step_is_mended_by_the_next_run(moment: str, packages_a_query: int) -> None:
    def made() -> Index:
        index = Index("frob", "spam", packages_a_query=packages_a_query)
        index.log(line(id="1"), line("spam", "2"), line("spam", "3"))
        return index

    undisturbed = made()
    _run(undisturbed)
    step = 1
    while _is_stopped(index := made(), step, moment):
        _run(index)
        assert _shown(index) == _shown(undisturbed)
        before = index.events()
        _run(index)
        assert index.events() == before
        step += 1
    assert step > 8


def _run(index: Index) -> None:
    for request in index.counting.plan(DAY):
        index.count(request)


def _is_stopped(index: Index, step: int, moment: str) -> bool:
    """Run it with a crash at a call that changes something; whether there are so many."""
    steps = count(1)

    def crashing(original: Callable[..., Any]) -> Callable[..., Any]:
        def call(*args: Any) -> Any:
            is_it = next(steps) == step
            if is_it and moment == "before":
                raise Crash
            result = original(*args)
            if is_it:
                raise Crash
            return result

        return call

    with pytest.MonkeyPatch.context() as patch:
        for adapter, method in ((index.store, "append"), (index.details, "put"), (index.sessions, "put")):
            patch.setattr(adapter, method, crashing(getattr(adapter, method)))
        try:
            _run(index)
        except Crash:
            return True
    return False


def _shown(index: Index) -> object:
    """All that anybody can see, but hashes under a random key."""
    details = {name: index.details.get(name, DAY) for name in index.details.packages(DAY)}
    shapes = {
        name: detail and (detail.times, detail.file, len(set(detail.requesters))) for name, detail in details.items()
    }
    return sorted(map(repr, index.events())), shapes, index.history.complete_through()
