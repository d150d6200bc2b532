"""`nightly`: counting downloads, and asking again what repositories are like."""

import sys
from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime, timedelta

import click
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from domain.usage import EARLIEST, first_restated
from domain.usecases.counting import Outcome, Report
from entrypoints.local.place import Place, opened
from entrypoints.local.words import plural

_ONE_DAY = timedelta(days=1)


def days_to_count(day: date | None, since: date | None, today: date | None = None) -> Sequence[str]:
    """The days that a command means, oldest first; without any option yesterday and the day before.

    Raises:
        click.UsageError: it means none.
    """
    today = today or datetime.now(UTC).date()
    if day is not None and since is not None:
        raise click.UsageError("Give --day or --since, not both")
    if day is not None:
        first, last = day, day
    else:
        first, last = since or first_restated(today), today - _ONE_DAY
    if first < EARLIEST:
        raise click.UsageError(f"{first} is too long ago: days are counted from {EARLIEST} on")
    if first > today or first > last:
        raise click.UsageError(
            f"{first} is not over yet (today is {today}, UTC)" if day is None else _future(first, today)
        )
    return [(first + number * _ONE_DAY).isoformat() for number in range((last - first).days + 1)]


def nightly(place: Place, days: Sequence[str]) -> int:
    """Count these days; returns the exit status."""
    console = Console(stderr=True)
    with opened(place, create=False) as world, _progress(console) as progress:
        most = sum(len(world.index.counting().plan(day)) for day in days)
        task = progress.add_task("Logs", total=most)
        reports = []
        for report in world.count(days):
            reports.append(report)
            progress.update(task, advance=1, description=f"Logs of {report.request.day}")
        removed = world.tidy()
        world.index.repository_facts().announce()
        task = progress.add_task("Pages", total=None)
        for waiting in world.work():
            progress.update(task, total=waiting, completed=0)
        progress.remove_task(task)
    sys.stdout.write("".join(f"{line}\n" for line in (*_told(days, reports), *removed)))
    return 0


def _told(days: Sequence[str], reports: Sequence[Report]) -> Iterable[str]:
    malformed: Counter[str] = Counter()
    for day in days:
        of_day = [report for report in reports if report.request.day == day]
        yield f"{day}: {_sentence(of_day)}"
    for report in reports:
        malformed.update(report.malformed)
    if malformed:
        kinds = ", ".join(f"{kind} {count:,}" for kind, count in sorted(malformed.items()))
        yield f"Passed over in the logs: {kinds}."


def _sentence(reports: Sequence[Report]) -> str:
    outcomes = {report.outcome for report in reports}
    if outcomes == {Outcome.NOT_KEPT}:
        return "its logs are no longer kept, so its figures stay as they are"
    if outcomes == {Outcome.SILENT}:
        return "the logs say nothing of it, so its figures stay as they are"
    if outcomes == {Outcome.UNCHANGED}:
        return "nothing new"
    if Outcome.UNDER_WAY in outcomes:
        return "its logs are being read; figures follow within minutes"
    downloads, packages = sum(report.downloads for report in reports), sum(report.packages for report in reports)
    changed = sum(report.changed for report in reports)
    return (
        f"{plural(downloads, 'download')} of {plural(packages, 'package')}; "
        f"{plural(changed, 'package')} with new figures"
    )


def _future(day: date, today: date) -> str:
    return f"{day} has not begun yet (today is {today}, UTC)"


def _progress(console: Console) -> Progress:
    return Progress(
        TextColumn("{task.description:<18}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        console=console,
        transient=True,
        disable=not console.is_terminal,
    )
