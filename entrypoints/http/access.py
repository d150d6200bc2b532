"""What a server notes of every answer, for its access log."""

from asyncio import AbstractEventLoop
from collections.abc import Callable
from time import time
from typing import Any, cast

from uvicorn._types import ASGI3Application
from uvicorn.protocols.http.flow_control import FlowControl
from uvicorn.protocols.http.httptools_impl import RequestResponseCycle

from domain.access_log import Answered, head_of
from entrypoints.http.answers import Answer
from entrypoints.http.asgi import ASGIApp, Message, Receive, Scope, Send
from entrypoints.http.interim import INTERIM

Note = Callable[[Answered], None]
"""Takes what is known of an answer; called in the loop's thread for every one, so it has to return at once."""

_STATUS = slice(9, 12)  # of `HTTP/1.1 200 OK`


def nothing(_: Answered) -> None:
    """Note nothing."""


class Noting:
    """Notes the answers on one connection."""

    __slots__ = ("_flow", "_host", "_loop", "_note", "_port", "_waiting")

    def __init__(self, note: Note, loop: AbstractEventLoop, flow: FlowControl, peer: tuple[str, int] | None) -> None:
        self._note = note
        self._loop = loop
        self._flow = flow
        self._host, self._port = peer or ("", 0)
        self._waiting: list[_Exchange] = []

    def at_once(self, request: bytes, answer: Answer, sent: int, since: float) -> None:
        """Note an answer that did not go through the app.

        Args:
            request: its head; empty if none could be read.
            answer: what was said.
            sent: how many bytes that were.
            since: when the request began, in the loop's time.
        """
        taken = int((self._loop.time() - since) * 1000)
        self._note(
            (int(time()), self._host, self._port, request, 0, answer.status, answer.head, sent, taken, taken, True)
        )

    def through(self, app: ASGI3Application, cycle: RequestResponseCycle) -> ASGI3Application:
        """The app of one request, noting its answer when that has come to its end or cannot come any more."""
        exchange = _Exchange(self, cycle)

        async def noted(scope: Scope, receive: Receive, send: Send) -> None:
            async def received() -> Message:
                message = await receive()
                exchange.received += len(message.get("body", b""))
                return message

            try:
                await cast("ASGIApp", app)(scope, received, send)
            finally:
                exchange.leave()

        return cast("ASGI3Application", noted)

    def settle(self, *, arrived: bool) -> None:
        """Note answers that waited for the peer: either all bytes are on their way now, or the rest will never be."""
        while self._waiting:
            self.finish(self._waiting.pop(0), whole=arrived)

    def finish(self, exchange: "_Exchange", *, whole: bool) -> None:
        """Note an answer of the app."""
        scope = exchange.scope
        target = scope["raw_path"] + (b"?" + scope["query_string"] if scope["query_string"] else b"")
        request = head_of(scope["method"], target, scope["http_version"], scope["headers"])
        now = self._loop.time()
        taken, first = int((now - exchange.began) * 1000), int(((exchange.first or now) - exchange.began) * 1000)
        peer, said = (self._host, self._port), (exchange.status, exchange.head)
        self._note((int(time()), *peer, request, exchange.received, *said, exchange.sent, taken, first, whole))

    def complete(self, exchange: "_Exchange") -> None:
        """An answer has been handed over; it may wait for a peer that takes its time."""
        if exchange.is_cut or not self._flow.write_paused:
            self.finish(exchange, whole=not exchange.is_cut)
        else:
            self._waiting.append(exchange)

    def now(self) -> float:
        """The loop's time."""
        return self._loop.time()


class _Exchange:
    """A request before the app. It stands in for the cycle's transport, so it sees all that is sent."""

    __slots__ = (
        "_cycle",
        "_is_complete",
        "_noting",
        "_on_response",
        "_transport",
        "began",
        "first",
        "head",
        "is_cut",
        "received",
        "scope",
        "sent",
        "status",
    )

    def __init__(self, noting: Noting, cycle: RequestResponseCycle) -> None:
        self._noting = noting
        self._cycle = cycle
        self._is_complete = False
        self._transport = cycle.transport
        self._on_response = cycle.on_response
        cycle.transport = cast("Any", self)
        cycle.on_response = self._complete
        self.scope: Scope = cast("Scope", cycle.scope)
        self.began = noting.now()
        self.first: float | None = None
        self.head = b""
        self.is_cut = False
        self.received = 0
        self.sent = 0
        self.status = 0

    def write(self, data: bytes) -> None:
        """Send."""
        # What is written to a connection that closes is thrown away; to one that has closed nothing can be written.
        self.is_cut = self.is_cut or self._transport.is_closing()
        if not self.status and data != INTERIM and self._cycle.response_started:
            self.status = int(data[_STATUS])
            self.head = bytes(data)
            self.first = self._noting.now()
        self.sent += len(data)
        if not self.is_cut:
            self._transport.write(data)

    def leave(self) -> None:
        """The app has ended. If it said nothing although the peer waits, uvicorn will."""
        if not self._is_complete and (self._cycle.response_started or self._cycle.disconnected):
            self._noting.finish(self, whole=False)

    def _complete(self) -> None:
        self._is_complete = True
        self._noting.complete(self)
        self._on_response()

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401 - whatever the transport has
        return getattr(self._transport, name)
