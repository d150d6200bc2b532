"""A browser, as far as logging in needs one: it keeps cookies and sends them, and shows where it is sent."""

from collections.abc import Mapping
from http.cookies import SimpleCookie
from urllib.parse import urlencode

from attrs import define, field

from entrypoints.http.asgi import ASGIApp
from tests.entrypoints.asgi_client import Told, ask


@define
class Browser:
    """One browser with its cookies, at an index with this base URL.

    Attributes:
        jar: cookies by name.
        seen: every header `Set-Cookie` that came.
    """

    app: ASGIApp
    base_url: str = "https://index.test"
    jar: dict[str, str] = field(factory=dict)
    seen: list[str] = field(factory=list)

    def get(self, path: str, **headers: str) -> Told:
        return self._ask("GET", path, headers)

    def send(self, method: str, path: str, body: bytes = b"", **headers: str) -> Told:
        return self._ask(method, path, headers, body)

    def post_form(self, path: str, **fields: str) -> Told:
        return self.send("POST", path, urlencode(fields).encode(), content_type="application/x-www-form-urlencoded")

    @property
    def session(self) -> str:
        """The secret of the session."""
        return self.jar[next(name for name in self.jar if name.endswith("sls_session"))]

    def _ask(self, method: str, path: str, headers: Mapping[str, str], body: bytes = b"") -> Told:
        sent = {name.replace("_", "-"): value for name, value in headers.items()}
        sent.setdefault("host", self.base_url.partition("://")[2])
        if self.jar:
            sent["cookie"] = "; ".join(f"{name}={value}" for name, value in self.jar.items())
        told = ask(self.app, path, sent, method=method, body=body)
        for line in told.cookies:
            self._keep(line)
        return told

    def _keep(self, line: str) -> None:
        """As RFC 6265bis section 5.7 has it, as far as we set any."""
        self.seen.append(line)
        ((name, morsel),) = SimpleCookie(line).items()
        is_secure = self.base_url.startswith("https://")
        assert morsel["path"] == "/"
        assert morsel["samesite"] == "Lax"
        assert not morsel["domain"]
        assert bool(morsel["secure"]) is is_secure
        assert name.startswith("__Host-") is (is_secure and name != "csrf_token")
        assert bool(morsel["httponly"]) is (name != "csrf_token")
        if int(morsel["max-age"]) > 0:
            self.jar[name] = morsel.value
        else:
            self.jar.pop(name, None)
