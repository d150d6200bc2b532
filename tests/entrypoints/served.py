"""A server with short patience, as a program: SITE, seconds of patience, seconds of grace, and a folder for its log."""

import asyncio
import sys
from pathlib import Path

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

from adapters.local.log_writer import LogWriter
from entrypoints.http.answers import text
from entrypoints.http.asgi import Message, Receive, Scope, Send
from entrypoints.http.interim import WAITING, takes_interim_answers
from entrypoints.http.limits import Limits
from entrypoints.http.patience import patiently
from entrypoints.http.reading import Reading
from entrypoints.http.reasons import with_reason
from entrypoints.http.server import listen, run

NOSNIFF = ("X-Content-Type-Options", "nosniff")


async def functions(scope: Scope, receive: Receive, send: Send) -> None:
    """Answers that real functions give, and faults that they should not have."""
    match scope["path"]:
        case "/legacy/":
            size, more = 0, True
            while more:
                message = await receive()
                size += len(message.get("body", b""))
                more = message.get("more_body", False)
            reason = f"File already exists ({size} bytes): Zoë ✓\r\nInjected: 1\x85" + "x" * 500
            await text(400, f"{size}\n", ()).send(with_reason(send, reason))
        case "/api/early":
            await text(403, "no\n", (NOSNIFF,)).send(send)
        case "/api/plain":
            await text(200, "ok\n", ()).send(with_reason(send, ""))
        case "/api/slow":
            await receive()  # whoever expects 100 Continue is told that it is in work
            await asyncio.sleep(0.6)
            await text(200, "slow\n", ()).send(send)
        case "/api/patient":
            await _patient(scope, receive, send)
        case "/api/hung":
            await receive()
            await asyncio.sleep(3600)
        case "/api/half":
            headers = [(b"content-length", b"10")]
            await send({"type": "http.response.start", "status": 200, "headers": headers})
            await send({"type": "http.response.body", "body": b"half", "more_body": True})
            raise RuntimeError("half an answer")
        case _:
            raise RuntimeError("a fault in a function")


async def _patient(scope: Scope, receive: Receive, send: Send) -> None:
    """An answer after so many interim ones as the query says, or five; at once if there are none."""
    left, enough = int(scope["query_string"] or 5), asyncio.Event()

    async def counted(message: Message) -> None:
        nonlocal left
        await send(message)
        left -= message["type"] == WAITING
        if not left:
            enough.set()

    async def made(request: Request) -> Response:
        size = len(await request.body())
        if takes_interim_answers(scope):
            await enough.wait()
        return PlainTextResponse(f"{size}\n")

    await (await patiently(made, 0.1)(Request(scope, receive)))(scope, receive, counted)


def main() -> None:
    """Serve."""
    site, patience, grace = Path(sys.argv[1]), float(sys.argv[2]), int(sys.argv[3])
    # Whoever has connected may need some time until it says something.
    limits = Limits(headers=patience, body=patience, idle=patience * 5, writing=patience, header_bytes=8192)
    reading = Reading(site, None, lambda _: False, functions)

    def ready(url: str) -> None:
        sys.stdout.write(f"{url}\n")
        sys.stdout.flush()

    with LogWriter(Path(sys.argv[4])).running() as log:
        run(
            reading,
            listen("127.0.0.1", 0),
            ready,
            immediate=reading.immediate,
            note=log.note,
            limits=limits,
            grace=grace,
        )
    sys.stdout.write("stopped\n")


if __name__ == "__main__":
    main()
