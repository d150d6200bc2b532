"""The most frequent agents of some logs: long texts that nearly all lines repeat, so short codes save much work."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from itertools import islice
from pathlib import Path

from attrs import frozen

from adapters.local.log_text import Incomplete, LogText, opened

AGENT = "cs(User-Agent)"

_SAMPLED_FILES = 8
_SAMPLED_BYTES = 2**20
_MOST_AGENTS = 4096
_SHORTEST, _LONGEST = 12, 4096


@frozen
class Table:
    """Files of the same fields.

    Attributes:
        fields: in the order of their columns.
        compressed: whether the files are gzip.
    """

    fields: tuple[str, ...]
    compressed: bool
    paths: Sequence[Path]


def coded(tables: Sequence[Table]) -> Mapping[str, str]:
    """Agents by codes, which are no texts of a log; only what the beginnings of some files say twice."""
    counts = Counter[str]()
    for table in tables:
        if AGENT in table.fields:
            for path in table.paths[:: 1 + len(table.paths) // _SAMPLED_FILES]:
                counts.update(_first_agents(path, table.fields))
    frequent = (agent for agent, times in counts.most_common() if times > 1 and _SHORTEST < len(agent) < _LONGEST)
    return {f"\0{number}": agent for number, agent in enumerate(islice(frequent, _MOST_AGENTS))}


def _first_agents(path: Path, fields: Sequence[str]) -> Iterator[str]:
    column = fields.index(AGENT)
    for line in _beginning(path).decode(errors="replace").split("\n"):
        values = line.split("\t")
        if len(values) == len(fields):
            yield values[column]


def _beginning(path: Path) -> bytes:
    text = b""
    # Whatever is wrong with it comes out when it is read.
    with suppress(OSError, Incomplete), opened(path) as file:
        for piece in LogText(file).pieces():
            text += piece
            if len(text) > _SAMPLED_BYTES:
                break
    return text
