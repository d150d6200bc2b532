"""`/api/openapi.json`: what the functions can be asked (RFC 8631 calls it a service description)."""

import hashlib
import json
from http import HTTPStatus

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from entrypoints.http.calls import Calls
from entrypoints.http.conditions import is_known
from infrastructure.version import __version__

PATH = "/api/openapi.json"
LINK = f'<{PATH}>; rel="service-desc"; type="application/json"'
"""What every answer of the API says of it."""

_LIFETIME = "public, max-age=60"


class Description:
    """The route. It is made when it is first asked for: nobody else waits for it.

    Args:
        base_url: public URL of the index.
        session_cookie: the name of the cookie of who is logged in.
        calls: where it is made.
    """

    def __init__(self, base_url: str, session_cookie: str, calls: Calls) -> None:
        self._base_url = base_url
        self._session_cookie = session_cookie
        self._calls = calls
        self._body: bytes | None = None

    def routes(self) -> list[Route]:
        """Its only route."""
        return [Route(PATH, self._answer, methods=["GET"])]

    async def _answer(self, request: Request) -> Response:
        body = await self._calls.run(self._made, request.app.routes)
        etag = f'"{hashlib.sha256(body).hexdigest()[:32]}"'
        headers = {"ETag": etag, "Cache-Control": _LIFETIME}
        known = request.headers.get("if-none-match")
        if known is not None and is_known(known.encode("latin-1"), etag.encode()):
            return Response(status_code=HTTPStatus.NOT_MODIFIED, headers=headers)
        return Response(body, headers=headers, media_type="application/json")

    def _made(self, routes: list[BaseRoute]) -> bytes:
        if self._body is None:
            from entrypoints.http.openapi import document  # noqa: PLC0415 - a first request need not wait for it

            made = document(routes, self._base_url, self._session_cookie, __version__)
            self._body = json.dumps(made, ensure_ascii=False).encode()
        return self._body
