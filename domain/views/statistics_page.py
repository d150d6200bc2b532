"""The figures of all packages together."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date

from attrs import frozen

from domain.listing import Entry, Listed
from domain.site_settings import SiteSettings
from domain.usage import RECENT
from domain.usage_sums import UsageRow, UsageSummary, UsageTotals
from domain.views.charts import Chart, day_chart, last_charted
from domain.views.downloads import Share, Shares, shares_of, titled

MOST_RANKED = 20

_TITLES = (
    ("Installers", "installers"),
    ("Python", "pythons"),
    ("Systems", "systems"),
    ("Countries", "countries"),
)


@frozen
class Ranked:
    """One of the packages with most downloads; `name` is canonical, `latest` empty without files."""

    name: str
    spelling: str
    latest: str
    last_30_days: int
    total: int


@frozen
class StatisticsPage:
    """The page of statistics.

    Attributes:
        packages: that are listed.
        owners: of these.
        used: packages with a download in the last 30 days.
        updated: packages with a new file in them.
        total: downloads of all days.
        last_30_days, last_day: downloads; all of these end with `complete_through`.
        complete_through: the last finished day; None before the first.
        chart: of the last 90 finished days; None if there was no download in them.
        shares: of the last 30 days; empty if there was no download in them.
        automatic: how many of those said that they came from continuous integration, and the others.
        mirrors: requests of mirrors in those days, which are in no other figure.
        popular: packages with most downloads in those days, most first.
    """

    site: SiteSettings
    packages: int
    owners: int
    used: int
    updated: int
    total: int
    last_30_days: int
    last_day: int
    complete_through: str | None
    chart: Chart | None
    shares: tuple[Shares, ...]
    automatic: tuple[Share, ...]
    mirrors: int
    popular: tuple[Ranked, ...]


def statistics_page(
    listed: Sequence[Listed],
    popular: Sequence[Entry],
    sums: UsageSummary,
    totals: UsageTotals,
    complete_through: str | None,
    settings: SiteSettings,
) -> StatisticsPage:
    """The page. Packages that are not listed have no figures, as their pages say nothing either.

    Args:
        listed: what is listed.
        popular: the rows of those in `totals` that are listed, in the order there.
        sums: what was said with the downloads of all packages.
        totals: the figures, with `MOST_RANKED` rows.
        complete_through: the last finished day; None before the first.
        settings: what the operator decided about pages.
    """
    since = (date.fromisoformat(complete_through) - RECENT).isoformat() if complete_through else ""
    return StatisticsPage(
        site=settings,
        packages=len(listed),
        owners=len({one.owner for one in listed}),
        used=totals.used,
        updated=sum(one.day > since for one in listed),
        total=totals.total,
        last_30_days=totals.last_30_days,
        last_day=sums.days.get(complete_through or "", 0),
        complete_through=complete_through,
        chart=_chart(sums.days, complete_through),
        shares=_shares(sums) if totals.last_30_days else (),
        automatic=_automatic(sums.ci, totals.last_30_days),
        mirrors=sums.mirrors,
        popular=tuple(_popular(popular, totals.most)),
    )


def _chart(days: Mapping[str, int], complete_through: str | None) -> Chart | None:
    last = last_charted(days, complete_through)
    return day_chart({date.fromisoformat(day): days[day] for day in days}, date.fromisoformat(last)) if last else None


def _automatic(ci: int, downloads: int) -> tuple[Share, ...]:
    return shares_of({"people and others": max(0, downloads - ci), "CI": ci}) if downloads else ()


def _shares(sums: UsageSummary) -> tuple[Shares, ...]:
    return tuple(titled(title, getattr(sums, which)) for title, which in _TITLES)


def _popular(entries: Sequence[Entry], most: Sequence[UsageRow]) -> Iterator[Ranked]:
    figures = {row.name: row for row in most}
    for entry in entries:
        row = figures[entry.name]
        yield Ranked(entry.name, entry.spelling, entry.latest or "", row.last_30_days, row.total)
