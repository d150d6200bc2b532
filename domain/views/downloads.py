"""What a package's page shows of its downloads."""

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import date
from operator import itemgetter

from attrs import frozen

from domain.usage import UNKNOWN, Breakdown, Usage, shares
from domain.views.charts import Chart, Released, day_chart, last_charted, week_chart

_MOST_SHARES = 6
_PERCENT = 100
_BREAKDOWNS: tuple[tuple[str, Breakdown], ...] = (
    ("Versions", "versions"),
    ("Python", "pythons"),
    ("Installers", "installers"),
    ("Systems", "systems"),
    ("Countries", "countries"),
)
# What clients call it, and what people do.
_CALLED = {"Darwin": "macOS"}


@frozen
class Share:
    """How often one thing was said; `percent` is of all downloads of these days, and `width` at least 1."""

    name: str
    downloads: int
    percent: str
    width: int


@frozen
class Shares:
    """What was said most often, and all the rest together."""

    title: str
    shares: tuple[Share, ...]

    @property
    def has_unknown(self) -> bool:
        """Whether it is shown how often nothing was said."""
        return any(share.name == UNKNOWN for share in self.shares)


@frozen
class Downloads:
    """The figures of a package with any.

    Attributes:
        complete_through: the last finished day; None if there was none yet.
        by_day: of the last 90 finished days; None if there was no download in them.
        by_week: of the whole history.
        period: which days `shares`, `automatic` and `mirrors` are of, as the end of a sentence.
        automatic: how many of those said that they came from continuous integration, and the others.
        mirrors: requests of mirrors, which are in no other figure.
    """

    total: int
    last_day: int
    last_30_days: int
    complete_through: str | None
    by_day: Chart | None
    by_week: Chart | None
    period: str
    shares: tuple[Shares, ...]
    automatic: tuple[Share, ...]
    mirrors: int


def downloads_of(usage: Usage, releases: Sequence[Released] = ()) -> Downloads | None:
    """What there is to show; None before the first download.

    Args:
        usage: the package's figures.
        releases: those to mark in charts, oldest version first.
    """
    if not usage.total:
        return None
    days, period = (usage.recent, "in the last 30 days") if usage.last_30_days else (usage.days, "of all days")
    downloads = sum(day.downloads for day in days)
    ci = sum(day.ci for day in days)
    counted = {day.day: day.downloads for day in usage.days if day.downloads}
    figures = {date.fromisoformat(day): many for day, many in counted.items()}
    marked = sorted(releases, key=itemgetter(0))
    end = date.fromisoformat(last_charted(counted, usage.complete_through))
    return Downloads(
        total=usage.total,
        last_day=usage.last_day,
        last_30_days=usage.last_30_days,
        complete_through=usage.complete_through,
        by_day=day_chart(figures, end, marked),
        by_week=week_chart(figures, end, marked),
        period=period,
        shares=tuple(titled(title, shares(days, which)) for title, which in _BREAKDOWNS),
        automatic=shares_of({"people and others": downloads - ci, "CI": ci}),
        mirrors=sum(day.mirrors for day in days),
    )


def titled(title: str, counts: Mapping[str, int]) -> Shares:
    """What was said most often, by the names that people use; the data keep those of clients."""
    sums = Counter[str]()
    for name, count in counts.items():
        sums[_CALLED.get(name, name)] += count
    return Shares(title, shares_of(dict(sorted(sums.items(), key=lambda item: (-item[1], item[0])))))


def shares_of(counts: Mapping[str, int]) -> tuple[Share, ...]:
    """The most frequent, which come first, and the others as one."""
    whole = sum(counts.values())
    items = list(counts.items())
    if len(items) > _MOST_SHARES:
        most = items[: _MOST_SHARES - 1]
        rest = whole - sum(count for _, count in most)
        items = [*most, (f"{len(items) - len(most)} others", rest)]
    return tuple(share_of(name, count, whole) for name, count in items)


def share_of(name: str, count: int, whole: int) -> Share:
    """How much of the whole something is."""
    percent = round(_PERCENT * count / whole) if whole else 0
    text = "<1%" if count and not percent else f"{percent}%"
    return Share(name, count, text, max(1, percent))
