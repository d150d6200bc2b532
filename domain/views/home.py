"""The home page: every listed package by name, what was published last, and what is downloaded most."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from html import escape
from itertools import groupby

from attrs import frozen

from domain.ports.catalogue import Entry
from domain.ports.usage_table import UsageRow
from domain.site_settings import SiteSettings

_RECENT = 6
_POPULAR = 6
_SHORT_LIST = 60
_LONGEST_SUMMARY = 100
_SHORTEST_SUMMARY = 30
# The page has to stay light: bytes of names and summaries that 300 packages may take together.
_LIST_BUDGET = 40_000
_MARKUP_OF_A_ROW = 44


@frozen
class HomeRow:
    """One package; `name` is canonical, `latest` is None without files."""

    name: str
    spelling: str
    latest: str | None
    summary: str
    updated: datetime | None


@frozen
class HomeGroup:
    """The packages whose names start alike; a short list is one group without an initial."""

    initial: str
    rows: tuple[HomeRow, ...]


@frozen
class PopularRow:
    """A package that was downloaded in the last 30 days, and how often."""

    name: str
    spelling: str
    latest: str | None
    last_30_days: int


@frozen
class HomePage:
    """The home page.

    Attributes:
        total: downloads of all days.
        last_30_days: downloads of the last finished days.
        popular: what was downloaded most in those, most first.
        recent: what was published last, newest first; empty while it would repeat the list.
        summaries: whether any package is described; with very many none is.
        groups: all packages in the order of names.
    """

    site: SiteSettings
    count: int
    total: int
    last_30_days: int
    popular: tuple[PopularRow, ...]
    recent: tuple[HomeRow, ...]
    summaries: bool
    groups: tuple[HomeGroup, ...]


def home_page(entries: Iterable[Entry], settings: SiteSettings, usage: Iterable[UsageRow]) -> HomePage:
    """The home page; the more packages there are, the shorter their summaries get."""
    listed = sorted((entry for entry in entries if entry.listed), key=lambda entry: entry.name)
    dated = [(entry.updated, entry) for entry in listed if entry.updated and entry.latest]
    dated.sort(key=lambda pair: pair[0], reverse=True)
    longest = _summary_length(listed)
    rows = [_row(entry, longest) for entry in listed]
    names = {entry.name for entry in listed}
    figures = [row for row in usage if row.name in names]
    return HomePage(
        site=settings,
        count=len(listed),
        total=sum(row.total for row in figures),
        last_30_days=sum(row.last_30_days for row in figures),
        popular=_popular(listed, figures),
        recent=tuple(_row(entry, longest) for _, entry in dated[:_RECENT]) if len(listed) > _RECENT else (),
        summaries=any(row.summary for row in rows),
        groups=_groups(rows),
    )


def shortened(text: str, longest: int) -> str:
    """One line of at most `longest` characters, cut between words."""
    line = " ".join(text.split())
    if len(line) <= longest:
        return line
    cut = line[:longest]
    head, space, _ = cut.rpartition(" ")
    return (head if space and len(head) > longest // 2 else cut[:-1]).rstrip(" ,;:.-") + "…"


def _summary_length(entries: Sequence[Entry]) -> int:
    """How long summaries may be so that the list keeps to its budget; 0 if nothing legible would be left."""
    left = _LIST_BUDGET - sum(2 * len(entry.name) + len(entry.latest or "") + _MARKUP_OF_A_ROW for entry in entries)
    if left < 0:
        return 0
    for longest in range(_LONGEST_SUMMARY, _SHORTEST_SUMMARY - 1, -10):
        if sum(_weight(shortened(entry.summary, longest)) for entry in entries) <= left:
            return longest
    return 0


def _weight(text: str) -> int:
    """Bytes in HTML."""
    return len(escape(text).encode(errors="replace"))


def _groups(rows: Sequence[HomeRow]) -> tuple[HomeGroup, ...]:
    if len(rows) <= _SHORT_LIST:
        return (HomeGroup("", tuple(rows)),) if rows else ()
    return tuple(HomeGroup(initial, tuple(group)) for initial, group in groupby(rows, key=_initial))


def _row(entry: Entry, longest: int) -> HomeRow:
    summary = shortened(entry.summary, longest) if longest else ""
    return HomeRow(entry.name, entry.spelling, entry.latest, summary, entry.updated)


def _popular(entries: Iterable[Entry], figures: Iterable[UsageRow]) -> tuple[PopularRow, ...]:
    known = {row.name: row for row in figures if row.last_30_days}
    pairs = [(known[entry.name], entry) for entry in entries if entry.name in known]
    pairs.sort(key=lambda pair: (-pair[0].last_30_days, -pair[0].total, pair[0].name))
    return tuple(
        PopularRow(entry.name, entry.spelling, entry.latest, row.last_30_days) for row, entry in pairs[:_POPULAR]
    )


def _initial(row: HomeRow) -> str:
    return row.name[0].upper() if row.name[0].isalpha() else "0-9"
