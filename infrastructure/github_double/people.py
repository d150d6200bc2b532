"""Logging in at GitHub on this machine: people, an app, codes, tokens, and what GitHub says when something is wrong."""

import base64
import hashlib
import secrets
import time
from collections.abc import Callable, Mapping
from html import escape
from urllib.parse import parse_qsl, urlencode

from attrs import define, field, frozen

from infrastructure.github_double.answers import Answer, missing, page, query_of, sent, told
from infrastructure.github_double.devices import DEVICE_GRANT, Devices


@frozen
class Granted:
    """What a code stands for."""

    login: str
    challenge: str | None
    redirect_uri: str


@define
class People:
    """Who is there, who sits at the browser, and the app through which they log in elsewhere.

    Attributes:
        at_browser: the login of whoever answers the question whether they agree; None if they do not agree.
        asks: whether there is a page with that question, on which anybody can be chosen; else `at_browser` answers.
        numbers: of people, by login.
        given: every secret that was ever told to anybody, to be looked for where it should not be.
        devices: the logins of command lines.
    """

    client_id: str = "Iv1.double"
    client_secret: str = "the-secret-of-the-app"  # noqa: S105 - of no real app
    callback: str = ""
    at_browser: str | None = "octocat"
    asks: bool = False
    numbers: dict[str, int] = field(factory=lambda: {"octocat": 583231})
    given: list[str] = field(factory=list)
    clock: Callable[[], float] = time.monotonic
    devices: Devices = field(factory=Devices)
    _codes: dict[str, Granted] = field(factory=dict)
    _tokens: dict[str, str] = field(factory=dict)

    def authorize(self, path: str) -> Answer:
        """The page on which somebody agrees."""
        query = query_of(path)
        if query.get("client_id") != self.client_id:
            return missing()
        redirect_uri, state = query.get("redirect_uri", self.callback), query.get("state", "")
        if not redirect_uri.startswith(self.callback):
            return _back(redirect_uri, error="redirect_uri_mismatch", state=state)
        if self.asks and "login" not in query:
            return self._question(path, query)
        login = query["login"] if self.asks else self.at_browser
        if not login:
            return _back(redirect_uri, error="access_denied", state=state)
        if login not in self.numbers:
            return self._question(path, query)
        if query.get("code_challenge_method", "S256") != "S256":
            return _back(redirect_uri, error="invalid_request", state=state)
        code = self._new()
        self._codes[code] = Granted(login, query.get("code_challenge"), redirect_uri)
        return _back(redirect_uri, code=code, state=state)

    def exchange(self, body: bytes, accept: str) -> Answer:
        """A token for a code, or for the code of a device."""
        form = dict(parse_qsl(body.decode()))
        if form.get("client_id") != self.client_id:
            return missing()
        if form.get("grant_type") == DEVICE_GRANT:
            outcome = self.devices.poll(form.get("device_code", ""), self.clock())
            return worded(self._token(outcome) if isinstance(outcome, str) else outcome, accept)
        return worded(self._exchanged(form), accept)

    def _exchanged(self, form: Mapping[str, str]) -> Mapping[str, object]:
        if form.get("client_secret") != self.client_secret:
            return {"error": "incorrect_client_credentials"}
        granted = self._codes.pop(form.get("code", ""), None)
        if granted is None or not _is_verified(granted, form.get("code_verifier", "")):
            return {"error": "bad_verification_code"}
        if form.get("redirect_uri", granted.redirect_uri) != granted.redirect_uri:
            return {"error": "redirect_uri_mismatch"}
        return self._token(granted.login)

    def start_device(self, body: bytes, accept: str, url: str) -> Answer:
        """Codes for a command line."""
        if dict(parse_qsl(body.decode())).get("client_id") != self.client_id:
            return missing()
        device_code = self._new()
        return worded(self.devices.start(device_code, f"{url}/login/device", self.clock()), accept)

    def device_page(self, form: Mapping[str, str]) -> Answer:
        """Where somebody types the code that a command line shows, and says who they are."""
        code = form.get("user_code")
        if code is None or (login := form.get("login")) is None or (login and login not in self.numbers):
            return self._device_form(code or "")
        if not self.devices.decide(code, login or None, self.clock()):
            return self._device_form(code, "There is no such code, or it is too old.")
        return page(f"<h1>{'Done' if login else 'Refused'}</h1>\n<p>You can go back to your command line.")

    def token(self, login: str) -> str:
        """One that works, without any login."""
        token = f"ghu_{self._new()}"
        self._tokens[token] = login
        return token

    def revoke(self, token: str | None = None) -> None:
        """Take back what was given: this token, or all of them."""
        if token is None:
            self._tokens.clear()
        self._tokens.pop(token or "", None)

    def whose(self, authorization: str | None) -> str | None:
        """The login of whoever sent it."""
        kind, _, token = (authorization or "").partition(" ")
        return self._tokens.get(token.strip()) if kind.lower() in {"bearer", "token"} else None

    def is_app(self, authorization: str | None) -> bool:
        """Whether the app itself sent it."""
        expected = base64.b64encode(f"{self.client_id}:{self.client_secret}".encode()).decode()
        return authorization == f"Basic {expected}"

    def _token(self, login: str) -> Mapping[str, object]:
        return {"access_token": self.token(login), "token_type": "bearer", "scope": ""}

    def _new(self) -> str:
        secret = secrets.token_hex(20)
        self.given.append(secret)
        return secret

    def _question(self, path: str, query: Mapping[str, str]) -> Answer:
        kept = "\n".join(_hidden(name, value) for name, value in query.items() if name != "login")
        action = escape(path.partition("?")[0])
        return page(
            "<h1>A sample GitHub on this machine</h1>\n<p>Nothing leaves it. Who are you?\n"
            f'<form action="{action}">\n{kept}\n{self._buttons()}\n</form>'
        )

    def _device_form(self, code: str, wrong: str = "") -> Answer:
        return page(
            "<h1>A command line wants to log in</h1>\n"
            f'{wrong and f"<p role=alert>{wrong}"}\n<form method="post" action="/login/device">\n'
            f'<p><label>Code that it shows: <input name="user_code" value="{escape(code)}" required '
            f'autocomplete="off"></label>\n{self._buttons()}\n</form>'
        )

    def _buttons(self) -> str:
        each = (f'<p><button name="login" value="{escape(login)}">{escape(login)}</button>' for login in self.numbers)
        return "\n".join([*each, '<p><button name="login" value="">Cancel</button>'])


def worded(answer: Mapping[str, object], accept: str) -> Answer:
    """As JSON for whoever says that they take it, as a form for others."""
    if "json" in accept:
        return told(answer)
    return Answer(200, urlencode(answer).encode(), {"Content-Type": "application/x-www-form-urlencoded; charset=utf-8"})


def s256(verifier: str) -> str:
    """RFC 7636 section 4.2."""
    return base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).decode().rstrip("=")


def _is_verified(granted: Granted, verifier: str) -> bool:
    return granted.challenge is None or s256(verifier) == granted.challenge


def _hidden(name: str, value: str) -> str:
    return f'<input type="hidden" name="{escape(name)}" value="{escape(value)}">'


def _back(redirect_uri: str, **query: str) -> Answer:
    return sent(f"{redirect_uri}{'&' if '?' in redirect_uri else '?'}{urlencode(query)}")
