"""The functions behind the static site, as one ASGI application."""

import asyncio
import logging
from collections.abc import Callable
from concurrent.futures import Executor
from http import HTTPStatus
from pathlib import Path

from attrs import field, frozen
from starlette.applications import Starlette
from starlette.datastructures import MutableHeaders
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Match, Route
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from domain import routing
from domain.policy import Bounds
from domain.usecases.eligibility import Eligibility
from domain.usecases.portfolio import Portfolio
from domain.usecases.publishing import Publishing
from domain.usecases.statistics import Statistics
from domain.usecases.submissions import Submissions
from domain.usecases.tokens import Tokens
from domain.usecases.uploads import Uploads
from entrypoints.http import shapes
from entrypoints.http.absent import Absent, shown
from entrypoints.http.answers import Answer
from entrypoints.http.api import Api
from entrypoints.http.asking import Asking
from entrypoints.http.callers import Callers
from entrypoints.http.calls import Calls
from entrypoints.http.cookies import Cookies
from entrypoints.http.description import LINK, Description
from entrypoints.http.device import DeviceRoutes
from entrypoints.http.downloads import DownloadsTable
from entrypoints.http.legacy import Legacy
from entrypoints.http.login import Entrance, LoginRoutes
from entrypoints.http.oidc import OidcRoutes, TrustedPublishing
from entrypoints.http.packages import PackagesList
from entrypoints.http.patience import patiently
from entrypoints.http.publishers import PublisherRoutes
from entrypoints.http.refusals import problem
from entrypoints.http.submissions import SubmissionRoutes
from entrypoints.http.unavailable import unavailable
from entrypoints.http.uploads import UploadSessions
from entrypoints.http.webhook import Webhook


@frozen
class Functions:
    """What the application needs of its world.

    Attributes:
        entrance: logging in.
        trusted_publishing: uploading without a token of this index.
        base_url: public URL of the index, without a slash at its end.
        folder: where uploads are kept while they arrive.
        lag: by how many events and messages pages are behind; raises if the storage cannot be reached.
        upstream: another index's simple URL, for projects that this index never had.
        ever_had: whether the index has or ever had the project of this canonical name.
        legacy_bytes: the largest file that `/legacy/` takes, if that is less than the index takes.
        answer_bytes: how long an answer may be as a JSON string; None if whatever is streamed arrives.
        missing_page: the site's page for what is missing, or None if there is none; None if whoever serves the site
            shows it.
        webhook_secret: with which GitHub signs what it tells of releases; empty if it does not.
    """

    publishing: Publishing
    uploads: Uploads
    tokens: Tokens
    portfolio: Portfolio
    statistics: Statistics
    submissions: Submissions
    eligibility: Eligibility
    entrance: Entrance
    trusted_publishing: TrustedPublishing
    bounds: Bounds
    base_url: str
    folder: Path
    lag: Callable[[], int]
    upstream: str | None
    ever_had: Callable[[str], bool]
    legacy_bytes: int | None = None
    answer_bytes: int | None = None
    missing_page: Callable[[], bytes | None] | None = None
    webhook_secret: str = field(default="", repr=False)


def application(functions: Functions, uploads: Executor, calls: Executor) -> ASGIApp:
    """Everything that is not a static object.

    Args:
        functions: what it needs.
        uploads: runs what blocks in uploads, which may take seconds.
        calls: runs what blocks elsewhere, so that it does not wait behind uploads.
    """
    legacy = Legacy(
        functions.publishing,
        functions.tokens,
        functions.bounds,
        functions.legacy_bytes,
        functions.base_url,
        functions.folder,
        uploads,
    )
    cookies = Cookies(functions.base_url)
    callers = Callers(functions.tokens, functions.entrance.sessions, cookies)
    sessions = UploadSessions(functions.uploads, callers, functions.bounds, functions.folder, uploads)
    made_calls = Calls(callers, calls)
    login = LoginRoutes(functions.entrance, cookies, made_calls)
    asking = Asking(made_calls)
    api = Api(functions.publishing, functions.tokens, made_calls)
    packages = PackagesList(
        functions.portfolio,
        functions.statistics,
        functions.submissions,
        functions.eligibility,
        functions.base_url,
        made_calls,
        asking,
    )
    submissions = SubmissionRoutes(functions.submissions, made_calls, asking)
    webhook = Webhook(functions.submissions, functions.webhook_secret, made_calls, asking)
    trusted = functions.trusted_publishing
    table = DownloadsTable(functions.statistics, made_calls, functions.answer_bytes)

    def missing_page(area: str, _accept_encoding: bytes | None) -> Answer | None:
        page = functions.missing_page and functions.missing_page()
        return None if page is None else shown(page, area)

    absent = Absent(functions.upstream, functions.ever_had, missing_page)

    async def healthz(_: Request) -> Response:
        try:
            lag = await asyncio.get_running_loop().run_in_executor(calls, functions.lag)
        except Exception:
            logging.exception("the storage cannot be reached")
            failing: shapes.Unhealthy = {"status": "failing"}
            return JSONResponse(failing, HTTPStatus.SERVICE_UNAVAILABLE)
        healthy: shapes.Health = {"status": "ok", "lag": lag}
        return JSONResponse(healthy)

    async def missing(request: Request) -> Response:
        key = request.scope["path"].removeprefix("/")
        answer = await asyncio.get_running_loop().run_in_executor(calls, absent.answer, key)
        body = b"" if request.method == "HEAD" else answer.body
        fields = {name.decode(): value.decode() for name, value in answer.headers}
        return Response(body, answer.status, fields)

    async def unrouted(scope: Scope, receive: Receive, send: Send) -> None:
        request = Request(scope, receive)
        if request.method not in {"GET", "HEAD"} or _area(request.scope["path"]) in routing.DYNAMIC:
            raise HTTPException(HTTPStatus.NOT_FOUND)
        await (await missing(request))(scope, receive, send)

    app = Starlette(
        routes=[
            # Without the slash as well: publishers refuse to follow a redirect with the file.
            Route("/legacy", patiently(legacy.upload), methods=["POST"]),
            Route("/legacy/", patiently(legacy.upload), methods=["POST"]),
            Route("/healthz", healthz),
            *Description(functions.base_url, cookies.session_name, made_calls).routes(),
            *packages.routes(),
            *submissions.routes(),
            *webhook.routes(),
            *api.routes(),
            *table.routes(),
            *sessions.routes(),
            *login.routes(),
            *PublisherRoutes(trusted.publishers, made_calls).routes(),
            *OidcRoutes(trusted.minting, functions.base_url, made_calls).routes(),
            *DeviceRoutes(functions.entrance, asking).routes(),
            # The deployed index asks here for what its site has not; `unrouted` takes pages for people.
            Route("/simple/{page:path}", missing),
        ],
        exception_handlers={HTTPException: _no_such_function, OSError: unavailable, Exception: _failed},
    )
    app.router.redirect_slashes = False
    app.router.default = unrouted
    return _Private(app)


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


def _area(path: str) -> str:
    """The first segment of a path."""
    return path.removeprefix("/").partition("/")[0]


def _is_of_the_api(path: str) -> bool:
    return _area(path) == "api"


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
