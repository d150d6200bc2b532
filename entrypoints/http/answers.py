"""Whole answers, made once and sent often."""

from collections.abc import Iterable

from entrypoints.http.asgi import RawHeaders, Send

NO_BODY = frozenset({204, 304})


class Answer:
    """A status, header fields and a body; `head` is the fields as they go over the wire (RFC 9112 section 5).

    A plain class with slots: one is looked at for every request.
    """

    __slots__ = ("body", "head", "headers", "status")

    def __init__(self, status: int, headers: Iterable[tuple[str, str]], body: bytes = b"") -> None:
        length = () if status in NO_BODY else (("Content-Length", str(len(body))),)
        self.status = status
        self.body = body
        self.headers: RawHeaders = [(name.lower().encode(), value.encode()) for name, value in (*headers, *length)]
        self.head = b"".join(b"%s: %s\r\n" % field for field in self.headers)

    async def send(self, send: Send, *, with_body: bool = True) -> None:
        """Answer an ASGI request."""
        await send({"type": "http.response.start", "status": self.status, "headers": self.headers})
        await send({"type": "http.response.body", "body": self.body if with_body else b""})


def text(status: int, body: str, headers: Iterable[tuple[str, str]]) -> Answer:
    """An answer in a line of plain text."""
    return Answer(status, (("Content-Type", "text/plain; charset=utf-8"), *headers), body.encode())
