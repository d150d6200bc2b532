"""Peers that keep us waiting: how long, and what is said to them then."""

import asyncio

from domain import representations
from entrypoints.http.answers import Answer, text
from entrypoints.http.asgi import ASGIApp, Message, Receive, Scope, Send

SILENCE = 30.0
"""Seconds that a peer may keep us waiting."""
LEAST_RATE = 1024.0
"""Bytes per second below which a body counts as stalled."""

LAST = (("Connection", "close"), representations.NOSNIFF)
"""What the last answer on a connection says."""


class PeerStalled(Exception):
    """The rest of the body does not come, or comes too slowly to be meant."""


def timed_out() -> Answer:
    """What a peer is told that stalled within a request (RFC 9110 section 15.5.9)."""
    return text(408, "408 Request Timeout: the rest of the request did not come in time.\n", LAST)


def receive_within(receive: Receive, seconds: float = SILENCE, least_rate: float = LEAST_RATE) -> Receive:
    """`receive`, with the waiting for a body bounded: each wait, and all of them by what came so far.

    Only the time spent in waiting counts, not what the caller does between. Waiting for a disconnect, once the body is
    complete, is not bounded. When the bound is reached, the returned function raises `PeerStalled`.
    """
    waited = 0.0
    came = 0
    is_complete = False

    async def bounded() -> Message:
        nonlocal waited, came, is_complete
        if is_complete:
            return await receive()
        now = asyncio.get_running_loop().time
        started = now()
        left = min(seconds, seconds + came / least_rate - waited)
        try:
            async with asyncio.timeout(max(left, 0)):
                message = await receive()
        except TimeoutError:
            raise PeerStalled from None
        waited += now() - started
        came += len(message.get("body", b""))
        is_complete = not message.get("more_body", False)
        return message

    return bounded


class Unstalled:
    """An app whose requests' bodies come in time, or are answered 408."""

    def __init__(self, app: ASGIApp, seconds: float = SILENCE, least_rate: float = LEAST_RATE) -> None:
        self._app = app
        self._seconds = seconds
        self._least_rate = least_rate

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        bounded = receive_within(receive, self._seconds, self._least_rate)
        has_stalled = has_started = False

        async def noticing() -> Message:
            nonlocal has_stalled
            try:
                return await bounded()
            except PeerStalled:
                has_stalled = True
                raise

        async def unless_stalled(message: Message) -> None:
            # What a framework makes of the exception, a 500, is not what the peer should read.
            nonlocal has_started
            if not has_stalled or has_started:
                has_started |= message["type"] == "http.response.start"
                await send(message)

        try:
            await self._app(scope, noticing, unless_stalled)
        except PeerStalled:
            if has_started:
                raise
        if has_stalled and not has_started:
            await timed_out().send(send)


def too_large() -> Answer:
    """The answer to a head that is longer than anybody's."""
    return text(431, "431 Request Header Fields Too Large\n", LAST)
