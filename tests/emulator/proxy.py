"""An HTTP port in front of an emulated distribution, so that clients can reach it without its name or TLS."""

import asyncio
import threading
import time
from collections.abc import AsyncIterator, Callable

import httpx2
import uvicorn
from attrs import frozen
from starlette.types import Receive, Scope, Send

START_SECONDS = 60
# What belongs to one connection and not to the message.
HOP_BY_HOP = {b"connection", b"keep-alive", b"transfer-encoding", b"te", b"upgrade", b"proxy-connection"}


@frozen
class Seen:
    """A request and its answer, as far as CloudFront's access log tells of it.

    Attributes:
        path: percent-encoded, as it was sent.
        agent: the user agent; empty if there was none.
    """

    method: str
    path: str
    status: int
    agent: str


async def sent_by(receive: Receive) -> AsyncIterator[bytes]:
    """The request's body, as it comes."""
    more = True
    while more:
        message = await receive()
        more = message.get("more_body", False)
        if message.get("body"):
            yield message["body"]


class Front:
    """Passes every request on as CloudFront would receive it: over TLS, under the distribution's name.

    Attributes:
        url: where it listens; no slash at the end.
    """

    def __init__(self, emulator: str, domain: str, log: Callable[[Seen], None]) -> None:
        self._emulator = emulator
        self._log = log
        self._domain = domain.encode()
        config = uvicorn.Config(
            self.answer,
            interface="asgi3",
            host="127.0.0.1",
            port=0,
            log_level="warning",
            lifespan="off",
            proxy_headers=False,
            server_header=False,
            date_header=False,
        )
        self._server = uvicorn.Server(config)
        self._thread = threading.Thread(target=lambda: asyncio.run(self._server.serve()), daemon=True)
        self._thread.start()
        self.url = self._listening()

    def _listening(self) -> str:
        deadline = time.monotonic() + START_SECONDS
        while not self._server.started:
            if time.monotonic() > deadline or not self._thread.is_alive():
                raise TimeoutError("the port in front of the distribution did not open")
            time.sleep(0.01)
        port = self._server.servers[0].sockets[0].getsockname()[1]
        return f"http://127.0.0.1:{port}"

    def close(self) -> None:
        """Stop listening."""
        self._server.should_exit = True
        self._thread.join(START_SECONDS)

    async def answer(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One request (ASGI)."""
        headers = [(name, value) for name, value in scope["headers"] if name not in HOP_BY_HOP | {b"host"}]
        chunked = any(name == b"transfer-encoding" for name, _ in scope["headers"])
        has_body = chunked or any(name == b"content-length" for name, _ in scope["headers"])
        query = b"?" + scope["query_string"] if scope["query_string"] else b""
        request = httpx2.Request(
            scope["method"],
            httpx2.URL(self._emulator).copy_with(raw_path=scope["raw_path"] + query),
            headers=[(b"host", self._domain), (b"x-forwarded-proto", b"https"), *headers],
            content=sent_by(receive) if has_body else None,
        )
        async with httpx2.AsyncClient(trust_env=False, timeout=120) as client:
            answer = await client.send(request, stream=True)
            kept = [(name, self._here(name, value)) for name, value in answer.headers.raw]
            kept = [(name, value) for name, value in kept if name.lower() not in HOP_BY_HOP]
            await send({"type": "http.response.start", "status": answer.status_code, "headers": kept})
            async for chunk in answer.aiter_raw():
                await send({"type": "http.response.body", "body": chunk, "more_body": True})
            await send({"type": "http.response.body", "body": b""})
            await answer.aclose()
        agent = dict(scope["headers"]).get(b"user-agent", b"").decode("latin-1")
        self._log(Seen(scope["method"], scope["raw_path"].decode("ascii"), answer.status_code, agent))

    def _here(self, name: bytes, value: bytes) -> bytes:
        """A redirect to the distribution leads back here."""
        if name.lower() != b"location":
            return value
        return value.replace(b"https://" + self._domain, self.url.encode(), 1)
