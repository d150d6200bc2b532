"""What counts as a download, and how a day's downloads become figures. `docs/counting.md` says the same in prose.

Change a rule, and `RULES` has to change too: figures say by which rules they were made.
"""

import re
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from contextlib import suppress
from datetime import datetime
from functools import lru_cache
from typing import TypeVar
from urllib.parse import unquote_to_bytes

from attrs import evolve, frozen

from domain.agents import Agent, Kind, parse_agent
from domain.events import DownloadsAggregated
from domain.ports.access_logs import Row
from domain.ports.details import Detail, DetailFile
from domain.usage import UNKNOWN

RULES = 1
UNSAID = "-"
BAD_ESCAPE = "bad escape"

_PREFIX = "packages"
_BAD_ESCAPE = re.compile(r"%(?![0-9A-Fa-f]{2})")
_COUNTRY = re.compile(r"[A-Z]{2}", re.ASCII)
_EDGE = re.compile(r"[A-Z]{3}", re.ASCII)
_REMEMBERED = 65_536

T = TypeVar("T")


class Malformed(ValueError):
    """An escape that is none, or bytes that are no text (UTF-8)."""


@frozen
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
        case ["", folder, package, version, filename] if folder == _PREFIX:
            return Location(package, version, filename)
        case _:
            return None


@lru_cache(_REMEMBERED)
def agent(text: str) -> Agent:
    """Who made a request, by the user agent in a log.

    Raises:
        Malformed: it cannot be decoded.
    """
    return parse_agent("" if text == UNSAID else _decoded(text))


def count(
    day: str, rows: Sequence[Row], files: Collection[Location], requester: Callable[[str], str], at: datetime
) -> Counted:
    """Count one package's requests of one day.

    Args:
        day: like ``2026-11-24``.
        rows: the requests, each once.
        files: every file that was ever published, whatever became of it; no other counts.
        requester: from an address to what may be kept of it.
        at: now.
    """
    found = _Found.of(rows)
    wanted = {stem for stem, file in found.files.items() if file in files}
    requests = [row for row in rows if row[0] in wanted]
    kinds = {text: known.kind for text, known in found.agents.items()}
    counted = sorted((row for row in requests if kinds.get(row[5]) is Kind.DOWNLOAD), key=lambda row: (row[1], row[6]))
    requesters = {address: requester(address) for address in {row[4] for row in counted} - {UNSAID, ""}}
    mirrors = sum(1 for row in requests if kinds.get(row[5]) is Kind.MIRROR)
    malformed = sum(1 for row in requests if row[5] not in kinds)
    figures = _figures(day, counted, found, len(requesters), mirrors, at)
    return Counted(figures, _detail(counted, found, requesters), malformed)


@frozen
class _Found:
    """The files and agents that paths and texts in a log name, each read once; what is malformed is not in it."""

    files: Mapping[str, Location]
    agents: Mapping[str, Agent]

    @classmethod
    def of(cls, rows: Sequence[Row]) -> "_Found":
        """Those of all rows."""
        return cls(_understood(location, {row[0] for row in rows}), _understood(agent, {row[5] for row in rows}))


def same(figures: DownloadsAggregated, others: DownloadsAggregated) -> bool:
    """Whether both say the same, whenever they were made."""
    return evolve(figures, at=others.at) == others


def edge(text: str) -> str:
    """Where CloudFront answered, from ``x-edge-location`` (like ``FRA56-P1``); empty if unknown."""
    return text[:3] if _EDGE.fullmatch(text[:3]) else ""


def country(text: str) -> str:
    """A country's two letters (ISO 3166-1), from ``c-country``; empty if unknown."""
    return text if _COUNTRY.fullmatch(text) else ""


def _figures(
    day: str, rows: Sequence[Row], found: "_Found", requesters: int, mirrors: int, at: datetime
) -> DownloadsAggregated:
    by_file = [(found.files[stem], times) for stem, times in Counter(row[0] for row in rows).items()]
    by_agent = [(found.agents[text], times) for text, times in Counter(row[5] for row in rows).items()]
    return DownloadsAggregated(
        day=day,
        rules=RULES,
        downloads=len(rows),
        requesters=requesters,
        versions=_summed((file.version, times) for file, times in by_file),
        files=_summed((file.filename, times) for file, times in by_file),
        installers=_summed((known.installer, times) for known, times in by_agent),
        pythons=_summed((known.python, times) for known, times in by_agent),
        systems=_summed((known.system, times) for known, times in by_agent),
        countries=_summed((country(text), times) for text, times in Counter(row[3] for row in rows).items()),
        edges=_summed((edge(text), times) for text, times in Counter(row[2] for row in rows).items()),
        ci=sum(times for known, times in by_agent if known.ci),
        mirrors=mirrors,
        at=at,
    )


def _detail(rows: Sequence[Row], found: "_Found", requesters: Mapping[str, str]) -> Detail:
    columns: tuple[tuple[str, ...], ...] = tuple(zip(*rows, strict=True)) or ((),) * 7
    stems, times, edges, countries, addresses, texts, _ = columns
    files, file = _numbered(stems, lambda stem: (found.files[stem].version, found.files[stem].filename))
    agents, agent_ = _numbered(texts, lambda text: found.agents[text].text)
    return Detail(
        files=tuple(DetailFile(found.files[stem].version, found.files[stem].filename) for stem in files),
        agents=tuple(found.agents[text] for text in agents),
        times=times,
        file=file,
        agent=agent_,
        edges=_cleaned(edge, edges),
        countries=_cleaned(country, countries),
        requesters=tuple(requesters.get(address, "") for address in addresses),
    )


def _decoded(text: str) -> str:
    if "%" not in text:
        return text
    if _BAD_ESCAPE.search(text):
        raise Malformed(text)
    try:
        return unquote_to_bytes(text).decode()
    except UnicodeDecodeError:
        raise Malformed(text) from None


def _understood(read: Callable[[str], T | None], texts: Iterable[str]) -> dict[str, T]:
    understood: dict[str, T] = {}
    for text in texts:
        with suppress(Malformed):
            meant = read(text)
            if meant is not None:
                understood[text] = meant
    return understood


def _numbered(texts: Sequence[str], order: Callable[[str], object]) -> tuple[list[str], tuple[int, ...]]:
    """One text of each kind, in their order, and for each text the position of its kind."""
    kinds = {order(text): text for text in sorted(set(texts))}
    positions = {kind: position for position, kind in enumerate(sorted(kinds, key=repr))}
    known = {text: positions[order(text)] for text in set(texts)}
    return [kinds[kind] for kind in positions], tuple(known[text] for text in texts)


def _cleaned(clean: Callable[[str], str], values: Sequence[str]) -> tuple[str, ...]:
    known = {value: clean(value) for value in set(values)}
    return tuple(known[value] for value in values)


def _summed(counts: Iterable[tuple[str | None, int]]) -> dict[str, int]:
    """The counts by key in the order of keys."""
    sums: Counter[str] = Counter()
    for key, times in counts:
        sums[key or UNKNOWN] += times
    return {key: sums[key] for key in sorted(sums)}
