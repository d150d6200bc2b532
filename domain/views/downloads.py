"""What a package's page shows of its downloads."""

from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from typing import Protocol

from attrs import frozen

from domain.usage import CHARTED, RECENT, Usage, shares
from domain.views.days import day_in_words

CHART_DAYS = CHARTED.days
CHART_HEIGHT = 100
_STEP = 8
_BAR = 6
_MOST_SHARES = 6
_PERCENT = 100
_SCALE = (1, 2, 3, 4, 5, 6, 8, 10)
_MAPPINGS = (
    ("Installers", "installers"),
    ("Systems", "systems"),
    ("Python", "pythons"),
    ("Versions", "versions"),
    ("Countries", "countries"),
)


class DayFigure(Protocol):
    """How many downloads there were on a day."""

    @property
    def day(self) -> str:
        """Like ``2026-11-24``."""

    @property
    def downloads(self) -> int:
        """How many."""


@frozen
class Bar:
    """One day of the chart: its figure, and a rectangle in the chart's units, from the left and from the top."""

    day: str
    downloads: int
    x: int
    y: int
    width: int
    height: int


@frozen
class Chart:
    """Downloads by day, ready to be drawn.

    Attributes:
        width, height: of the whole.
        first, last: days.
        top: the figure at the upper edge.
        bars: days with downloads, ascending.
        says: what is to be seen, in words.
    """

    width: int
    height: int
    first: str
    last: str
    top: int
    bars: tuple[Bar, ...]
    says: str


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


@frozen
class Downloads:
    """The figures of a package with any.

    Attributes:
        complete_through: the last finished day; None if there was none yet.
        chart: of the last 90 days, with one that is not over if it has downloads; None if there was none in them.
        period: which days `shares`, `ci` and `mirrors` are of, as the end of a sentence.
        ci: how many of those said that they came from continuous integration, as a share.
        mirrors: requests of mirrors, which are in no other figure.
    """

    total: int
    last_day: int
    last_30_days: int
    complete_through: str | None
    chart: Chart | None
    period: str
    shares: tuple[Shares, ...]
    ci: Share
    mirrors: int


def downloads_of(usage: Usage) -> Downloads | None:
    """What there is to show; None before the first download."""
    if not usage.total:
        return None
    days, period = (usage.recent, "in the last 30 days") if usage.last_30_days else (usage.days, "of all days")
    downloads = sum(day.downloads for day in days)
    return Downloads(
        total=usage.total,
        last_day=usage.last_day,
        last_30_days=usage.last_30_days,
        complete_through=usage.complete_through,
        chart=chart_of(usage.days, max(usage.complete_through or "", usage.latest)),
        period=period,
        shares=tuple(Shares(title, shares_of(shares(days, which))) for title, which in _MAPPINGS),
        ci=share_of("continuous integration", sum(day.ci for day in days), downloads),
        mirrors=sum(day.mirrors for day in days),
    )


def chart_of(figures: Iterable[DayFigure], last: str) -> Chart | None:
    """The days that end with `last`; None if there was no download in them."""
    end = date.fromisoformat(last)
    first = end - timedelta(days=CHART_DAYS - 1)
    known = {date.fromisoformat(day.day): day.downloads for day in figures if day.downloads}
    shown = {day: many for day, many in sorted(known.items()) if first <= day <= end}
    if not shown:
        return None
    top = round_number_above(max(shown.values()))
    return Chart(
        width=CHART_DAYS * _STEP,
        height=CHART_HEIGHT,
        first=first.isoformat(),
        last=last,
        top=top,
        bars=tuple(_bar(day, many, (day - first).days, top) for day, many in shown.items()),
        says=_said(known, shown, end),
    )


def shares_of(counts: Mapping[str, int]) -> tuple[Share, ...]:
    """The most frequent, which come first, and the others as one."""
    whole = sum(counts.values())
    items = list(counts.items())
    if len(items) > _MOST_SHARES:
        most = items[: _MOST_SHARES - 1]
        rest = whole - sum(count for _, count in most)
        items = [*most, (f"{len(items) - len(most)} others", rest)]
    return tuple(share_of(name, count, whole) for name, count in items)


def round_number_above(figure: int) -> int:
    """The next figure of one digit and zeros that leaves little of the chart empty."""
    power: int = 10 ** (len(str(figure)) - 1)
    return next(power * factor for factor in _SCALE if power * factor >= figure)


def _bar(day: date, downloads: int, position: int, top: int) -> Bar:
    height = max(1, round(downloads * CHART_HEIGHT / top))
    x = position * _STEP + (_STEP - _BAR) // 2
    return Bar(day.isoformat(), downloads, x, CHART_HEIGHT - height, _BAR, height)


def share_of(name: str, count: int, whole: int) -> Share:
    """How much of the whole it is."""
    percent = round(_PERCENT * count / whole) if whole else 0
    text = "<1%" if count and not percent else f"{percent}%"
    return Share(name, count, text, max(1, percent))


def _said(known: Mapping[date, int], shown: Mapping[date, int], end: date) -> str:
    """The chart in words."""
    many, most = sum(shown.values()), max(shown.values())
    # Of several days with as many the latest.
    peak = max(day for day, count in shown.items() if count == most)
    through = day_in_words(end)
    sentences = [
        f"{_counted(many)} in the {CHART_DAYS} days through {through}, most on {day_in_words(peak)}: {most:,}."
    ]
    recent, earlier = (_within(known, last) for last in (end, end - RECENT))
    if recent and earlier:
        sentences.append(f"The last {RECENT.days} days had {_compared(recent, earlier)} the {RECENT.days} before.")
    return " ".join(sentences)


def _within(known: Mapping[date, int], last: date) -> int:
    return sum(count for day, count in known.items() if last - RECENT < day <= last)


def _compared(now: int, before: int) -> str:
    change = round(_PERCENT * (now - before) / before)
    if not change:
        return "about as many as"
    return f"{abs(change):,}% {'more' if change > 0 else 'fewer'} than"


def _counted(many: int) -> str:
    return f"{many:,} download{'' if many == 1 else 's'}"
