"""Details as bytes: gzip-compressed JSON, a text for each column with a line for each download.

Equal details give equal bytes. In the first format columns were lists, which take longer to write.
"""

import gzip
import json
import zlib
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from operator import attrgetter
from typing import Any, Protocol, cast

from adapters.unreadable import Unreadable
from domain.agents import Agent, Kind
from domain.detail import Detail, DetailFile
from domain.ports.details import DETAIL_SUFFIX

_FORMAT = 2
_READABLE = (1, _FORMAT)
_REMEMBERED = 4096
_END = "\n"  # no value of a log holds it
_QUICK = 1  # of nine: hashes do not become smaller by trying harder
_AGENT = ("kind", "installer", "version", "python", "system", "ci", "text")
_AGENT_TYPES: tuple[set[type], ...] = (
    {str},
    {str},
    {str, type(None)},
    {str, type(None)},
    {str, type(None)},
    {bool},
    {str},
)
_TEXTS = ("times", "edges", "countries", "requesters")
_NUMBERS = ("file", "agent")

_agent_values = attrgetter(*_AGENT)
_text = json.JSONEncoder(separators=(",", ":"), sort_keys=True).encode  # in ASCII, which is written much faster


class Packer(Protocol):
    """Makes a gzip file, as `gzip.compress` does."""

    def __call__(self, data: bytes, compresslevel: int, /, *, mtime: int) -> bytes:
        """The data as a gzip file."""


def packages_of(day: str, keys: Iterable[str]) -> Iterator[str]:
    """The packages whose details of the day are kept under these keys, in their order."""
    names = (key.removeprefix(f"{day}/") for key in keys)
    # The suffix of a file's name sorts between characters of packages' names.
    return iter(sorted(name.removesuffix(DETAIL_SUFFIX) for name in names if name.endswith(DETAIL_SUFFIX)))


def encode_detail(detail: Detail, packed: Packer = gzip.compress) -> bytes:
    """The detail as a gzip file of one JSON object."""
    digits = list(map(str, range(max(len(detail.files), len(detail.agents)))))
    columns: dict[str, Any] = {name: _lines(getattr(detail, name)) for name in _TEXTS}
    columns |= {name: _lines(map(digits.__getitem__, getattr(detail, name))) for name in _NUMBERS}
    columns["format"] = _FORMAT
    columns["files"] = [(file.version, file.filename) for file in detail.files]
    agents = ",".join(map(_agent_text, detail.agents))
    text = f'{{"agents":[{agents}],{_text(columns)[1:]}'  # valid in any order
    return packed(text.encode(), _QUICK, mtime=0)


@lru_cache(_REMEMBERED)
def _agent_text(agent: Agent) -> str:
    """Most packages are downloaded by the same ones."""
    return _text(_agent_values(agent))


def _lines(values: Iterable[str]) -> str:
    return _END.join((*values, ""))


def decode_detail(content: bytes) -> Detail:
    """The detail that was encoded.

    Raises:
        Unreadable: it is damaged, or a newer version of this software wrote it.
    """
    try:
        columns = json.loads(gzip.decompress(content))
        written = columns["format"]
        if written in _READABLE:
            return _detail(columns)
    except (OSError, EOFError, zlib.error, ValueError, KeyError, TypeError) as error:
        raise Unreadable(f"The detail of a day's downloads is damaged: {error}. Restore it from a backup.") from error
    raise Unreadable(
        f"The detail of a day's downloads is of format {written!r}, this version knows {_FORMAT}: upgrade sls-pypi."
    )


def _detail(columns: dict[str, Any]) -> Detail:
    files = tuple(DetailFile(*_checked(file, ({str}, {str}))) for file in columns["files"])
    agents = tuple(Agent(Kind(kind), *rest) for kind, *rest in (_checked(a, _AGENT_TYPES) for a in columns["agents"]))
    texts = [_column(columns[name], str) for name in _TEXTS]
    numbers = [_column(columns[name], int) for name in _NUMBERS]
    if len({len(column) for column in (*texts, *numbers)}) != 1:
        raise ValueError("its columns differ in length")
    for positions, items in zip(numbers, (files, agents), strict=True):
        if positions and not (min(positions) >= 0 and max(positions) < len(items)):
            raise ValueError("it names what is not in it")
    times, edges, countries, requesters = cast("list[tuple[str, ...]]", texts)
    file, agent = cast("list[tuple[int, ...]]", numbers)
    return Detail(files, agents, times, file, agent, edges, countries, requesters)


def _column(values: str | Sequence[Any], kind: type) -> tuple[Any, ...]:
    if isinstance(values, str):
        return tuple(map(kind, values.split(_END)[:-1]))
    if not isinstance(values, list) or set(map(type, values)) - {kind}:
        raise TypeError(f"a column is no list of {kind.__name__}")
    return tuple(values)


def _checked(values: Sequence[Any], kinds: Sequence[set[type]]) -> Sequence[Any]:
    if not isinstance(values, list) or len(values) != len(kinds):
        raise TypeError("an entry has other parts")
    if any(type(value) not in kind for value, kind in zip(values, kinds, strict=True)):
        raise TypeError("a part of an entry is of another type")
    return values
