"""The downloads of a package one by one, as its owner takes them to a spreadsheet (RFC 4180)."""

import csv
from collections.abc import Iterator
from io import StringIO
from itertools import islice

from domain.agents import Agent
from domain.detail import Detail, DetailFile
from domain.usage import UNKNOWN

COLUMNS = (
    "package",
    "version",
    "filename",
    "date",
    "time",
    "edge",
    "country",
    "requester",
    "installer",
    "installer_version",
    "python",
    "system",
    "ci",
    "user_agent",
)
_RUNS = ("=", "+", "-", "@", "\t", "\r")
_LINES_AT_ONCE = 2000

Row = tuple[str, ...]


def header() -> str:
    """The first line."""
    return _text([COLUMNS])


def lines(name: str, day: str, detail: Detail) -> Iterator[str]:
    """The downloads of a day in their order, some thousand whole lines at a time."""
    rows = _rows(name, day, detail)
    while some := list(islice(rows, _LINES_AT_ONCE)):
        yield _text(some)


def defused(cell: str) -> str:
    """The cell as no spreadsheet runs it."""
    return f"'{cell}" if cell.startswith(_RUNS) else cell


def _rows(name: str, day: str, detail: Detail) -> Iterator[Row]:
    files = [_of_file(name, day, file) for file in detail.files]
    agents = [_of_agent(agent) for agent in detail.agents]
    columns = (detail.times, detail.file, detail.agent, detail.edges, detail.countries, detail.requesters)
    for time, file, agent, edge, country, requester in zip(*columns, strict=True):
        yield (*files[file], time, defused(edge), defused(country), defused(requester), *agents[agent])


def _of_file(name: str, day: str, file: DetailFile) -> Row:
    return defused(name), defused(file.version), defused(file.filename), day


def _of_agent(agent: Agent) -> Row:
    installer = "" if agent.installer == UNKNOWN else agent.installer
    said = (installer, agent.version or "", agent.python or "", agent.system or "", "true" if agent.ci else "")
    return tuple(defused(cell) for cell in (*said, agent.text))


def _text(rows: list[Row]) -> str:
    written = StringIO(newline="")
    csv.writer(written, lineterminator="\r\n").writerows(rows)
    return written.getvalue()
