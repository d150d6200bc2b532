"""What our server does to every answer of an app on its way out."""

import asyncio
from typing import Any, cast

from uvicorn._types import ASGI3Application
from uvicorn.protocols.http.httptools_impl import STATUS_LINE, RequestResponseCycle

from domain import representations
from entrypoints.http.answers import text
from entrypoints.http.asgi import ASGIApp, Message, Receive, Scope, Send
from entrypoints.http.interim import INTERIM, WAITING, taking_interim_answers
from entrypoints.http.reasons import status_line
from entrypoints.http.stalls import LAST

_NOSNIFF = tuple(part.encode() for part in representations.NOSNIFF)
_STOPPING = "503 Service Unavailable: the server stops; try again in a moment.\n"
_FAILED = "500 Internal Server Error: the operator of this index finds the reason in its log.\n"


def finishing(app: ASGI3Application, cycle: RequestResponseCycle) -> ASGI3Application:
    """The app of one request, with `nosniff` on every answer, reason phrases, and interim answers.

    Args:
        app: answers the request.
        cycle: uvicorn's side of the same request.
    """

    async def finished(scope: Scope, receive: Receive, send: Send) -> None:
        async def finish(message: Message) -> None:
            if message["type"] == WAITING:
                if not cycle.response_started and not cycle.disconnected:
                    cycle.transport.write(INTERIM)
            elif message["type"] == "http.response.start" and not cycle.response_started:
                await _start(message, cycle, send)
            else:
                await send(message)

        try:
            await cast("ASGIApp", app)(taking_interim_answers(scope), receive, finish)
        except asyncio.CancelledError:  # the time is over that requests in work have when the server stops
            if cycle.response_started:
                cycle.disconnected = True  # uvicorn would log a fault of ours
                cycle.transport.close()
            else:
                await text(503, _STOPPING, (*LAST, ("Retry-After", "5"))).send(send)
        except Exception:
            if not cycle.response_started:
                await text(500, _FAILED, LAST).send(send)
            raise  # uvicorn logs it and hangs up

    return cast("ASGI3Application", finished)


async def _start(message: Message, cycle: RequestResponseCycle, send: Send) -> None:
    """Send the status line and the headers."""
    headers = list(message.get("headers", ()))
    if all(name.lower() != _NOSNIFF[0].lower() for name, _ in headers):
        message = {**message, "headers": [*headers, _NOSNIFF]}
    reason = message.get("reason")
    if reason is None:
        await send(message)
        return
    transport = cycle.transport
    cycle.transport = cast("Any", _FirstLine(transport, message["status"], reason))
    try:
        await send(message)
    finally:
        cycle.transport = transport


class _FirstLine:
    """A transport that writes another status line than uvicorn's."""

    def __init__(self, transport: Any, status: int, reason: str) -> None:  # noqa: ANN401 - of asyncio or uvloop
        self._transport = transport
        self._usual = STATUS_LINE[status]
        self._line = status_line(status, reason)

    def write(self, data: bytes) -> None:
        if data.startswith(self._usual):
            data = self._line + data[len(self._usual) :]
        self._transport.write(data)

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401 - whatever the transport has
        return getattr(self._transport, name)
