"""uvicorn's HTTP/1.1 protocol with three things more: patience that ends, reason phrases, and answers at once."""

import asyncio
import math
from collections.abc import Callable
from enum import Enum, auto
from typing import Any

from attrs import frozen
from uvicorn import Config
from uvicorn._types import ASGISendEvent
from uvicorn.protocols.http.httptools_impl import STATUS_LINE, HttpToolsProtocol, RequestResponseCycle
from uvicorn.server import ServerState

from entrypoints.http.answers import Answer, text
from entrypoints.http.asgi import ASGIApp, RawHeaders
from entrypoints.http.reasons import status_line
from entrypoints.http.stalls import LEAST_RATE, SILENCE, timed_out

Immediate = Callable[[str, bytes, bytes, RawHeaders], Answer | None]
"""Method, path, query and headers of a GET or HEAD to its answer; None if the request has to go through the app."""

_READS = {b"GET": "GET", b"HEAD": "HEAD"}
# Whatever makes a request more than a line and headers on a connection that stays open.
_NOT_PLAIN = frozenset({b"connection", b"content-length", b"expect", b"transfer-encoding", b"upgrade"})


@frozen
class Limits:
    """What a connection may cost.

    Attributes:
        headers: seconds from the first byte of a request (at first: from the connection) to the end of its headers.
        idle: seconds between requests.
        writing: seconds without the peer taking a byte of an answer.
        header_bytes: size of one request's line and headers.
    """

    headers: float = SILENCE
    idle: float = SILENCE
    writing: float = SILENCE
    header_bytes: int = 64 * 1024


class ServerConfig(Config):
    """uvicorn's configuration and ours."""

    def __init__(self, app: ASGIApp, limits: Limits, immediate: Immediate | None, **settings: Any) -> None:  # noqa: ANN401
        super().__init__(app, http=PatientProtocol, **settings)
        self.limits = limits
        self.immediate = immediate


class _Awaited(Enum):
    """What the connection waits for."""

    HEADERS = auto()
    ANSWER = auto()
    REQUEST = auto()


class PatientProtocol(HttpToolsProtocol):
    """One connection.

    Callbacks of the parser are uvicorn's, where this class says nothing else. One timer a connection looks after it;
    requests only note the time.
    """

    config: ServerConfig

    def __init__(
        self,
        config: ServerConfig,
        server_state: ServerState,
        app_state: dict[str, Any],
        _loop: asyncio.AbstractEventLoop | None = None,
    ) -> None:
        super().__init__(config, server_state, app_state, _loop)
        self._limits = config.limits
        self._immediate = config.immediate
        self._awaited = _Awaited.HEADERS
        self._since = 0.0
        self._received = 0
        self._look_after: asyncio.TimerHandle | None = None
        self._unsent: tuple[int, float] | None = None
        self._shared_fields: list[tuple[bytes, bytes]] | None = None
        self._shared_head = b""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """A peer has connected."""
        super().connection_made(transport)
        self._now_awaited(_Awaited.HEADERS)
        self._look_after = self.loop.call_later(self._limits.shortest, self._look)

    def connection_lost(self, exc: Exception | None) -> None:
        """The peer is gone, or we have let go of it."""
        super().connection_lost(exc)
        if self._look_after is not None:
            self._look_after.cancel()

    def data_received(self, data: bytes) -> None:
        """Parse, and refuse headers without end."""
        self._received += len(data)
        super().data_received(data)
        if self._awaited is _Awaited.HEADERS and self._received > self._limits.header_bytes:
            self._refuse(too_large())

    def on_message_begin(self) -> None:
        """The first byte of a request; uvicorn would build here what only some requests need."""
        self.url = b""
        self.headers = []
        self.expect_100_continue = False
        self._received = 0
        self._now_awaited(_Awaited.HEADERS)

    def on_header(self, name: bytes, value: bytes) -> None:
        """One field; those behind a body (trailers) are nothing that we want, and could be without end."""
        if self._awaited is _Awaited.HEADERS:
            super().on_header(name, value)

    def on_headers_complete(self) -> None:
        """Answer at once, or start the app."""
        self._now_awaited(_Awaited.ANSWER)
        if self._received > self._limits.header_bytes and sum(map(_size, self.headers)) > self._limits.header_bytes:
            self._refuse(too_large())
            return
        if self._immediate is not None and self._answered_at_once(self._immediate):
            return
        url, headers, expects = self.url, self.headers, self.expect_100_continue
        super().on_message_begin()
        self.url, self.headers, self.expect_100_continue = url, headers, expects
        self.scope["headers"] = headers
        super().on_headers_complete()

    def on_body(self, body: bytes) -> None:
        """A part of a body, unless nobody wants it any more."""
        if self._is_wanted():
            super().on_body(body)
        elif self._awaited is _Awaited.REQUEST:
            # Refused before it had come: a peer that goes on sending will read the answer when it is done.
            self._since = min(self.loop.time(), self._since + len(body) / LEAST_RATE)

    def on_message_complete(self) -> None:
        """The end of a body, or of a request without one."""
        if self._is_wanted():
            super().on_message_complete()

    def on_response_complete(self) -> None:
        """The app has answered; a pipelined request may follow."""
        super().on_response_complete()
        if self.cycle.response_complete:
            self._now_awaited(_Awaited.REQUEST)

    def _start_asgi_task(self, cycle: RequestResponseCycle, app: ASGI3Application) -> None:
        super()._start_asgi_task(cycle, cast("ASGI3Application", Reasoning(app, cycle)))

    def _is_wanted(self) -> bool:
        """Whether the bytes that come belong to a request that the app answers."""
        return self._awaited is _Awaited.ANSWER and self.cycle is not None and not self.cycle.response_complete
