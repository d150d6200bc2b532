"""The functions behind the static site, as one ASGI application."""

from collections.abc import Sequence
from concurrent.futures import Executor
from http import HTTPStatus

from starlette.applications import Starlette
from starlette.datastructures import MutableHeaders
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Match, Route
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from entrypoints.http.api import Api
from entrypoints.http.asking import Asking
from entrypoints.http.callers import Callers
from entrypoints.http.calls import Calls
from entrypoints.http.cookies import Cookies
from entrypoints.http.description import LINK, Description
from entrypoints.http.device import DeviceRoutes
from entrypoints.http.downloads import DownloadsTable
from entrypoints.http.functions import Functions
from entrypoints.http.health import Health
from entrypoints.http.legacy import Legacy
from entrypoints.http.login import LoginRoutes
from entrypoints.http.missing import Missing, area_of
from entrypoints.http.oidc import OidcRoutes
from entrypoints.http.packages import PackagesList
from entrypoints.http.publishers import PublisherRoutes
from entrypoints.http.refusals import problem
from entrypoints.http.submissions import SubmissionRoutes
from entrypoints.http.unavailable import unavailable
from entrypoints.http.uploads import UploadSessions
from entrypoints.http.webhook import Webhook


def application(functions: Functions, uploads: Executor, calls: Executor) -> ASGIApp:
    """Everything that is not a static object.

    Args:
        functions: what it needs.
        uploads: runs what blocks in uploads, which may take seconds.
        calls: runs what blocks elsewhere, so that it does not wait behind uploads.
    """
    missing = Missing(functions, calls)
    app = Starlette(
        routes=[*_of_uploads(functions, uploads), *_of_calls(functions, calls), *missing.routes()],
        exception_handlers={HTTPException: _no_such_function, OSError: unavailable, Exception: _failed},
    )
    app.router.redirect_slashes = False
    app.router.default = missing
    return _Private(app)


def _of_uploads(functions: Functions, executor: Executor) -> Sequence[Route]:
    """Where files arrive."""
    legacy = Legacy(
        functions.publishing,
        functions.tokens,
        functions.bounds,
        functions.legacy_bytes,
        functions.base_url,
        functions.folder,
        executor,
    )
    callers = Callers(functions.tokens, functions.entrance.sessions, Cookies(functions.base_url))
    sessions = UploadSessions(functions.uploads, callers, functions.bounds, functions.folder, executor)
    return [*legacy.routes(), *sessions.routes()]


def _of_calls(functions: Functions, executor: Executor) -> Sequence[Route]:
    """Where no file arrives."""
    base_url = functions.base_url
    cookies = Cookies(base_url)
    calls = Calls(Callers(functions.tokens, functions.entrance.sessions, cookies), executor)
    asking = Asking(calls)
    packages = PackagesList(
        functions.portfolio,
        functions.statistics,
        functions.submissions,
        functions.eligibility,
        base_url,
        calls,
        asking,
    )
    trusted = functions.trusted_publishing
    return [
        *Health(functions.lag, executor).routes(),
        *Description(base_url, cookies.session_name, calls).routes(),
        *packages.routes(),
        *SubmissionRoutes(functions.submissions, calls, asking).routes(),
        *Webhook(functions.submissions, functions.webhook_secret, calls, asking).routes(),
        *Api(functions.publishing, functions.tokens, calls).routes(),
        *DownloadsTable(functions.statistics, calls, functions.answer_bytes).routes(),
        *LoginRoutes(functions.entrance, cookies, calls).routes(),
        *PublisherRoutes(trusted.publishers, calls, asking).routes(),
        *OidcRoutes(trusted.minting, base_url, calls).routes(),
        *DeviceRoutes(functions.entrance, asking).routes(),
    ]


class _Private:
    """Answers of functions are nobody's to keep or to guess at."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def send_private(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                headers.setdefault("Cache-Control", "no-store")
                headers["X-Content-Type-Options"] = "nosniff"
                if _is_of_the_api(scope["path"]):
                    headers["Link"] = LINK
            await send(message)

        await self._app(scope, receive, send_private)


def _is_of_the_api(path: str) -> bool:
    return area_of(path) == "api"


def _no_such_function(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)  # noqa: S101 - Starlette calls it for nothing else
    status = HTTPStatus(error.status_code)
    headers = dict(error.headers or {})
    if status is HTTPStatus.METHOD_NOT_ALLOWED:
        headers["Allow"] = _allowed(request)
    if _is_of_the_api(request.scope["path"]):
        return problem(status, status.description or status.phrase, headers.items())
    return PlainTextResponse(f"{status.value} {status.phrase}\n", status, headers)


def _allowed(request: Request) -> str:
    """The methods of all routes with this path; Starlette knows those of the first only (RFC 9110 section 10.2.1)."""
    routes = (route for route in request.app.routes if isinstance(route, Route))
    matching = (route for route in routes if route.matches(request.scope)[0] is not Match.NONE)
    return ", ".join(sorted({method for route in matching for method in route.methods or ()}))


def _failed(request: Request, _: Exception) -> Response:
    status = HTTPStatus.INTERNAL_SERVER_ERROR
    detail = "The index failed at this; its operator finds the reason in the log. Nothing that was confirmed is lost."
    if _is_of_the_api(request.scope["path"]):
        return problem(status, detail)
    return PlainTextResponse(detail + "\n", status)
