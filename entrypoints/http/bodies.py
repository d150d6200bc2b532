"""Bodies of requests that are read as a whole."""

from contextlib import aclosing

from starlette.requests import Request


async def body_of(request: Request, most_bytes: int) -> bytes | None:
    """All of it; None if that is too much, of which no more is read.

    Raises:
        ClientDisconnect: it ends too early.
    """
    raw = bytearray()
    async with aclosing(request.stream()) as pieces:
        async for piece in pieces:
            raw += piece
            if len(raw) > most_bytes:
                return None
    return bytes(raw)
