"""The reason phrase of an answer. twine shows nothing else of a refusal, so a refusal's text has to be in it.

ASGI knows no reason phrase. Here the message `http.response.start` may carry one under the key ``reason``, a str; our
server writes it, others ignore it.
"""

from collections.abc import MutableMapping
from http import HTTPStatus
from typing import Any

from entrypoints.http.asgi import Message, Send

LONGEST_REASON = 200


def with_reason(send: Send, reason: str) -> Send:
    """`send`, giving the answer this reason phrase."""

    async def reasoned(message: Message) -> None:
        if message["type"] == "http.response.start":
            message = {**message, "reason": reason}
        await send(message)

    return reasoned


def status_line(message: MutableMapping[str, Any]) -> bytes:
    """The first line of the answer (RFC 9112 section 4); a reason is one printable line of ISO-8859-1."""
    status = message["status"]
    printable = "".join(c if c.isprintable() else " " for c in message["reason"])
    # 0x80 to 0x9F are controls in ISO-8859-1; isprintable() has refused them already.
    reason = " ".join(printable.split())[:LONGEST_REASON] or HTTPStatus(status).phrase
    return b"HTTP/1.1 %d %s\r\n" % (status, reason.encode("iso-8859-1", "replace"))
