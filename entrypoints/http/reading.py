"""The reading side: everything static, without a framework between the socket and the file."""

from collections.abc import Callable
from functools import lru_cache
from pathlib import Path
from urllib.parse import quote

from domain import negotiation, representations, routing
from entrypoints.http.absent import Absent
from entrypoints.http.answers import Answer, text
from entrypoints.http.asgi import ASGIApp, RawHeaders, Receive, Scope, Send
from entrypoints.http.site_files import open_file, send_file
from entrypoints.http.site_pages import PageCache, TooBig

_ROUTES_KEPT = 16_384
_LONGEST_KEPT = 512  # characters of path, query and Accept together: nobody fills the memory with inventions

_FORMS = ", ".join(offer.content_type for offer in negotiation.OFFERS)


class Reading:
    """An ASGI app that answers from the site's files and leaves the rest to functions.

    Args:
        site: the directory of the static objects; keys are paths in it.
        upstream: another index's simple URL, for projects that this index never had.
        ever_had: whether the index has or ever had the project of this canonical name.
        dynamic: answers everything that is not static.
    """

    def __init__(self, site: Path, upstream: str | None, ever_had: Callable[[str], bool], dynamic: ASGIApp) -> None:
        self._site = site
        self._pages = PageCache(site)
        self._absent = Absent(upstream, ever_had, lambda key: (site / key).is_file(), self._missing_page)
        self._dynamic = dynamic

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http":
            await self._dynamic(scope, receive, send)
            return
        method, headers = scope["method"], scope["headers"]
        path = scope.get("raw_path") or quote(scope["path"]).encode()
        found = self._found(method, path, scope["query_string"], headers)
        if isinstance(found, Answer):
            await found.send(send, with_body=method != "HEAD")
        elif found is None:
            await self._dynamic(scope, receive, send)
        else:
            await self._send_file(found.key, method, headers, send)

    def immediate(self, method: str, path: bytes, query: bytes, headers: RawHeaders) -> Answer | None:
        """The answer to a GET or HEAD that is there without waiting; None if the request has to go through the app.

        Files always go through it, so that whatever counts downloads around it sees them.
        """
        found = self._found(method, path, query, headers)
        return found if isinstance(found, Answer) and not path.startswith(b"/packages/") else None

    def _found(
        self, method: str, path: bytes, query: bytes, headers: RawHeaders
    ) -> Answer | routing.ServeObject | None:
        """An answer, an object to stream, or None for a function."""
        accept = known = coding = None
        for name, value in headers:
            if name == b"accept":
                accept = value if accept is None else accept + b"," + value
            elif name == b"if-none-match":
                known = value if known is None else known + b"," + value
            elif name == b"accept-encoding":
                coding = value
        route = _route(method, path, query, accept)
        if type(route) is routing.ServeObject:
            return self._object(route, known, coding)
        if type(route) is routing.NotFound:
            return self._absent.nowhere(method, _area(path), coding)
        return None if type(route) is routing.Dynamic else _answer(route, path)

    def _object(
        self, route: routing.ServeObject, known: bytes | None, coding: bytes | None
    ) -> Answer | routing.ServeObject:
        """A page from memory, or the file to stream."""
        if route.key.startswith("packages/"):
            return route
        try:
            return self._pages.answer(route.key, known, coding) or self._absent.answer(route.key, coding)
        except TooBig:
            return route

    def _missing_page(self, _area: str, coding: bytes | None) -> Answer | None:
        """The site's page for what is missing. Nobody has it already, as a 404 has no condition to meet."""
        try:
            return self._pages.answer(routing.NOT_FOUND_PAGE, None, coding)
        except TooBig:
            return None

    async def _send_file(self, key: str, method: str, headers: RawHeaders, send: Send) -> None:
        """A file of any size; `send` may fail too, so only opening it tells that it is missing."""
        try:
            file = open_file(f"{self._site}/{key}", key)
        except FileNotFoundError:
            await self._absent.answer(key).send(send, with_body=method != "HEAD")
        else:
            await send_file(file, method, headers, send)


def _route(method: str, path: bytes, query: bytes, accept: bytes | None) -> routing.Route:
    if len(path) + len(query) + len(accept or b"") > _LONGEST_KEPT:
        return _decoded_route(method, path, query, accept)
    return _kept_route(method, path, query, accept)


def _decoded_route(method: str, path: bytes, query: bytes, accept: bytes | None) -> routing.Route:
    decoded = None if accept is None else accept.decode("latin-1")
    return routing.route(method, path.decode("latin-1"), query.decode("latin-1"), decoded)


_kept_route = lru_cache(maxsize=_ROUTES_KEPT)(_decoded_route)


def _answer(route: routing.Route, path: bytes) -> Answer:
    """What is said where no object is served."""
    match route:
        case routing.Redirect(location, status):
            return text(status, "", (("Location", location), *representations.elsewhere(_area(location.encode()))))
        case routing.NotAcceptable(area):
            body = f"406 Not Acceptable: this page exists as {_FORMS}.\n"
            return text(406, body, representations.missing(area))
        case routing.MethodNotAllowed(allow):
            body = "405 Method Not Allowed: this address can only be read. Uploads go to /legacy/.\n"
            return text(405, body, (("Allow", allow), *representations.missing(_area(path))))
        case routing.Preflight(area):
            return Answer(204, representations.preflight(area))
        case _:
            raise AssertionError(route)


def _area(path: bytes) -> str:
    """The first segment of a path."""
    return path[1:].partition(b"/")[0].decode("latin-1")
