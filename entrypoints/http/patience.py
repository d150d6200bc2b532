"""Endpoints whose work takes longer than some clients wait for a byte."""

import asyncio
from collections.abc import Awaitable, Callable

from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from entrypoints.http.interim import WAITING, takes_interim_answers

_SECONDS = 2.0

Endpoint = Callable[[Request], Awaitable[Response]]


def patiently(endpoint: Endpoint, seconds: float = _SECONDS) -> Endpoint:
    """The endpoint, with its client kept waiting."""

    async def answer(request: Request) -> Response:
        return _Awaited(lambda: endpoint(request), seconds)

    return answer


class _Awaited(Response):
    """An answer that is made while the client waits for it."""

    def __init__(self, make: Callable[[], Awaitable[Response]], seconds: float) -> None:
        super().__init__()
        self._make = make
        self._seconds = seconds

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        response = await self._made(send) if takes_interim_answers(scope) else await self._make()
        await response(scope, receive, send)

    async def _made(self, send: Send) -> Response:
        work = asyncio.ensure_future(self._make())
        try:
            while not (await asyncio.wait({work}, timeout=self._seconds))[0]:
                await send({"type": WAITING})
            return work.result()
        finally:
            work.cancel()
