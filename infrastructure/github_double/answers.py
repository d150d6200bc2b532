"""What is answered over HTTP, as GitHub words it."""

import hashlib
import json
from collections.abc import Callable, Mapping
from http import HTTPStatus
from types import MappingProxyType
from urllib.parse import parse_qsl, urlencode, urlsplit

from attrs import evolve, field, frozen

JSON: Mapping[str, str] = MappingProxyType({"Content-Type": "application/json; charset=utf-8"})
_DOCS = "https://docs.github.com/rest"
_A_PAGE, _LARGEST_PAGE = 30, 100


@frozen
class Answer:
    """One answer.

    Attributes:
        told_length: what is said of the body's length where that is not the truth; the connection then ends with it.
        is_chunked: it comes without a length.
    """

    status: int
    body: bytes = b""
    headers: Mapping[str, str] = field(factory=dict)
    told_length: int | None = None
    is_chunked: bool = False


def told(value: object, status: int = HTTPStatus.OK, headers: Mapping[str, str] | None = None) -> Answer:
    """JSON."""
    return Answer(status, json.dumps(value).encode(), {**JSON, **(headers or {})})


def problem(status: HTTPStatus, message: str) -> Answer:
    """A refusal of the API."""
    return told({"message": message, "documentation_url": _DOCS, "status": str(status.value)}, status)


def missing() -> Answer:
    """There is no such thing, or not for you."""
    return problem(HTTPStatus.NOT_FOUND, "Not Found")


def sent(location: str, status: HTTPStatus = HTTPStatus.FOUND) -> Answer:
    """Elsewhere."""
    return Answer(status, b"", {"Location": location, "Content-Type": "text/html;charset=utf-8"})


def page(html: str, status: HTTPStatus = HTTPStatus.OK) -> Answer:
    """Something for people."""
    text = (
        '<!doctype html>\n<html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width">'
        f'<meta name="color-scheme" content="light dark"><title>Sample GitHub</title>\n<main>\n{html}\n</main>'
    )
    headers = {"Content-Type": "text/html; charset=utf-8", "Cache-Control": "no-store"}
    return Answer(status, text.encode(), {**headers, "Content-Security-Policy": "default-src 'none'"})


def conditional(answer: Answer, condition: str | None) -> Answer:
    """With a validator; without a body if the other side has it."""
    if answer.status != HTTPStatus.OK:
        return answer
    etag = f'W/"{hashlib.sha256(answer.body + answer.headers.get("Link", "").encode()).hexdigest()}"'
    if condition is not None and etag in (each.strip() for each in condition.split(",")):
        return Answer(HTTPStatus.NOT_MODIFIED, b"", {"ETag": etag})
    return evolve(answer, headers={**answer.headers, "ETag": etag, "Cache-Control": "private, max-age=60"})


def query_of(path: str) -> dict[str, str]:
    """The first value of each parameter."""
    return dict(reversed(parse_qsl(urlsplit(path).query, keep_blank_values=True)))


def paged(url: str, count: int, item: Callable[[int], object]) -> Answer:
    """A page of a list of so many things, and where the others are.

    Args:
        url: that was asked for, with `page` and `per_page` if they were given.
        count: how many things there are.
        item: makes one of them, by its number from 0.
    """
    query = query_of(url)
    size = min(_number(query.get("per_page"), _A_PAGE), _LARGEST_PAGE)
    here, last = _number(query.get("page"), 1), max(1, -(-count // size))
    neighbours = {"prev": here - 1, "next": here + 1, "last": last, "first": 1}
    if here >= last:
        del neighbours["next"], neighbours["last"]
    if here == 1:
        del neighbours["prev"], neighbours["first"]
    root = url.partition("?")[0]
    links = [f'<{root}?{urlencode({**query, "page": n})}>; rel="{name}"' for name, n in neighbours.items()]
    things = [item(number) for number in range((here - 1) * size, min(here * size, count))]
    return told(things, headers={"Link": ", ".join(links)} if links else {})


def _number(text: str | None, default: int) -> int:
    return int(text) if text and text.isdecimal() and int(text) > 0 else default
