"""What functions answer where neither the site nor a function has anything."""

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
    """As an ASGI application it answers what no route takes."""

    def __init__(self, functions: Functions, executor: Executor) -> None:
        self._page = functions.missing_page
        self._absent = Absent(functions.upstream, functions.ever_had, functions.has_page, self._shown)
        self._executor = executor

    def routes(self) -> list[Route]:
        """The deployed index asks here for what its site has not; pages for people come as no route takes them."""
        return [Route("/simple/{page:path}", self._answer)]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer it.

        Raises:
            HTTPException: it should have been one of a function.
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
