"""The end of the application's routes: what it answers where no function does (`entrypoints.http.absent`)."""

import asyncio
from concurrent.futures import Executor
from http import HTTPStatus

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from starlette.types import Receive, Scope, Send

from domain import routing
from entrypoints.http.absent import Absent, shown
from entrypoints.http.answers import Answer
from entrypoints.http.functions import Functions

_READS = frozenset({"GET", "HEAD"})


class Missing:
    """An ASGI application for the requests that no route takes."""

    def __init__(self, functions: Functions, executor: Executor) -> None:
        self._page = functions.missing_page
        self._absent = Absent(functions.upstream, functions.ever_had, functions.has_page, self._shown)
        self._executor = executor

    def routes(self) -> list[Route]:
        """Missing pages for installers, as the deployed index asks for them here. Others come because no route does."""
        return [Route("/simple/{page:path}", self._answer)]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer it.

        Raises:
            HTTPException: only a function could have answered it.
        """
        request = Request(scope, receive)
        if request.method not in _READS or area_of(scope["path"]) in routing.DYNAMIC:
            raise HTTPException(HTTPStatus.NOT_FOUND)
        await (await self._answer(request))(scope, receive, send)

    async def _answer(self, request: Request) -> Response:
        key = request.scope["path"].removeprefix("/")
        answer = await asyncio.get_running_loop().run_in_executor(self._executor, self._absent.answer, key)
        body = b"" if request.method == "HEAD" else answer.body
        fields = {name.decode(): value.decode() for name, value in answer.headers}
        return Response(body, answer.status, fields)

    def _shown(self, area: str, _accept_encoding: bytes | None) -> Answer | None:
        page = self._page and self._page()
        return None if page is None else shown(page, area)


def area_of(path: str) -> str:
    """The first segment of a path."""
    return path.removeprefix("/").partition("/")[0]
