"""From access logs to figures: what is due for a day, the query, and what follows from its findings.

Each step may be repeated after a crash at any point: figures are appended only where they differ from the last word
about their day, a detail is kept before the figures that it explains, and a day counts as counted at the very end.
"""

import hashlib
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import timedelta
from enum import Enum, auto

from attrs import evolve, field, frozen

from domain.downloads import BAD_ESCAPE, RULES, Counted, count
from domain.log_requests import by_package
from domain.log_rows import Row
from domain.messages import CountDownloads
from domain.ports.access_logs import AccessLogs, Findings
from domain.ports.bus import MessageBus
from domain.ports.catalogue import Catalogue
from domain.ports.clock import Clock
from domain.ports.details import Details
from domain.ports.sessions import Sessions
from domain.sessions import LogsCounted, QueryStarted, Session
from domain.usecases.counted_days import CountedDays
from domain.usecases.figures import Figures
from domain.usecases.requesters import Requesters

LONGEST_BATCH = 1000
"""Characters of a batch's names with commas between them: Athena takes parameters of up to 1,024."""

_PACKAGES_AT_ONCE = 200
_DOWNLOADS_AT_ONCE = 50_000
_QUERY_REMEMBERED = timedelta(days=7)
_STATE_REMEMBERED = timedelta(days=60)


class Outcome(Enum):
    """What became of a batch."""

    COUNTED = auto()
    UNCHANGED = auto()  # neither logs nor packages have changed since it was counted
    UNDER_WAY = auto()  # findings come later
    NOT_KEPT = auto()  # some logs of the day are gone, so its figures stay as they are
    SILENT = auto()  # the logs say nothing of the day, which has figures: they stay as they are


@frozen
class Report:
    """What counting a batch came to.

    Attributes:
        downloads: how many were counted.
        packages: how many had any.
        changed: how many packages have other figures now than before.
        malformed: lines that could not be read, by what was wrong with them.
    """

    request: CountDownloads
    outcome: Outcome
    downloads: int = 0
    packages: int = 0
    changed: int = 0
    malformed: Mapping[str, int] = field(factory=dict)


class Counting:
    """Counts downloads.

    Args:
        logs, details, catalogue, sessions, bus, clock: ports.
        figures, days, requesters: what becomes of the findings.
        packages_a_query: the most packages of one query; 0 for all in one.
    """

    def __init__(
        self,
        logs: AccessLogs,
        details: Details,
        catalogue: Catalogue,
        sessions: Sessions,
        bus: MessageBus,
        clock: Clock,
        figures: Figures,
        days: CountedDays,
        requesters: Requesters,
        packages_a_query: int = 0,
    ) -> None:
        self._logs = logs
        self._details = details
        self._catalogue = catalogue
        self._sessions = sessions
        self._bus = bus
        self._clock = clock
        self._figures = figures
        self._days = days
        self._requesters = requesters
        self._packages_a_query = packages_a_query

    def plan(self, day: str) -> Sequence[CountDownloads]:
        """What has to be counted for a day like ``2026-11-24``."""
        if not self._packages_a_query:
            return (CountDownloads(day),)
        names = (entry.name for entry in self._catalogue.entries())
        batches = list(_batches(names, self._packages_a_query)) or [()]
        return [CountDownloads(day, batch, number, len(batches)) for number, batch in enumerate(batches, 1)]

    def announce(self, days: Iterable[str], occasion: str = "") -> int:
        """Make it due to count these days; returns the number of batches.

        Args:
            days: like ``2026-11-24``.
            occasion: what repeats the same announcement names it again, so that logs are not read twice.
        """
        announced = occasion or self._clock.now().isoformat()
        requests = [evolve(request, announced=announced) for day in days for request in self.plan(day)]
        for request in requests:
            self._requesters.of(request.day)  # made once, before batches are counted side by side
        self._bus.publish(requests)
        return len(requests)

    def count(self, request: CountDownloads) -> Report:
        """Have the logs read, and process what they say, unless that comes later or is known already."""
        if not self._logs.keeps(request.day):
            return Report(request, Outcome.NOT_KEPT)
        state = self._state(request)
        key = f"counted/{request.day}/{request.number}/{request.of}"
        if state and self._remembered(key) == LogsCounted(state):
            self._days.finish(request)
            return Report(request, Outcome.UNCHANGED)
        query = self._logs.start(request)
        if query.findings is None:
            started = QueryStarted(request.day, request.packages, request.number, request.of)
            self._remember(_query_key(query.id), started, _QUERY_REMEMBERED)
            return Report(request, Outcome.UNDER_WAY)
        report = self._process(request, query.findings)
        if state:
            self._remember(key, LogsCounted(state), _STATE_REMEMBERED)
        return report

    def arrived(self, query: str) -> Report:
        """Process what a query found that was started before.

        Raises:
            LookupError: nobody knows the query, or not yet.
        """
        started = self._remembered(_query_key(query))
        if not isinstance(started, QueryStarted):
            raise LookupError(f"no query {query} was started")  # noqa: TRY004 - nobody knows it, or not yet
        request = CountDownloads(started.day, started.packages, started.number, started.of)
        return self._process(request, self._logs.findings(query))

    def _process(self, request: CountDownloads, findings: Findings) -> Report:
        malformed = Counter(findings.malformed)
        downloads, changed, found = 0, 0, set[str]()
        for some in _some_at_once(self._counted(request, findings.rows, malformed)):
            downloads += sum(counted.figures.downloads for counted in some.values())
            malformed[BAD_ESCAPE] += sum(counted.malformed for counted in some.values())
            changed += self._figures.state(request.day, some)
            found.update(some)
        outcome = Outcome.COUNTED
        if found:
            changed += self._retract(request, found)
        elif not request.packages and any(True for _ in self._details.packages(request.day)):
            # Logs in which there is nothing at all are rather lost than quiet; a batch of some packages often is.
            outcome = Outcome.SILENT
        self._days.finish(request)
        return Report(request, outcome, downloads, len(found), changed, +malformed)

    def _counted(
        self, request: CountDownloads, rows: Iterable[Row], malformed: Counter[str]
    ) -> Iterator[tuple[str, Counted]]:
        """Package by package."""
        requester = self._requesters.of(request.day)
        for name, of_package in by_package(rows, malformed):
            files = self._figures.published(name) if request.covers(name) else ()
            if files:
                yield name, count(request.day, of_package, files, requester, self._clock.now())

    def _retract(self, request: CountDownloads, found: Collection[str]) -> int:
        """Take back the figures of packages that the logs say nothing of any more; returns how many had any."""
        names = list(self._details.packages(request.day))
        gone = [name for name in names if request.covers(name) and name not in found]
        nothing = count(request.day, (), (), str, self._clock.now())
        return self._figures.state(request.day, dict.fromkeys(gone, nothing))

    def _state(self, request: CountDownloads) -> str:
        """Changes whenever counting could come to something else; empty if nobody knows."""
        logs = self._logs.state(request.day)
        if not logs:
            return ""
        packages = [f"{entry.name} {entry.stream_version}" for entry in self._catalogue.entries()]
        return hashlib.sha256("\n".join((str(RULES), logs, *request.packages, "", *packages)).encode()).hexdigest()

    def _remembered(self, key: str) -> Session | None:
        return self._sessions.get(key, self._clock.now())

    def _remember(self, key: str, session: Session, lifetime: timedelta) -> None:
        self._sessions.put(key, session, self._clock.now() + lifetime)


def _some_at_once(counted: Iterable[tuple[str, Counted]]) -> Iterator[Mapping[str, Counted]]:
    """Packages together, as many as memory is well spent on."""
    some: dict[str, Counted] = {}
    downloads = 0
    for name, of_package in counted:
        some[name] = of_package
        downloads += of_package.figures.downloads
        if len(some) == _PACKAGES_AT_ONCE or downloads > _DOWNLOADS_AT_ONCE:
            yield some
            some, downloads = {}, 0
    if some:
        yield some


def _query_key(query: str) -> str:
    return f"query/{query}"


def _batches(names: Iterable[str], most: int) -> Iterator[tuple[str, ...]]:
    batch: list[str] = []
    for name in names:
        if batch and (len(batch) == most or len(",".join((*batch, name))) > LONGEST_BATCH):
            yield tuple(batch)
            batch = []
        batch.append(name)
    if batch:
        yield tuple(batch)
