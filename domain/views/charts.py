"""Downloads by day and by week, ready to be drawn, to be read as a sentence and as a table."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date, timedelta
from itertools import groupby
from operator import itemgetter

from attrs import frozen

from domain.usage import CHARTED, RECENT
from domain.views.days import day_in_words

CHART_DAYS = CHARTED.days
CHART_HEIGHT = 100
FEWEST_WEEKS, MOST_WEEKS = 13, 104
"""Bars of a chart by week; a longer history has several weeks in each."""

STEP = 8
"""From the middle of a bar to that of the next, in the chart's units."""

_WEEK = 7
_SOON = 7
_MOST_NAMED = 3
_PERCENT = 100
_MANIFOLD = 10
_SCALE = (1, 2, 3, 4, 5, 6, 8, 10)

Released = tuple[date, str]
"""A day, and the release that was published then."""


@frozen
class Point:
    """A bar, in words: the last day in it, how many downloads, and which releases were published in it."""

    day: str
    downloads: int
    released: str


@frozen
class Marker:
    """Releases in the chart: the middle of their bar, and when they were published, in words."""

    x: int
    says: str


@frozen
class Chart:
    """Downloads over time.

    Attributes:
        width, height: of the whole, in units of the chart.
        unit: what a bar is of, such as ``day``, ``week`` or ``2 weeks``.
        first, last: days.
        top: the figure at the upper edge.
        path: the bars as data of an SVG path: lines upwards that are to be drawn broader than a line is.
        markers: where something was released, ascending.
        points: bars with downloads or a release, ascending.
        says: what is to be seen, in words.
    """

    width: int
    height: int
    unit: str
    first: str
    last: str
    top: int
    path: str
    markers: tuple[Marker, ...]
    points: tuple[Point, ...]
    says: str


def day_chart(downloads: Mapping[date, int], end: date, releases: Sequence[Released] = ()) -> Chart | None:
    """The last 90 days; None if there was no download in them.

    Args:
        downloads: by day, those with any.
        end: the last day to show.
        releases: of the package, ascending by day.
    """
    sums = _bars(downloads, end, CHART_DAYS, 1)
    if not any(sums):
        return None
    says = [_most(sums, end, 1, releases, f"the {CHART_DAYS} days"), _change(downloads, end, RECENT.days)]
    return _chart(sums, end, 1, releases, says)


def week_chart(downloads: Mapping[date, int], end: date, releases: Sequence[Released] = ()) -> Chart | None:
    """The whole history in weeks that end with the last day; None if there was no download at all.

    A short history has empty weeks before it: three bars as broad as the page would say nothing.
    """
    began = min((day for day in downloads if day <= end), default=None)
    if began is None:
        return None
    weeks = (end - began).days // _WEEK + 1
    width = -(-weeks // MOST_WEEKS)
    count = max(FEWEST_WEEKS, -(-weeks // width))
    sums = _bars(downloads, end, count, width * _WEEK)
    span = "the week" if weeks == 1 else f"the {weeks} weeks"
    says = [_most(sums, end, width * _WEEK, releases, span), _change(downloads, end, _WEEK)]
    return _chart(sums, end, width * _WEEK, releases, says)


def last_charted(days: Collection[str], complete_through: str | None) -> str:
    """The day with which charts end: the last finished one, as other figures do; empty if there is nothing to show.

    Before anything was downloaded until then, a day that is not over is better than no chart.

    Args:
        days: those with downloads.
        complete_through: the last finished day.
    """
    finished = complete_through or ""
    return finished if any(day <= finished for day in days) else max([finished, *days])


def round_number_above(figure: int) -> int:
    """The next figure of one digit and zeros that leaves little of the chart empty."""
    power: int = 10 ** (len(str(figure)) - 1)
    return next(power * factor for factor in _SCALE if power * factor >= figure)


def _bars(downloads: Mapping[date, int], end: date, count: int, days: int) -> list[int]:
    """How many there were in each of so many spans of so many days, of which the last one ends with `end`."""
    sums = [0] * count
    for day, many in downloads.items():
        back = (end - day).days // days
        if 0 <= back < count:
            sums[count - 1 - back] += many
    return sums


def _chart(sums: Sequence[int], end: date, days: int, releases: Sequence[Released], says: Iterable[str]) -> Chart:
    top = round_number_above(max(sums))
    released = _by_bar(releases, end, len(sums), days)
    last = [end - timedelta(days * back) for back in reversed(range(len(sums)))]
    return Chart(
        width=len(sums) * STEP,
        height=CHART_HEIGHT,
        unit=_unit(days),
        first=(last[0] - timedelta(days - 1)).isoformat(),
        last=end.isoformat(),
        top=top,
        path="".join(
            f"M{_middle(position)} {CHART_HEIGHT}V{CHART_HEIGHT - _height(many, top)}"
            for position, many in enumerate(sums)
            if many
        ),
        markers=tuple(Marker(_middle(position), _marked(there)) for position, there in released.items()),
        points=tuple(
            Point(last[position].isoformat(), many, _named([label for _, label in released.get(position, ())]))
            for position, many in enumerate(sums)
            if many or position in released
        ),
        says=" ".join(filter(None, says)),
    )


def _by_bar(releases: Sequence[Released], end: date, count: int, days: int) -> dict[int, list[Released]]:
    """The releases by the position of the bar that has their day."""
    placed = [(count - 1 - (end - day).days // days, (day, label)) for day, label in releases]
    within = [one for one in placed if 0 <= one[0] < count]
    return {position: [released for _, released in some] for position, some in groupby(within, itemgetter(0))}


def _middle(position: int) -> int:
    return position * STEP + STEP // 2


def _height(many: int, top: int) -> int:
    return max(1, round(many * CHART_HEIGHT / top))


def _unit(days: int) -> str:
    if days == 1:
        return "day"
    return "week" if days == _WEEK else f"{days // _WEEK} weeks"


def _marked(released: Sequence[Released]) -> str:
    return f"{_named([label for _, label in released])}, {day_in_words(released[-1][0])}"


def _named(labels: Sequence[str]) -> str:
    """Some versions, the newest of many."""
    if len(labels) <= _MOST_NAMED:
        return ", ".join(labels)
    return f"{', '.join(labels[-_MOST_NAMED:])} and {len(labels) - _MOST_NAMED} more"


def _most(sums: Sequence[int], end: date, days: int, releases: Sequence[Released], span: str) -> str:
    """How many there were, and when most."""
    many, most = sum(sums), max(sums)
    # Of several with as many the latest.
    back = next(back for back, count in enumerate(reversed(sums)) if count == most)
    peak = end - timedelta(days * back)
    counted = f"{many:,} download{'' if many == 1 else 's'} in {span} through {day_in_words(end)}"
    when = f"on {day_in_words(peak)}" if days == 1 else f"in the {_unit(days)} to {day_in_words(peak)}"
    return f"{counted}, most ({most:,}) {when}{_occasion(peak, releases) if days == 1 else ''}."


def _occasion(peak: date, releases: Sequence[Released]) -> str:
    """What the peak came after, if something was released shortly before."""
    before = [(day, label) for day, label in releases if 0 <= (peak - day).days <= _SOON]
    if not before:
        return ""
    day, label = before[-1]
    after = (peak - day).days
    when = f"{after} day{'' if after == 1 else 's'} after" if after else "the day of"
    return f", {when} {label}"


def _change(downloads: Mapping[date, int], end: date, days: int) -> str:
    """How the last days compare with as many before; empty if one of them had none."""
    recent, earlier = (_bars(downloads, last, 1, days)[0] for last in (end, end - timedelta(days)))
    if not recent or not earlier:
        return ""
    return f"The last {days} days had {_compared(recent, earlier)} the {days} before."


def _compared(now: int, before: int) -> str:
    if now > _MANIFOLD * before:
        return f"{round(now / before):,} times as many as"
    change = round(_PERCENT * (now - before) / before)
    if not change:
        return "about as many as"
    return f"{abs(change):,}% {'more' if change > 0 else 'fewer'} than"
