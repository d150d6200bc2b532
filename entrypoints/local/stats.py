"""`stats`: the figures of one package."""

import sys

import click
from rich.console import Console
from rich.table import Table

from domain.names import canonical
from domain.usage import Breakdown, Usage, shares
from domain.usecases.ever_had import ever_had
from domain.views.stats import stats_json
from entrypoints.local.place import Place, opened
from entrypoints.local.words import plural, unknown

_DAYS = 14
_BREAKDOWNS: tuple[tuple[Breakdown, str], ...] = (
    ("installers", "Installers"),
    ("systems", "Systems"),
    ("pythons", "Pythons"),
    ("versions", "Versions"),
)
_MOST = 5


def stats(place: Place, name: str, form: str | None) -> int:
    """Print figures: a summary, the detail as ``csv`` or everything as ``json``; returns the exit status."""
    name = canonical(name)
    with opened(place, create=False) as world:
        index = world.index
        if not ever_had(index.ports.event_store())(name):
            raise click.ClickException(unknown(name))
        match form:
            case "csv":
                for line in index.statistics().csv(name):
                    sys.stdout.write(line)
            case "json":
                sys.stdout.write(f"{stats_json(name, index.history().of(name)).decode()}\n")
            case _:
                _summary(name, index.history().of(name))
    return 0


def _summary(name: str, usage: Usage) -> None:
    console = Console(soft_wrap=True, highlight=False)
    if usage.complete_through is None:
        console.print(f"{name}: nothing is counted yet. `sls-pypi nightly` counts; `serve` does so each night.")
        return
    console.print(
        f"{name}: {plural(usage.total, 'download')} in all, {usage.last_30_days:,} in the 30 days to "
        f"{usage.complete_through}, {usage.last_day:,} on that day"
    )
    days = [day for day in usage.days if day.downloads][-_DAYS:]
    if not days:
        return
    table = Table(box=None, pad_edge=False)
    table.add_column("day")
    for column in ("downloads", "requesters", "CI"):
        table.add_column(column, justify="right")
    for day in days:
        table.add_row(day.day, f"{day.downloads:,}", f"{day.requesters:,}", f"{day.ci:,}")
    console.print(table)
    shown = usage.recent or usage.days
    for which, title in _BREAKDOWNS:
        parts = list(shares(shown, which).items())[:_MOST]
        console.print(f"{title}: {'; '.join(f'{key}: {count:,}' for key, count in parts)}")
