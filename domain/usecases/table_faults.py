"""Comparing the tables over all packages with those of a replica."""

import operator
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from heapq import merge
from itertools import accumulate, groupby
from typing import TypeVar

from attrs import frozen

from domain.listing import Entry, Listing, Posting
from domain.needs import Dependents
from domain.ports.replicas import Tables
from domain.search import BROWSE
from domain.search_tree import ROOTS, bits_of, range_of
from domain.usage_sums import UsageBrief, UsageRow, UsageSummary
from domain.usecases.directory_reading import pieces_of

TABLES = "table/"
"""What differences in tables are called: ``table/catalogue/NAME``; no key of the site begins so."""
CATALOGUE, USAGE, DIRECTORY, DEPENDENTS = "catalogue", "usage", "directory", "dependents"
T = TypeVar("T")


@frozen
class TableFault:
    """A package's part of a table that is not what its events say.

    Attributes:
        is_there, is_due: whether the table has it, and whether it should.
        place: the token, or the package that is needed; empty in other tables.
    """

    table: str
    name: str
    is_there: bool
    is_due: bool
    place: str = ""


def table_faults(
    tables: Tables, replica: Tables, owners: Collection[str], needed: Collection[str]
) -> Iterator[TableFault]:
    """Everything in which the tables differ from the replica's.

    Args:
        tables: those of the index.
        replica: those that were made from nothing but events.
        owners: accounts that own a package.
        needed: names of packages that are needed, here or not.
    """
    yield from _faults(CATALOGUE, tables.catalogue.entries(), replica.catalogue.entries(), _name_of)
    yield from _faults(USAGE, tables.usage_table.rows(), replica.usage_table.rows(), _name_of, _tells)
    yield from _faults(USAGE, tables.usage_table.summaries(), replica.usage_table.summaries(), _first)
    yield from _faults(USAGE, tables.usage_table.briefs(), replica.usage_table.briefs(), _name_of, _tells_in_brief)
    for root in (*ROOTS, BROWSE):
        for node, postings in pieces_of(replica.directory, bits_of(root)):
            yield from _postings(tables.directory.between(*range_of(node)), postings)
    for owner in sorted(owners):
        one, other = tables.directory.owned_by(owner), replica.directory.owned_by(owner)
        yield from _faults(DIRECTORY, one, other, _name_of)
    names = {entry.name for entry in replica.catalogue.entries()}
    for name in sorted(names):
        one_tokens, other_tokens = tables.directory.tokens(name), replica.directory.tokens(name)
        if one_tokens != other_tokens:
            yield TableFault(DIRECTORY, name, is_there=bool(one_tokens), is_due=bool(other_tokens))
    for name in sorted({*needed, *names}):
        yield from _needs(name, tables.dependents.of(name), replica.dependents.of(name))


def _faults(
    table: str,
    found: Iterable[T],
    wanted: Iterable[T],
    name: Callable[[T], str],
    is_right: Callable[[T, T], bool] = operator.eq,
) -> Iterator[TableFault]:
    """Both in the order of names."""
    both = merge(((name(row), False, row) for row in found), ((name(row), True, row) for row in wanted), key=_order)
    for key, rows in groupby(both, key=lambda row: row[0]):
        there = {is_due: row for _, is_due, row in rows}
        if len(there) < len((False, True)) or not is_right(there[False], there[True]):
            yield TableFault(table, key, is_there=False in there, is_due=True in there)


def _order(row: tuple[str, bool, object]) -> tuple[str, bool]:
    return row[:2]


def _name_of(row: Entry | UsageRow | UsageBrief | Listing) -> str:
    return row.name


def _first(row: tuple[str, UsageSummary]) -> str:
    return row[0]


def _tells(row: UsageRow, wanted: UsageRow) -> bool:
    """The stamp is no figure: a settled package's stays behind. One ahead of the events would stay for ever."""
    same = (row.total, row.last_30_days, row.latest) == (wanted.total, wanted.last_30_days, wanted.latest)
    return same and row.stamp <= wanted.stamp


def _tells_in_brief(brief: UsageBrief, wanted: UsageBrief) -> bool:
    """One of a settled package stays behind, and has days that are not told any more."""
    return brief.stamp <= wanted.stamp and brief.at(wanted.stamp) == wanted


def _postings(found: Sequence[Posting], wanted: Sequence[Posting]) -> Iterator[TableFault]:
    if found == wanted:
        return
    ones, others = _by_place(found), _by_place(wanted)
    for place in sorted(ones.keys() | others.keys()):
        if ones.get(place) != others.get(place):
            token, name = place
            yield TableFault(DIRECTORY, name, is_there=place in ones, is_due=place in others, place=token)


def _by_place(postings: Sequence[Posting]) -> dict[tuple[str, str], list[tuple[bool, Posting]]]:
    """Postings by token and name, each with whether no other of its token is on the wrong side of it.

    Not with their numbers: a package that is missing, as it is due, would make all behind it look wrong.
    """
    found: dict[tuple[str, str], list[tuple[bool, Posting]]] = defaultdict(list)
    for token, group in groupby(postings, key=lambda posting: posting.token):
        same = list(group)
        ranks = list(map(_rank, same))
        highest = accumulate(ranks, max)
        lowest = reversed(list(accumulate(reversed(ranks), min)))
        for posting, before, behind in zip(same, highest, lowest, strict=True):
            found[token, posting.listing.name].append((before == behind, posting))
    return found


def _rank(posting: Posting) -> tuple[int, str]:
    """Where it belongs among those of its token."""
    return -posting.listing.downloads, posting.listing.name


def _needs(name: str, found: Dependents, wanted: Dependents) -> Iterator[TableFault]:
    if found == wanted:
        return
    ones, others = (_by_dependent(each) for each in (found, wanted))
    for dependent in sorted(ones.keys() | others.keys()):
        if ones.get(dependent) != others.get(dependent):
            there, due = dependent in ones, dependent in others
            yield TableFault(DEPENDENTS, dependent, is_there=there, is_due=due, place=name)


def _by_dependent(dependents: Dependents) -> dict[str, list[object]]:
    found: dict[str, list[object]] = defaultdict(list)
    for need in dependents.needs:
        found[need.dependent].append(need)
    return found
