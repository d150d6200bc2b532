"""The reason phrase of an answer. twine shows nothing else of a refusal, so a refusal's text has to be in it.

ASGI knows no reason phrase. Here the message `http.response.start` may carry one under the key ``reason``, a str; our
own server writes it, others ignore it.
"""

from http import HTTPStatus

from entrypoints.http.asgi import Message, Send

LONGEST_REASON = 200


def with_reason(send: Send, reason: str) -> Send:
    """`send`, giving the answer this reason phrase."""

    async def reasoned(message: Message) -> None:
        await send({**message, "reason": reason} if message["type"] == "http.response.start" else message)

    return reasoned


def status_line(status: int, reason: str) -> bytes:
    """The first line of an answer (RFC 9112 section 4); the reason becomes one printable line of ISO-8859-1."""
    printable = "".join(character if character.isprintable() else " " for character in reason)
    phrase = " ".join(printable.split())[:LONGEST_REASON] or HTTPStatus(status).phrase
    return b"HTTP/1.1 %d %s\r\n" % (status, phrase.encode("iso-8859-1", "replace"))
