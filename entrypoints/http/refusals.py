"""Status codes of refusals, and how each kind of client reads them."""

import math
from collections.abc import Iterable, Mapping, Sequence
from http import HTTPStatus
from types import MappingProxyType
from typing import Any

from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.types import Receive, Scope, Send

from domain.decider import InvalidReason
from domain.devices import DeviceLoginOver
from domain.file_sizes import FileTooLarge
from domain.github_faults import GitHubFails, GitHubRefuses
from domain.negotiation import takes
from domain.refusals import Invalid, NotAllowed, NotFound, Refused, TooLarge, Unauthenticated
from domain.sources import InvalidRef, InvalidRepository, NotForPublishing
from domain.submission import TooManySubmissions
from domain.upload_form import GoneAction
from domain.usecases.appending import Contended
from entrypoints.http.reasons import with_reason
from entrypoints.http.shapes import Problem, UploadRefused

_NOTHING: Mapping[str, Any] = MappingProxyType({})
_SOON = 30  # seconds; a build takes about so long


class Unprocessable(Refused):
    """The request is understood and cannot be done as it was put."""


# The nearest class in the refusal's own order of bases decides.
STATUS: dict[type[Refused], HTTPStatus] = {
    Invalid: HTTPStatus.BAD_REQUEST,
    TooLarge: HTTPStatus.BAD_REQUEST,
    FileTooLarge: HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
    InvalidReason: HTTPStatus.UNPROCESSABLE_ENTITY,
    InvalidRepository: HTTPStatus.UNPROCESSABLE_ENTITY,
    InvalidRef: HTTPStatus.UNPROCESSABLE_ENTITY,
    NotForPublishing: HTTPStatus.UNPROCESSABLE_ENTITY,
    Unprocessable: HTTPStatus.UNPROCESSABLE_ENTITY,
    Unauthenticated: HTTPStatus.FORBIDDEN,
    NotAllowed: HTTPStatus.FORBIDDEN,
    TooManySubmissions: HTTPStatus.TOO_MANY_REQUESTS,
    NotFound: HTTPStatus.NOT_FOUND,
    DeviceLoginOver: HTTPStatus.GONE,
    GoneAction: HTTPStatus.GONE,
    Contended: HTTPStatus.SERVICE_UNAVAILABLE,
    GitHubFails: HTTPStatus.BAD_GATEWAY,
    GitHubRefuses: HTTPStatus.SERVICE_UNAVAILABLE,
    Refused: HTTPStatus.BAD_REQUEST,
}


def status_of(refusal: Refused) -> HTTPStatus:
    """The code that says why."""
    return status_of_kind(type(refusal))


def status_of_kind(kind: type[Refused]) -> HTTPStatus:
    """The code of every refusal of this class."""
    return next(STATUS[each] for each in kind.__mro__ if each in STATUS)


def again_after(refusal: Refused) -> Sequence[tuple[str, str]]:
    """The header that says in how many seconds it may be otherwise; none if it will not."""
    match refusal:
        case GitHubRefuses():
            seconds = max(1, math.ceil(refusal.wait.total_seconds()))
        case TooManySubmissions():
            seconds = _SOON
        case _:
            return ()
    return [("Retry-After", str(seconds))]


def for_uploader(refusal: Refused, accept: str) -> Response:
    """A refusal as publishers show it."""
    return told_to_uploader(status_of(refusal), str(refusal), accept)


def told_to_uploader(status: HTTPStatus, text: str, accept: str) -> Response:
    """What publishers show: uv reads `code` of JSON, the others read text (or only the reason phrase)."""
    if takes(accept, "application/json"):
        body: UploadRefused = {"message": text, "code": f"{status.value} {text}", "title": status.phrase}
        return JSONResponse(body, status)
    return _TextWithReason(text, status)


class _TextWithReason(PlainTextResponse):
    """One line of text, and the same as the reason phrase."""

    def __init__(self, line: str, status: HTTPStatus) -> None:
        super().__init__(line + "\n", status)
        self._line = line

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await super().__call__(scope, receive, with_reason(send, self._line))


def problem(
    status: HTTPStatus, detail: str, headers: Iterable[tuple[str, str]] = (), more: Mapping[str, Any] = _NOTHING
) -> Response:
    """An error of the API (RFC 9457); `more` is told beside it."""
    body: Problem = {"type": "about:blank", "title": status.phrase, "status": status.value, "detail": detail}
    return JSONResponse({**more, **body}, status, dict(headers), "application/problem+json")
