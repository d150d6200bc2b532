"""`/api/packages/<name>/downloads.csv`: the detail behind the figures, for the owner."""

import json
import zlib
from collections.abc import AsyncIterator, Iterator
from datetime import date

from starlette.requests import Request
from starlette.responses import Response, StreamingResponse
from starlette.routing import Route

from domain.names import canonical
from domain.usecases.statistics import Days, Statistics
from entrypoints.http.calls import Calls, answering_problems
from entrypoints.http.conditions import takes_gzip
from entrypoints.http.refusals import Unprocessable

_TYPE = "text/csv; charset=utf-8"
_GZIP = 16 + zlib.MAX_WBITS
_PACKED = " With Accept-Encoding: gzip there is room for many more."
_LEVEL = 4  # a twelfth of the size; a better one takes longer than it saves


class WrongDays(Unprocessable):
    """What bounds the days is no day."""


class TooLong(Unprocessable):
    """More than this index can answer at once."""


class DownloadsTable:
    """The route. It is streamed; where answers are bounded, it is answered whole or not at all."""

    def __init__(self, statistics: Statistics, calls: Calls, longest: int | None) -> None:
        self._statistics = statistics
        self._calls = calls
        self._longest = longest

    def routes(self) -> list[Route]:
        """What is below `/api`."""
        return [Route("/api/packages/{name}/downloads.csv", answering_problems(self._answer), methods=["GET"])]

    async def _answer(self, request: Request) -> Response:
        caller = await self._calls.caller(request)
        days = Days(_day(request, "since"), _day(request, "until"))
        name = request.path_params["name"]
        pieces = await self._calls.run(self._statistics.downloads, caller, name, days)
        headers = {"Content-Disposition": f'attachment; filename="{canonical(name)}-downloads.csv"'}
        if self._longest is None:
            return StreamingResponse(self._streamed(pieces), headers=headers, media_type=_TYPE)
        accepted = request.headers.get("accept-encoding", "")
        headers["Vary"] = "Accept-Encoding"
        if takes_gzip(accepted.encode("latin-1")):
            headers["Content-Encoding"] = "gzip"
            whole = await self._calls.run(_packed, pieces, self._longest)
        else:
            whole = await self._calls.run(_joined, pieces, self._longest)
        return Response(whole, headers=headers, media_type=_TYPE)

    async def _streamed(self, pieces: Iterator[str]) -> AsyncIterator[bytes]:
        while (piece := await self._calls.run(next, pieces, None)) is not None:
            yield _encoded(piece)


def _joined(pieces: Iterator[str], longest: int) -> bytes:
    """All of it.

    Raises:
        TooLong: as a JSON string it is longer than `longest`.
    """
    kept: list[bytes] = []
    length = 0
    for piece in pieces:
        length += len(json.dumps(piece))
        _check(length, longest, _PACKED)
        kept.append(_encoded(piece))
    return b"".join(kept)


def _packed(pieces: Iterator[str], longest: int) -> bytes:
    """All of it, as gzip: one answer has room for ten times as many downloads then.

    Raises:
        TooLong: in base 64 it is longer than `longest`.
    """
    packing = zlib.compressobj(_LEVEL, wbits=_GZIP)
    kept = bytearray()
    for piece in pieces:
        kept += packing.compress(_encoded(piece))
        _check(_base64_length(len(kept)), longest)
    kept += packing.flush()
    _check(_base64_length(len(kept)), longest)
    return bytes(kept)


def _base64_length(size: int) -> int:
    return (size + 2) // 3 * 4


def _check(length: int, longest: int, more: str = "") -> None:
    if length > longest:
        raise TooLong(
            "This is more than the index can answer at once. Ask for fewer days, both included: "
            f"add ?since=YYYY-MM-DD&until=YYYY-MM-DD.{more}"
        )


def _encoded(piece: str) -> bytes:
    return piece.encode(errors="replace")


def _day(request: Request, which: str) -> str | None:
    text = request.query_params.get(which)
    if not text:
        return None
    try:
        return date.fromisoformat(text).isoformat()
    except ValueError:
        raise WrongDays(f"'{which}' is not a day like 2026-11-24.") from None
