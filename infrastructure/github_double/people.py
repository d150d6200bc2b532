"""Logging in at GitHub on this machine: people, an app, codes, tokens, and what GitHub says when something is wrong."""

import base64
import hashlib
import json
import secrets
from collections.abc import Mapping
from urllib.parse import parse_qs, urlencode, urlsplit

from attrs import define, field, frozen

JSON = {"Content-Type": "application/json; charset=utf-8"}


@frozen
class Answer:
    """One answer; without a length the connection's end is that of the body."""

    status: int
    body: bytes = b""
    headers: Mapping[str, str] = field(factory=dict)
    told_length: int | None = None


@frozen
class Granted:
    """What a code stands for."""

    login: str
    challenge: str
    redirect_uri: str


@define
class People:
    """Who is there, who sits at the browser, and the app through which they log in elsewhere.

    Attributes:
        at_browser: the login of whoever answers the question whether they agree; None if they do not agree.
        numbers: of people, by login.
        given: every secret that was ever told to anybody, to be looked for where it should not be.
    """

    client_id: str = "Iv1.double"
    client_secret: str = "the-secret-of-the-app"  # noqa: S105 - of no real app
    callback: str = ""
    at_browser: str | None = "octocat"
    numbers: dict[str, int] = field(factory=lambda: {"octocat": 583231})
    given: list[str] = field(factory=list)
    _codes: dict[str, Granted] = field(factory=dict)
    _tokens: dict[str, str] = field(factory=dict)

    def authorize(self, path: str) -> Answer:
        """The page on which somebody agrees, who does so at once."""
        query = {name: values[0] for name, values in parse_qs(urlsplit(path).query).items()}
        if query.get("client_id") != self.client_id:
            return Answer(404, b"no such app")
        redirect_uri = query["redirect_uri"]
        if not redirect_uri.startswith(self.callback):
            return _sent(redirect_uri, error="redirect_uri_mismatch", state=query["state"])
        if self.at_browser is None:
            return _sent(redirect_uri, error="access_denied", state=query["state"])
        assert query["code_challenge_method"] == "S256"
        assert "scope" not in query
        code = self._new()
        self._codes[code] = Granted(self.at_browser, query["code_challenge"], redirect_uri)
        return _sent(redirect_uri, code=code, state=query["state"])

    def exchange(self, body: bytes, accept: str) -> Answer:
        """A token for a code."""
        assert accept == "application/json"
        form = {name: values[0] for name, values in parse_qs(body.decode()).items()}
        if form.get("client_id") != self.client_id:
            return Answer(404, b"{}", JSON)
        if form.get("client_secret") != self.client_secret:
            return _told({"error": "incorrect_client_credentials"})
        granted = self._codes.pop(form.get("code", ""), None)
        if granted is None or s256(form.get("code_verifier", "")) != granted.challenge:
            return _told({"error": "bad_verification_code"})
        if form.get("redirect_uri") != granted.redirect_uri:
            return _told({"error": "redirect_uri_mismatch"})
        token = self._new()
        self._tokens[token] = granted.login
        return _told({"access_token": token, "token_type": "bearer", "scope": ""})

    def user(self, authorization: str | None) -> Answer:
        """Whose token it is."""
        login = self._tokens.get((authorization or "").removeprefix("Bearer "))
        if login is None:
            return Answer(401, b'{"message": "Bad credentials"}', JSON)
        return _told({"login": login, "id": self.numbers[login], "type": "User", "name": None})

    def _new(self) -> str:
        secret = secrets.token_hex(20)
        self.given.append(secret)
        return secret


def s256(verifier: str) -> str:
    """RFC 7636 section 4.2."""
    return base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).decode().rstrip("=")


def _sent(redirect_uri: str, **query: str) -> Answer:
    return Answer(302, b"", {"Location": f"{redirect_uri}?{urlencode(query)}"})


def _told(told: Mapping[str, object]) -> Answer:
    return Answer(200, json.dumps(told).encode(), JSON)
