"""uvicorn's HTTP/1.1 protocol with more: patience that ends, reason phrases, answers at once, and notes of answers."""

import asyncio
import socket
import struct
from collections.abc import Callable
from typing import Any

from uvicorn import Config
from uvicorn._types import ASGI3Application
from uvicorn.protocols.http.flow_control import HIGH_WATER_LIMIT
from uvicorn.protocols.http.httptools_impl import STATUS_LINE, HttpToolsProtocol, RequestResponseCycle
from uvicorn.server import ServerState

from domain.access_log import head_of
from entrypoints.http.access import Note, Noting
from entrypoints.http.answers import Answer, text
from entrypoints.http.asgi import ASGIApp, RawHeaders
from entrypoints.http.finishing import finishing
from entrypoints.http.limits import Limits
from entrypoints.http.stalls import LAST, timed_out, too_large
from entrypoints.http.watch import Awaited, Watch

Immediate = Callable[[str, bytes, bytes, RawHeaders], Answer | None]
"""Method, path, query and headers of a GET or HEAD to its answer; None if the request has to go through the app."""

_READS = {b"GET": "GET", b"HEAD": "HEAD"}
_OF_BODIES = frozenset({b"content-length", b"expect", b"transfer-encoding"})
_LINES_MORE = 2  # the first and the empty one
_AT_ONCE = 16  # one in so many idle peers makes room for those who come; looking for it costs less that way
_NOT_LINGERING = struct.pack("ii", 1, 0)


class ServerConfig(Config):
    """uvicorn's configuration and ours."""

    def __init__(
        self,
        app: ASGIApp,
        limits: Limits,
        immediate: Immediate | None,
        note: Note,
        **settings: Any,  # noqa: ANN401 - uvicorn's
    ) -> None:
        super().__init__(app, http=PatientProtocol, **settings)
        self.limits = limits
        self.immediate = immediate
        self.note = note


class PatientProtocol(HttpToolsProtocol):
    """One connection. The parser's callbacks do as uvicorn's, where this class says nothing else."""

    config: ServerConfig
    watch: Watch
    _noting: Noting

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
        self._piece = b""
        self._received = 0
        self._fresh = 0
        self._in_headers = False
        self._has_body = False
        self._has_hung_up = False
        self._common_fields: RawHeaders | None = None
        self._common_head = b""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """A peer has connected."""
        super().connection_made(transport)
        # A peer is waited for until it has taken everything, so that it is known whether an answer got through.
        transport.set_write_buffer_limits(HIGH_WATER_LIMIT, 0)
        self.watch = Watch(self.loop, self._limits, transport, self.let_go)
        self._noting = Noting(self.config.note, self.loop, self.flow, self.client)
        if self.limit_concurrency is not None and len(self.connections) >= self.limit_concurrency:
            self._make_room()

    def connection_lost(self, exc: Exception | None) -> None:
        """The peer is gone, or we have let go of it."""
        self._noting.settle(arrived=exc is None and not self._has_hung_up)
        super().connection_lost(exc)
        self.watch.end()

    def data_received(self, data: bytes) -> None:
        """Parse, and refuse headers without end."""
        self._piece = data
        self._fresh = len(data)
        self._received += self._fresh
        super().data_received(data)
        if self._in_headers and self._received > self._limits.header_bytes:
            self._refuse(too_large())
        self._piece = b""

    def resume_writing(self) -> None:
        """The peer takes bytes again."""
        self.watch.has_taken()
        self._noting.settle(arrived=True)
        super().resume_writing()

    def on_message_begin(self) -> None:
        """The first byte of a request; uvicorn would build here what only some requests need."""
        self.url = b""
        self.headers = []
        self.expect_100_continue = False
        self._has_body = False
        # All bytes of this piece count as the request's, unless it follows a body; where that matters they are counted.
        self._received = self._fresh
        self._fresh = 0
        self._in_headers = True
        self.watch.awaits(Awaited.HEADERS)

    def on_header(self, name: bytes, value: bytes) -> None:
        """One field; nobody wants those behind a body (trailers), which could be without end."""
        if self._in_headers:
            name = name.lower()
            if name in _OF_BODIES:
                self._has_body = True
                self.expect_100_continue |= name == b"expect" and value.lower() == b"100-continue"
            self.headers.append((name, value))

    def on_headers_complete(self) -> None:
        """Answer at once, or start the app."""
        self._in_headers = False
        self.watch.awaited = Awaited.ANSWER
        if self.transport.is_closing():
            return  # after a refusal, more of the same piece
        if self._received > self._limits.header_bytes < sum(len(name) + len(value) for name, value in self.headers):
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
        self._fresh = 0
        if self._is_answering():
            super().on_body(body)
        elif self.watch.awaited is Awaited.REQUEST:
            self.watch.allow_for(len(body))  # refused before it had all come

    def on_message_complete(self) -> None:
        """The end of a body, or of a request without one."""
        if self._is_answering():
            super().on_message_complete()

    def on_response_complete(self) -> None:
        """The app has answered; pipelined requests may follow."""
        super().on_response_complete()
        if self.watch.awaited is Awaited.ANSWER and self.cycle.response_complete:
            self.watch.awaits(Awaited.REQUEST)

    def send_400_response(self, msg: str) -> None:
        """What came is not HTTP."""
        self._refuse(text(400, f"400 Bad Request: {msg}\n", LAST))

    def _start_asgi_task(self, cycle: RequestResponseCycle, app: ASGI3Application) -> None:
        noted = self._noting.through(app, cycle)
        super()._start_asgi_task(cycle, finishing(noted, cycle))

    def _is_answering(self) -> bool:
        """Whether a request is before the app."""
        return self.cycle is not None and not self.cycle.response_complete

    def _answered_at_once(self, immediate: Immediate) -> bool:
        """Whether the request was a plain GET or HEAD whose answer is there."""
        parser = self.parser
        method = _READS.get(parser.get_method())
        if method is None or self._has_body or self._is_answering() or self.flow.write_paused:
            return False
        if not parser.should_keep_alive() or parser.should_upgrade() or self.url[:1] != b"/":
            return False
        path, _, query = self.url.partition(b"?")
        try:
            answer = immediate(method, path, query, self.headers)
        except Exception:  # noqa: BLE001 - the same happens in the app, where it is logged and answered
            return False
        if answer is None:
            return False
        sent = self._write(answer, with_body=method == "GET")
        self._noting.at_once(self._head(method), answer, sent, self.watch.since)
        self.server_state.total_requests += 1
        self.watch.awaits(Awaited.REQUEST)
        return True

    def _write(self, answer: Answer, *, with_body: bool = True) -> int:
        """Send it; returns how many bytes that were."""
        fields = self.server_state.default_headers
        if fields is not self._common_fields:  # uvicorn makes new ones each second, for the date
            self._common_fields = fields
            self._common_head = b"".join(b"%s: %s\r\n" % field for field in fields)
        parts = (STATUS_LINE[answer.status], self._common_head, answer.head, b"\r\n", answer.body if with_body else b"")
        whole = b"".join(parts)
        self.transport.write(whole)
        return len(whole)

    def _head(self, method: str) -> bytes:
        """The request's head: mostly the very piece that came, for that is there."""
        piece = self._piece
        if self._received == len(piece) and piece.count(b"\n") == len(self.headers) + _LINES_MORE:
            return piece
        return head_of(method, self.url, self.parser.get_http_version(), self.headers)

    def _refuse(self, answer: Answer) -> None:
        """Say why and hang up; in the middle of another answer there is no way to say it."""
        if self._is_answering():
            self._hang_up()
        elif not self.transport.is_closing():
            sent = self._write(answer)
            self.transport.close()
            has_begun = self.watch.awaited is not Awaited.REQUEST and self.url.startswith(b"/")
            request = self._head(self.parser.get_method().decode()) if has_begun else b""
            self._noting.at_once(request, answer, sent, self.watch.since)

    def let_go(self) -> None:
        """Wait for the peer no longer."""
        if self.watch.is_peer_stuck or self.transport.is_closing():
            self._hang_up()
        elif self.watch.awaited is Awaited.HEADERS:
            self._refuse(timed_out())
        else:
            self.transport.close()

    def _make_room(self) -> None:
        """Let go of those who were waited for the longest: what they keep open, others need."""
        others = (peer for peer in self.connections if isinstance(peer, PatientProtocol) and peer is not self)
        idle = sorted((peer for peer in others if peer.watch.is_idle), key=lambda peer: peer.watch.since)
        for peer in idle[: len(idle) // _AT_ONCE + 1]:
            peer.let_go()

    def _hang_up(self) -> None:
        """Forget the peer with all that it has not taken; otherwise the kernel would keep that for it."""
        self.transport.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _NOT_LINGERING)
        self._has_hung_up = True
        self.transport.abort()
