"""What counts as a download, and how a day's downloads become figures. `docs/counting.md` says the same in prose.

Change a rule, and `RULES` has to change too: figures say by which rules they were made.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from datetime import datetime
from functools import cached_property, lru_cache
from itertools import compress
from operator import and_, attrgetter
from typing import TypeVar
from urllib.parse import unquote_to_bytes

from attrs import evolve, frozen

from domain.agents import Agent, Kind, parse_agent
from domain.columns import Column, columns_of
from domain.detail import Detail, DetailFile
from domain.events import DownloadsAggregated
from domain.log_rows import Row
from domain.usage import UNKNOWN

RULES = 2
UNSAID = "-"
BAD_ESCAPE = "bad escape"

_PREFIX = "packages"
_BAD_ESCAPE = re.compile(r"%(?![0-9A-Fa-f]{2})")
_COUNTRY = re.compile(r"[A-Z]{2}", re.ASCII)
_EDGE = re.compile(r"[A-Z]{3}", re.ASCII)
_REMEMBERED = 65_536
_LONGEST_REMEMBERED = 4_096  # anybody can send longer ones, each another
_MOST_SYSTEMS = 100  # anybody can name new ones
_MOST_FILES = 600  # a day has to fit into one item of 400 KB, and names are of up to 240 characters

T = TypeVar("T")


class Malformed(ValueError):
    """An escape that is none, or bytes that are no text (UTF-8)."""


@frozen(cache_hash=True)
class Location:
    """What a path names, if there is such a file."""

    package: str
    version: str
    filename: str


@frozen
class Counted:
    """A package's figures of a day, the downloads behind them, and how many requests could not be understood."""

    figures: DownloadsAggregated
    detail: Detail
    malformed: int = 0


@lru_cache(_REMEMBERED)
def location(stem: str) -> Location | None:
    """What a path in a log names; None if it cannot be a file of a package.

    CloudFront encodes what clients sent encoded once more, so paths are decoded twice; a plus is a plus.

    Raises:
        Malformed: it cannot be decoded.
    """
    match _decoded(_decoded(stem)).split("/"):
        case ["", folder, package, version, filename] if folder == _PREFIX and package:
            return Location(package, version, filename)
        case _:
            return None


def agent(text: str) -> Agent:
    """Who made a request, by the user agent in a log.

    Raises:
        Malformed: it cannot be decoded.
    """
    return _usual_agent(text) if len(text) <= _LONGEST_REMEMBERED else _agent(text)


def _agent(text: str) -> Agent:
    return parse_agent("" if text == UNSAID else _decoded(text))


_usual_agent = lru_cache(_REMEMBERED)(_agent)


def count(
    day: str, rows: Iterable[Row], files: Collection[Location], requester: Callable[[str], str], at: datetime
) -> Counted:
    """Count one package's requests of one day.

    Args:
        day: like ``2026-11-24``.
        rows: the requests, each once; they are read once. Those of the same time stay in their order.
        files: every file that was ever published, whatever became of it; no other counts.
        requester: from an address to what may be kept of it.
        at: now.
    """
    stems, times, *_, texts = columns = columns_of(rows, 6)
    named = [file if file in files else None for file in (_understood(location, stem) for stem in stems.texts)]
    agents = [_understood(agent, text) for text in texts.texts]
    kinds = [known.kind if known else None for known in agents]
    is_file = bytes(stems.each([file is not None for file in named]))
    is_download = bytes(texts.each([kind is Kind.DOWNLOAD for kind in kinds]))
    by_kind: Counter[Kind | None] = Counter()
    for number, often in Counter(compress(texts.numbers, is_file)).items():
        by_kind[kinds[number]] += often
    counted = times.ordered(compress(range(len(is_file)), map(and_, is_file, is_download)))
    downloads = _Downloads(_known(named), _known(agents), *(column.picked(counted) for column in columns))
    return Counted(
        downloads.figures(day, by_kind[Kind.MIRROR], at), downloads.detail(requester), malformed=by_kind[None]
    )


@frozen(slots=False)
class _Downloads:
    """The downloads among some requests by columns, and what is known by the positions of paths and agents."""

    file: Mapping[int, Location]
    agent: Mapping[int, Agent]
    stems: Column
    times: Column
    edges: Column
    countries: Column
    addresses: Column
    agents: Column

    def figures(self, day: str, mirrors: int, at: datetime) -> DownloadsAggregated:
        """How many there are, and of what."""
        files = [(self.file[number], often) for number, often in self.stems.frequencies.items()]
        agents = [(self.agent[number], often) for number, often in self.agents.frequencies.items()]
        return DownloadsAggregated(
            day=day,
            rules=RULES,
            downloads=len(self.times.numbers),
            requesters=len(self._said),
            versions=_most(_summed((file.version, often) for file, often in files), _MOST_FILES),
            files=_most(_summed((file.filename, often) for file, often in files), _MOST_FILES),
            installers=_summed((known.installer, often) for known, often in agents),
            pythons=_summed((known.python, often) for known, often in agents),
            systems=_most(_summed((known.system, often) for known, often in agents), _MOST_SYSTEMS),
            countries=_cleaned_sums(country, self.countries),
            edges=_cleaned_sums(edge, self.edges),
            ci=sum(often for known, often in agents if known.ci),
            mirrors=mirrors,
            at=at,
        )

    def detail(self, requester: Callable[[str], str]) -> Detail:
        """Each of them, in the order of times."""
        files = sorted({self.file[number] for number in self.stems.frequencies}, key=attrgetter("version", "filename"))
        agents = sorted({self.agent[number]: None for number in self.agents.frequencies}, key=attrgetter("text"))
        addresses = map(self.addresses.texts.__getitem__, self._said)
        requesters = defaultdict(str, zip(self._said, map(requester, addresses), strict=True))
        return Detail(
            files=tuple(DetailFile(file.version, file.filename) for file in files),
            agents=tuple(agents),
            times=tuple(self.times.each(self.times.texts)),
            file=_positions(self.stems, self.file, files),
            agent=_positions(self.agents, self.agent, agents),
            edges=_cleaned(edge, self.edges),
            countries=_cleaned(country, self.countries),
            requesters=tuple(self.addresses.each(requesters)),
        )

    @cached_property
    def _said(self) -> Collection[int]:
        """The positions of the texts that are addresses, and not empty or unsaid."""
        none = [number for number, text in enumerate(self.addresses.texts) if not text or text == UNSAID]
        return self.addresses.frequencies.keys() - none


def same(figures: DownloadsAggregated, others: DownloadsAggregated) -> bool:
    """Whether both say the same, whenever they were made."""
    return evolve(figures, at=others.at) == others


def edge(text: str) -> str:
    """Where CloudFront answered, from ``x-edge-location`` (like ``FRA56-P1``); empty if unknown."""
    return text[:3] if _EDGE.fullmatch(text[:3]) else ""


def country(text: str) -> str:
    """A country's two letters (ISO 3166-1), from ``c-country``; empty if unknown."""
    return text if _COUNTRY.fullmatch(text) else ""


def _decoded(text: str) -> str:
    if "%" not in text:
        return text
    if _BAD_ESCAPE.search(text):
        raise Malformed(text)
    try:
        return unquote_to_bytes(text).decode()
    except UnicodeError:
        raise Malformed(text) from None


def _understood(read: Callable[[str], T | None], text: str) -> T | None:
    """What the text means; None if it means nothing or is malformed."""
    try:
        return read(text)
    except Malformed:
        return None


def _known(items: Iterable[T | None]) -> dict[int, T]:
    """The items that are not None, by their positions."""
    return {number: item for number, item in enumerate(items) if item is not None}


def _positions(column: Column, known: Mapping[int, T], items: Sequence[T]) -> tuple[int, ...]:
    """For each row, the position in `items` of what is known of its text."""
    positions = {item: position for position, item in enumerate(items)}
    return tuple(column.each({number: positions[known[number]] for number in column.frequencies}))


def _cleaned(clean: Callable[[str], str], column: Column) -> tuple[str, ...]:
    return tuple(column.each([clean(text) for text in column.texts]))


def _cleaned_sums(clean: Callable[[str], str], column: Column) -> dict[str, int]:
    return _summed((clean(column.texts[number]), often) for number, often in column.frequencies.items())


def _summed(counts: Iterable[tuple[str | None, int]]) -> dict[str, int]:
    """The counts by key in the order of keys."""
    sums: dict[str, int] = {}
    for key, often in counts:
        sums[key or UNKNOWN] = sums.get(key or UNKNOWN, 0) + often
    return {key: sums[key] for key in sorted(sums)}


def _most(sums: Mapping[str, int], many: int) -> Mapping[str, int]:
    """The sums, cut to the `many` most frequent keys; the others count as unknown."""
    if len(sums) <= many:
        return sums
    keys = set(sorted(sums, key=lambda key: (-sums[key], key))[:many])
    return _summed((key if key in keys else None, often) for key, often in sums.items())
