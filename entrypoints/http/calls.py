"""Calls of the API: who calls, with which body, and what is answered to whom the model refuses something."""

import asyncio
import json
from collections.abc import Awaitable, Callable, Mapping
from concurrent.futures import Executor
from http import HTTPStatus
from typing import Any, ParamSpec, TypeVar

from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response

from domain.caller import Caller
from domain.refusals import Refused, Unauthenticated
from entrypoints.http.bodies import body_of
from entrypoints.http.callers import Callers
from entrypoints.http.refusals import Unprocessable, again_after, problem, status_of_kind

_LONGEST_BODY = 64 * 1024

P = ParamSpec("P")
T = TypeVar("T")
Body = Mapping[str, Any]
Act = Callable[[Caller, Mapping[str, str], Body], Response]
Endpoint = Callable[[Request], Awaitable[Response]]


class WrongBody(Unprocessable):
    """The request's body is not what this needs."""


class Calls:
    """Makes endpoints. Use cases run in `executor`, so that readers are served meanwhile.

    Args:
        callers: knows who calls.
        executor: runs what may wait.
        uploads: whether these calls upload, so that a credential for nothing else will do.
    """

    def __init__(self, callers: Callers, executor: Executor, *, uploads: bool = False) -> None:
        self._callers = callers
        self._executor = executor
        self._uploads = uploads

    def endpoint(self, act: Act, *, with_body: bool = False) -> Endpoint:
        """An endpoint that does `act` with its caller, the parameters of its path, and its JSON body if it has one."""

        async def answer(request: Request) -> Response:
            caller = await self.caller(request)
            body = await json_body(request) if with_body else {}
            return await self.run(act, caller, request.path_params, body)

        return answering_problems(answer)

    async def caller(self, request: Request) -> Caller:
        """Who sends the request.

        Raises:
            Unauthenticated: nobody.
            CrossSite: maybe not the person whose browser it comes from.
            ForUploadsOnly: somebody whose credential is not for this.
        """
        caller = await self.run(self._callers.of, request)
        if not self._uploads:
            caller.check_not_uploads_only()
        return caller

    async def github_token(self, request: Request) -> str | None:
        """For asking GitHub in the name of whoever sends the request; None if they gave this index none."""
        return await self.run(self._callers.github_token, request)

    async def run(self, act: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """What `act` returns, which may wait."""
        return await asyncio.get_running_loop().run_in_executor(self._executor, lambda: act(*args, **kwargs))


def status_for_caller(kind: type[Refused]) -> HTTPStatus:
    """The code of refusals of this class. Publishing clients ask for a password at 401, callers of the API have to."""
    return HTTPStatus.UNAUTHORIZED if issubclass(kind, Unauthenticated) else status_of_kind(kind)


def answering_problems(endpoint: Endpoint) -> Endpoint:
    """The endpoint, with refusals answered as `application/problem+json` (RFC 9457)."""

    async def answer(request: Request) -> Response:
        try:
            return await endpoint(request)
        except Refused as refusal:
            status = status_for_caller(type(refusal))
            asked = [("WWW-Authenticate", "Bearer")] if status is HTTPStatus.UNAUTHORIZED else []
            return problem(status, str(refusal), [*asked, *again_after(refusal)])
        except ClientDisconnect:
            return problem(HTTPStatus.BAD_REQUEST, "The request ended before its body did.")

    return answer


async def json_body(request: Request) -> Body:
    """The JSON object that is sent.

    Raises:
        WrongBody: it is none, or too long.
    """
    raw = await body_of(request, _LONGEST_BODY)
    if raw is None:
        raise WrongBody(f"The body is longer than {_LONGEST_BODY} bytes.")
    try:
        body = json.loads(raw)
    except (ValueError, RecursionError):
        raise WrongBody("The body is not JSON.") from None
    if not isinstance(body, dict):
        raise WrongBody("The body is not a JSON object.")
    return body
