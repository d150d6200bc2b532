"""Who calls the API: whoever holds a token, or whoever is logged in with this browser."""

from starlette.requests import Request

from domain import logins
from domain.caller import Caller
from domain.usecases.login_sessions import LoginSessions
from domain.usecases.tokens import Tokens
from entrypoints.http.authorization import caller_of
from entrypoints.http.cookies import Cookies

_SAFE = frozenset({"GET", "HEAD", "OPTIONS"})


class Callers:
    """Knows them. A request that says who sends it counts for that, whatever its cookies are."""

    def __init__(self, tokens: Tokens, sessions: LoginSessions, cookies: Cookies) -> None:
        self._tokens = tokens
        self._sessions = sessions
        self._cookies = cookies

    def of(self, request: Request) -> Caller:
        """The account behind the request.

        Raises:
            Unauthenticated: there is none.
            CrossSite: the browser is logged in, but another site may have sent it.
        """
        secret = self._cookies.session(request)
        if secret is None or "authorization" in request.headers:
            return caller_of(request, self._tokens)
        if request.method not in _SAFE:
            logins.check_own_page(secret, request.headers.get("x-csrf-token"))
        return self._sessions.caller(secret)

    def github_token(self, request: Request) -> str | None:
        """For asking GitHub in the caller's name, where they are logged in with their browser and GitHub gave it."""
        secret = self._cookies.session(request)
        if secret is None or "authorization" in request.headers:
            return None
        return self._sessions.github_token(secret)
