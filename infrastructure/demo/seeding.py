"""Filling a home with the sample index, through the same use cases that everybody uses, at times that are over."""

import threading
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime, time, timedelta
from random import Random

from attrs import define, frozen
from dependency_injector import providers

from adapters import readme
from domain import package
from domain.account import github_key
from domain.caller import Caller
from domain.digests import Digester
from domain.received import ReceivedFile
from infrastructure.demo.access_logs import CHARTED, SampleAccessLogs
from infrastructure.demo.catalogue import Release, Sample
from infrastructure.demo.distributions import distributions, filenames
from infrastructure.demo.people import PEOPLE
from infrastructure.demo.repositories import SampleRepositories
from infrastructure.embedded import Embedded

_COUNTED_AT = time(0, 20, tzinfo=UTC)
_ONE_DAY = timedelta(days=1)
_OFFICE_HOURS = (7 * 60, 18 * 60)


@define
class SetClock:
    """A Clock that stands where it was put."""

    at: datetime

    def now(self) -> datetime:
        """That time."""
        return self.at


@frozen
class _Step:
    at: datetime
    do: Callable[[], None]


def fill(world: Embedded, samples: Sequence[Sample], now: datetime, days: int = CHARTED) -> None:
    """Let everything happen that led to the sample index of today. Pages are left stale.

    Args:
        world: a home without events, just opened: some of its ports are replaced for as long as it is open.
        samples: what is published.
        now: aware; downloads end with the day before.
        days: how many days of downloads there are, at most those that are charted.
    """
    # It takes a process that is slow to start, and remembers what it made.
    threading.Thread(target=_render_readmes, args=(samples,), daemon=True).start()
    clock = SetClock(now)
    today = now.astimezone(UTC).date()
    world.ports.clock.override(providers.Object(clock))
    world.ports.access_logs.override(providers.Object(SampleAccessLogs(samples, today)))
    world.ports.repositories.override(providers.Object(SampleRepositories(samples)))
    for step in sorted(_history(world, samples, now), key=lambda step: step.at):
        clock.at = step.at
        step.do()
    counting = world.index.counting()
    for age in range(days, 0, -1):
        day = today - age * _ONE_DAY
        clock.at = datetime.combine(day + _ONE_DAY, _COUNTED_AT)
        for request in counting.plan(day.isoformat()):
            counting.count(request)
    clock.at = now


def _render_readmes(samples: Sequence[Sample]) -> None:
    for sample in samples:
        if sample.readme:
            readme.render(sample.readme, sample.readme_type)


def _history(world: Embedded, samples: Sequence[Sample], now: datetime) -> Iterator[_Step]:
    for sample in samples:
        for release in sample.releases:
            yield _Step(_moment(now, sample, release.age), _publish(world, sample, release))
            if release.yanked is not None:
                yield _Step(_moment(now, sample, release.age - 1), _yank(world, sample, release, release.yanked))
        if sample.status:
            yield _Step(_moment(now, sample, sample.status.age), _mark(world, sample))


def _publish(world: Embedded, sample: Sample, release: Release) -> Callable[[], None]:
    def publish() -> None:
        caller = _caller(world, sample)
        for filename, content in distributions(sample, release):
            path = world.home.tmp / f"demo-{filename}"
            path.write_bytes(content)
            digester = Digester()
            digester.update(content)
            world.index.publishing().add(caller, ReceivedFile(filename, path, len(content), digester.digests()))

    return publish


def _yank(world: Embedded, sample: Sample, release: Release, reason: str) -> Callable[[], None]:
    def yank() -> None:
        for filename in filenames(sample, release):
            world.index.publishing().yank(_caller(world, sample), sample.name, filename, reason)

    return yank


def _mark(world: Embedded, sample: Sample) -> Callable[[], None]:
    def mark() -> None:
        if sample.status:
            status = package.Status(sample.status.value)
            world.index.publishing().mark(sample.name, status, sample.status.reason)

    return mark


def _caller(world: Embedded, sample: Sample) -> Caller:
    tokens, number = world.index.tokens(), PEOPLE.get(sample.owner)
    if number is None:
        return Caller(tokens.register_local(sample.owner), sample.owner)
    return Caller(tokens.register(github_key(number), sample.owner), sample.owner)


def _moment(now: datetime, sample: Sample, age: int) -> datetime:
    """Some time in the working hours of that day."""
    minutes = Random(f"{sample.name} {age}").randint(*_OFFICE_HOURS)  # noqa: S311 - nothing secret
    return datetime.combine(now.astimezone(UTC).date() - age * _ONE_DAY, time(tzinfo=UTC)) + timedelta(minutes=minutes)
