"""The home page: the index's figures, what was published last, what is downloaded most, and a way to every package."""

from collections.abc import Iterator, Sequence
from itertools import groupby

from attrs import evolve, frozen

from domain.listing import Entry
from domain.site_settings import SiteSettings
from domain.usage import day_of
from domain.usage_sums import UsageRow, UsageTotals
from domain.views.browse_page import Letter, letters_of
from domain.views.install_lines import InstallLine, install_lines
from domain.views.lists import Row, fitted, weight

MOST_RECENT = 6
MOST_POPULAR = 6
MOST_ENTRIES = 400
"""With more packages, not all of them can be on the page."""

_SHORT_LIST = 60
# The page has to stay light, its style sheet and its script included.
_LIST_BUDGET = 27_000
_MARKUP_OF_A_ROW = 33
_MARKUP_OF_A_VERSION = 8
_MARKUP_OF_A_LEAF = 26


@frozen
class HomeGroup:
    """The packages whose names start alike; a short list is one group without an initial."""

    initial: str
    rows: tuple[Row, ...]


@frozen
class HomePage:
    """The home page.

    Attributes:
        install: how pip gets any of them.
        total: downloads of all days.
        last_30_days: downloads of the last finished days.
        popular: what was downloaded most in those, most first.
        recent: what was published last, with that version, newest first; empty while it would repeat the list.
        groups: all packages in the order of names; empty if they are too many for one page.
        letters: in place of `groups`, where to browse.
        leaves: whether those of the letters are shown; if they are too many as well, letters lead to the page of all.
    """

    site: SiteSettings
    count: int
    install: tuple[InstallLine, ...]
    total: int
    last_30_days: int
    popular: tuple[Row, ...]
    recent: tuple[Row, ...]
    groups: tuple[HomeGroup, ...]
    letters: tuple[Letter, ...]
    leaves: bool


def home_page(
    names: Sequence[str],
    entries: Sequence[Entry],
    newest: Sequence[Entry],
    popular: Sequence[Entry],
    totals: UsageTotals,
    settings: SiteSettings,
) -> HomePage:
    """The home page; the more packages there are, the less it says of each.

    Args:
        names: canonical, of all that are listed, in order.
        entries: their rows, if they are at most `MOST_ENTRIES`; else none.
        newest: the rows of the `MOST_RECENT` with files that were published last, newest first.
        popular: the rows of those in `totals` that are listed, in the order there.
        totals: the figures, with `MOST_POPULAR` rows.
        settings: what the operator decided about pages.
    """
    rows = _all(entries)
    letters = () if rows else letters_of(names)
    leaves = [leaf.prefix for letter in letters for leaf in letter.leaves]
    return HomePage(
        site=settings,
        count=len(names),
        install=install_lines("NAME", settings)[:1],
        total=totals.total,
        last_30_days=totals.last_30_days,
        popular=tuple(_popular(popular, totals.most)),
        recent=tuple(_recent(newest)) if len(names) > MOST_RECENT else (),
        groups=_groups(rows),
        letters=letters,
        leaves=sum(2 * len(prefix) + _MARKUP_OF_A_LEAF for prefix in leaves) <= _LIST_BUDGET,
    )


def _all(entries: Sequence[Entry]) -> Sequence[Row]:
    """All packages, with their versions and summaries as far as there is room; none if not even their names have it."""
    rows = [_row(entry) for entry in entries]
    with_versions = _MARKUP_OF_A_ROW + _MARKUP_OF_A_VERSION
    if weight(rows, with_versions) <= _LIST_BUDGET:
        return fitted(rows, _LIST_BUDGET, with_versions)
    bare = [evolve(row, latest="", summary="") for row in rows]
    return bare if weight(bare, _MARKUP_OF_A_ROW) <= _LIST_BUDGET else ()


def _row(entry: Entry) -> Row:
    """What the list says of it: no more than has room in it."""
    return Row(entry.name, entry.spelling, entry.latest or "", entry.summary, "", 0, entry.standing)


def _groups(rows: Sequence[Row]) -> tuple[HomeGroup, ...]:
    if len(rows) <= _SHORT_LIST:
        return (HomeGroup("", tuple(rows)),) if rows else ()
    return tuple(HomeGroup(initial, tuple(group)) for initial, group in groupby(rows, key=lambda row: row.name[0]))


def _recent(newest: Sequence[Entry]) -> Iterator[Row]:
    for entry in newest:
        if entry.updated:
            version = entry.newest or entry.latest or ""
            yield evolve(_row(entry), latest=version, summary="", updated=day_of(entry.updated))


def _popular(entries: Sequence[Entry], most: Sequence[UsageRow]) -> Iterator[Row]:
    downloads = {row.name: row.last_30_days for row in most}
    for entry in entries:
        yield evolve(_row(entry), summary="", downloads=downloads[entry.name])
