"""The cookies of a login. They are sent to this origin alone, and with TLS no other can set them (`__Host-`)."""

from datetime import timedelta

from starlette.requests import Request
from starlette.responses import Response

from domain import logins

CSRF_COOKIE = "csrf_token"
"""The one that scripts of this origin read."""
_OVER = timedelta(0)


class Cookies:
    """Reads and sets them.

    Args:
        base_url: public URL of the index, which says whether there is TLS.

    Attributes:
        session_name: of the cookie that a login sets.
    """

    def __init__(self, base_url: str) -> None:
        self._is_secure = base_url.startswith("https://")
        prefix = "__Host-" if self._is_secure else ""
        self.session_name = f"{prefix}sls_session"
        self._attempt = f"{prefix}sls_login"

    def session(self, request: Request) -> str | None:
        """The secret of the session; None if there is none."""
        secret = request.cookies.get(self.session_name)
        return secret if logins.is_session_secret(secret) else None

    def verifier(self, request: Request) -> str:
        """The verifier of the login that this browser has started; empty if there is none."""
        return request.cookies.get(self._attempt, "")

    def start(self, response: Response, verifier: str) -> None:
        """Have the browser remember that it starts a login."""
        self._set(response, self._attempt, verifier, logins.ATTEMPT_LASTS)

    def forget_start(self, response: Response) -> None:
        """Have the browser forget that login."""
        self._set(response, self._attempt, "", _OVER)

    def begin(self, response: Response, secret: str) -> None:
        """Log the browser in."""
        self._set(response, self.session_name, secret, logins.SESSION_LASTS)
        self._set(response, CSRF_COOKIE, logins.csrf_token_of(secret), logins.SESSION_LASTS, readable=True)

    def end(self, response: Response) -> None:
        """Log the browser out."""
        self._set(response, self.session_name, "", _OVER)
        self._set(response, CSRF_COOKIE, "", _OVER, readable=True)

    def _set(self, response: Response, name: str, value: str, lasts: timedelta, *, readable: bool = False) -> None:
        kept = "" if readable else "; HttpOnly"
        secure = "; Secure" if self._is_secure else ""
        age = int(lasts.total_seconds())
        response.headers.append("Set-Cookie", f"{name}={value}; Max-Age={age}; Path=/; SameSite=Lax{kept}{secure}")
