"""The Identities of GitHub, by its web flow and its device flow for GitHub Apps and OAuth Apps, without any scope.

The code is exchanged for a token, and the token is asked whose it is.
"""

import re
import threading
from collections.abc import Callable
from contextlib import closing
from datetime import datetime
from http import HTTPStatus
from typing import TypeVar
from urllib.parse import urlencode

from adapters.github import devices
from adapters.github.app import GitHubApp
from adapters.github.patience import Unanswered, in_time
from adapters.github.rest import Reply, Rest
from adapters.github.values import fault_of_the_app, is_login, json_object, refused_until
from domain.ports.identities import DeviceAnswer, DeviceOffer, Identified, Identity, Unknown
from domain.ports.repositories import RateLimited, Silent

_TOKEN_PATH = "/login/oauth/access_token"  # noqa: S105 - a path
_SECONDS = 10.0
# Logins wait for themselves only, whatever else GitHub is asked.
_PLACES = threading.BoundedSemaphore(16)
_TOKEN = re.compile(r"[A-Za-z0-9._~+/=-]{1,1024}", re.ASCII)
_MOST = 2**63

T = TypeVar("T")


class GitHubIdentities:
    """An Identities.

    Args:
        app: how this index is known there.
        user_agent: who asks.
        seconds: how long asking for one person may take in all.
    """

    def __init__(self, app: GitHubApp, user_agent: str, seconds: float = _SECONDS) -> None:
        self._app = app
        self._user_agent = user_agent
        self._seconds = seconds

    def address(self, state: str, challenge: str, redirect_uri: str) -> str:
        """Where a browser goes so that its user is asked. No scope: what everybody may know is enough."""
        query = {
            "client_id": self._app.client_id,
            "redirect_uri": redirect_uri,
            "state": state,
            "code_challenge": challenge,
            "code_challenge_method": "S256",
        }
        return f"{self._app.url}/login/oauth/authorize?{urlencode(query)}"

    def identify(self, code: str, verifier: str, redirect_uri: str, now: datetime) -> Identity:
        """Who came back with this code."""
        form = {
            "client_id": self._app.client_id,
            "client_secret": self._app.client_secret,
            "code": code,
            "code_verifier": verifier,
            "redirect_uri": redirect_uri,
        }
        return self._in_time(lambda: self._person(_token(self._post(_TOKEN_PATH, form), now), now))

    def device(self, now: datetime) -> DeviceOffer:
        """Codes for somebody at a device without a browser. This needs no secret, and no scope either."""

        def asked() -> DeviceOffer:
            reply = self._post("/login/device/code", {"client_id": self._app.client_id})
            until = refused_until(reply, now)
            return RateLimited(until) if until else devices.offered(reply, self._app.url)

        return self._in_time(asked)

    def device_person(self, device_code: str, now: datetime) -> DeviceAnswer:
        """Who has typed in the code that belongs to this one."""
        form = {"client_id": self._app.client_id, "device_code": device_code, "grant_type": devices.GRANT_TYPE}

        def asked() -> DeviceAnswer:
            reply = self._post(_TOKEN_PATH, form)
            if until := refused_until(reply, now):
                return RateLimited(until)
            token = _token_in(reply)
            return devices.undecided(reply) if token is None else self._person(token, now)

        return self._in_time(asked)

    def _in_time(self, ask: Callable[[], T]) -> T | Silent:
        try:
            return in_time(ask, self._seconds, _PLACES)
        except Unanswered as fault:
            return Silent(str(fault))

    def _post(self, path: str, form: dict[str, str]) -> Reply:
        with closing(Rest(self._app.url, self._user_agent, self._seconds)) as rest:
            return rest.post(path, form)

    def _person(self, token: str | Identity, now: datetime) -> Identity:
        """Whose token it is, if it is one."""
        if not isinstance(token, str):
            return token
        with closing(Rest(self._app.api_url, self._user_agent, self._seconds)) as rest:
            return _person(rest.get("/user", token=token), token, now)


def _token(reply: Reply, now: datetime) -> str | Identity:
    """The token, or why there is none."""
    if until := refused_until(reply, now):
        return RateLimited(until)
    if fault := fault_of_the_app(reply):
        return fault
    error = json_object(reply.body).get("error")
    if isinstance(error, str) and reply.status in {HTTPStatus.OK, HTTPStatus.BAD_REQUEST}:
        return Unknown()
    return _token_in(reply) or Silent(f"answers {reply.status} and nothing of use")


def _token_in(reply: Reply) -> str | None:
    token = json_object(reply.body).get("access_token")
    return token if reply.status == HTTPStatus.OK and isinstance(token, str) and _TOKEN.fullmatch(token) else None


def _person(reply: Reply, token: str, now: datetime) -> Identity:
    if until := refused_until(reply, now):
        return RateLimited(until)
    told = json_object(reply.body)
    number, login = told.get("id"), told.get("login")
    # In JSON, `true` is no number; in Python it is.
    if reply.status == HTTPStatus.OK and type(number) is int and 0 < number < _MOST and is_login(login):
        return Identified(number, str(login), token)
    return Silent(f"answers {reply.status} and nothing of use")
