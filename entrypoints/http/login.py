"""`/login`, `/login/callback`, `/logout`: the web flow of GitHub, or on one machine a form in its place."""

from collections.abc import Awaitable, Callable, Mapping
from enum import Enum, auto
from http import HTTPStatus
from types import MappingProxyType
from urllib.parse import parse_qs, quote

from attrs import frozen
from starlette.requests import ClientDisconnect, Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from adapters.github.app import GitHubApp
from domain import logins, representations
from domain.github_faults import GitHubFails
from domain.ports.pages import Pages
from domain.refusals import Refused
from domain.site_settings import SiteSettings
from domain.usecases.device_logins import DeviceLogins
from domain.usecases.login_sessions import LoginSessions
from domain.usecases.logins import Attempt, Logins, Person
from domain.views.login_page import LoginForm, LoginProblem
from entrypoints.http.asking import Asking
from entrypoints.http.bodies import body_of
from entrypoints.http.calls import Calls, answering_problems
from entrypoints.http.cookies import Cookies
from entrypoints.http.loopback import is_from_this_machine, is_loopback_url
from entrypoints.http.refusals import again_after, status_of

_ASKING_AT_ONCE = 2
_WAIT_SECONDS = 15.0  # with the longest question, less than half a minute
_LONGEST_FORM = 4096
# The address of such a page may hold a code, which is nobody else's business.
_HEADERS: Mapping[str, str] = MappingProxyType({**dict(representations.PAGE_HEADERS), "Referrer-Policy": "no-referrer"})


class Way(Enum):
    """How people log in."""

    GITHUB = auto()
    LOCAL = auto()
    """Whoever uses this machine says who they are."""
    NONE = auto()


def way_of(app: GitHubApp, base_url: str, *, only_here: bool) -> Way:
    """How people log in to an index.

    Args:
        app: how the index is known at GitHub.
        base_url: its public URL.
        only_here: whether it listens to this machine only.
    """
    if app.is_complete:
        return Way.GITHUB
    # Others may be let in by a server in front, which the public URL then says.
    return Way.LOCAL if only_here and is_loopback_url(base_url) and not app.client_id else Way.NONE


@frozen
class Entrance:
    """What logging in needs of its world.

    Attributes:
        pages: makes what renders, when something is rendered.
        site: what pages show.
        devices: logging in at a command line.
    """

    logins: Logins
    sessions: LoginSessions
    pages: Callable[[], Pages]
    site: SiteSettings
    way: Way
    devices: DeviceLogins


class LoginRoutes:
    """Logs browsers in and out: through GitHub, or by a form where nobody but this machine comes."""

    def __init__(self, entrance: Entrance, cookies: Cookies, calls: Calls) -> None:
        self._entrance = entrance
        self._logins = entrance.logins
        self._sessions = entrance.sessions
        self._cookies = cookies
        self._run = calls.run
        self._asking = Asking(calls, _WAIT_SECONDS, _ASKING_AT_ONCE)

    def routes(self) -> list[Route]:
        """All of it; the form is sent where there is one."""
        routes = [
            Route("/login", self._start, methods=["GET"]),
            Route("/login/callback", self._come_back, methods=["GET"]),
            Route("/logout", answering_problems(self._log_out), methods=["POST"]),
        ]
        if self._entrance.way is Way.LOCAL:
            routes.append(Route("/login", self._take_form, methods=["POST"]))
        return routes

    async def _start(self, request: Request) -> Response:
        way = self._way(request)
        if way is Way.NONE:
            return await self._not_set_up()
        attempt = await self._run(self._logins.start, request.query_params.get("next"))
        if way is Way.GITHUB:
            address = self._logins.github(attempt)
            response: Response = RedirectResponse(address, HTTPStatus.SEE_OTHER)
        else:
            response = await self._run(self._form, attempt)
        self._cookies.start(response, attempt.verifier)
        return response

    async def _come_back(self, request: Request) -> Response:
        query, verifier = request.query_params, self._cookies.verifier(request)

        async def person() -> Person:
            code = logins.check_answer(query.get("error"), query.get("code"))
            return await self._asking.run(self._logins.from_github, code, verifier)

        return await self._finished(request, Way.GITHUB, Attempt(query.get("state", ""), verifier), person)

    async def _take_form(self, request: Request) -> Response:
        try:
            sent = await _form(request)
        except ClientDisconnect:
            return Response(status_code=HTTPStatus.BAD_REQUEST)

        async def person() -> Person:
            return await self._run(self._logins.as_local, sent.get("login", "").strip())

        attempt = Attempt(sent.get("state", ""), self._cookies.verifier(request))
        return await self._finished(request, Way.LOCAL, attempt, person)

    async def _log_out(self, request: Request) -> Response:
        secret = self._cookies.session(request)
        if secret is not None:
            logins.check_own_page(secret, request.headers.get("x-csrf-token"))
            await self._run(self._sessions.end, secret)
        response = RedirectResponse("/", HTTPStatus.SEE_OTHER)
        self._cookies.end(response)
        return response

    async def _finished(
        self, request: Request, way: Way, attempt: Attempt, person: Callable[[], Awaitable[Person]]
    ) -> Response:
        """The person is logged in with the browser, if it has started this attempt."""
        try:
            if self._way(request) is not way:
                raise logins.not_started()
            started = await self._run(self._logins.resume, attempt)
        except Refused as refusal:
            # Others may send a browser here; what it has started itself goes on.
            return await self._refused(refusal, logins.HOME_OF_SUBMITTERS)
        try:
            secret = await self._run(self._sessions.begin, await person())
        except Refused as refusal:
            response = await self._refused(refusal, started.next)
        else:
            if before := self._cookies.session(request):
                await self._run(self._sessions.end, before)
            response = RedirectResponse(started.next, HTTPStatus.SEE_OTHER)
            self._cookies.begin(response, secret)
        self._cookies.forget_start(response)
        return response

    def _way(self, request: Request) -> Way:
        """How this browser logs in: a form that believes everybody is for this machine only."""
        way, version = self._entrance.way, request.scope.get("http_version", "")
        return Way.NONE if way is Way.LOCAL and not is_from_this_machine(version, request.headers) else way

    def _form(self, attempt: Attempt) -> Response:
        page = self._entrance.pages().login(LoginForm(self._entrance.site, attempt.state))
        return Response(page, headers=_HEADERS, media_type="text/html")

    async def _not_set_up(self) -> Response:
        text = "This index knows its submitters by upload tokens only: a login with GitHub is not set up."
        problem = LoginProblem(self._entrance.site, "There is no login here", text, setup=True)
        return await self._run(self._problem, problem, HTTPStatus.SERVICE_UNAVAILABLE)

    async def _refused(self, refusal: Refused, wanted: str) -> Response:
        title = "GitHub does not help" if isinstance(refusal, GitHubFails) else "The login did not work"
        again = f"/login?next={quote(wanted)}"
        problem = LoginProblem(self._entrance.site, title, str(refusal), again)
        response = await self._run(self._problem, problem, status_of(refusal))
        response.headers.update(dict(again_after(refusal)))
        return response

    def _problem(self, problem: LoginProblem, status: HTTPStatus) -> Response:
        return Response(self._entrance.pages().login_problem(problem), status, _HEADERS, "text/html")


async def _form(request: Request) -> Mapping[str, str]:
    """The fields of a small form; none if it is no such form."""
    raw = await body_of(request, _LONGEST_FORM)
    try:
        fields = parse_qs((raw or b"").decode(), max_num_fields=8)
    except ValueError:
        return {}
    return {name: values[0] for name, values in fields.items()}
