"""A machine that takes nothing at the moment: whoever asked may ask again, and is told so."""

import errno
import logging
from http import HTTPStatus

from starlette.requests import Request
from starlette.responses import Response

from entrypoints.http.refusals import problem, told_to_uploader

_FULL = frozenset({errno.ENOSPC, errno.EDQUOT})
_AGAIN = ("Retry-After", "30")


def unavailable(request: Request, error: Exception) -> Response:
    """503 if the disk is full or others do not let go of the same; what else goes wrong goes on.

    Raises:
        OSError: it is for the operator to find out, and nothing that passes.
    """
    match error:
        case OSError(errno=number) if number in _FULL:
            why = "The disk of this index is full. Send it again when its operator has made room."
        case OSError(errno=errno.ETIMEDOUT):
            why = "The index is busy with other changes. Send it again."
        case _:
            raise error
    logging.error("%s %s is answered 503: %s", request.method, request.url.path, error)
    if request.url.path.startswith("/api/"):
        return problem(HTTPStatus.SERVICE_UNAVAILABLE, why, [_AGAIN])
    answer = told_to_uploader(HTTPStatus.SERVICE_UNAVAILABLE, why, request.headers.get("accept", ""))
    answer.headers.append(*_AGAIN)
    return answer
