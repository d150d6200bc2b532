"""`/login/device`: logging in at a command line by the device flow of GitHub. Errors are as those of `/api`."""

import asyncio
import math
from http import HTTPStatus
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from domain.devices import DEFAULT_NAME
from domain.github_faults import GitHubRefuses
from domain.usecases.device_logins import DeviceLoggedIn, Waiting
from entrypoints.http.calls import Body, Calls, Endpoint, WrongBody, answering_problems, json_body
from entrypoints.http.login import Entrance, Way
from entrypoints.http.refusals import problem

_ASKING_AT_ONCE = 1  # nobody in front of a page waits for a command line
_NOT_SET_UP = (
    "This index has no login with GitHub, so no command line can log in to it: its operator sets one up "
    "(SLS_PYPI_GITHUB_CLIENT_ID), or makes you a token with `sls-pypi token create LOGIN`."
)


class DeviceRoutes:
    """The routes. Whoever knows the handle is who started it: no cookie counts, so no other site can do anything."""

    def __init__(self, entrance: Entrance, calls: Calls) -> None:
        self._entrance = entrance
        self._devices = entrance.devices
        self._run = calls.run
        self._asking = asyncio.Semaphore(_ASKING_AT_ONCE)

    def routes(self) -> list[Route]:
        """Starting, and asking what came of it."""
        return [
            Route("/login/device", self._answered(self._start), methods=["POST"]),
            Route("/login/device/token", self._answered(self._ask), methods=["POST"]),
        ]

    def _answered(self, endpoint: Endpoint) -> Endpoint:
        async def answer(request: Request) -> Response:
            if self._entrance.way is not Way.GITHUB:
                return problem(HTTPStatus.SERVICE_UNAVAILABLE, _NOT_SET_UP)
            try:
                return await endpoint(request)
            except GitHubRefuses as refusal:
                headers = [("Retry-After", str(_seconds(refusal.wait.total_seconds())))]
                return problem(HTTPStatus.SERVICE_UNAVAILABLE, str(refusal), headers)

        return answering_problems(answer)

    async def _start(self, request: Request) -> Response:
        name = _name_of(await json_body(request))
        async with self._asking:
            started = await self._run(self._devices.start, name)
        told: dict[str, Any] = {
            "device": started.handle,
            "user_code": started.user_code,
            "verification_uri": started.verification_uri,
            "expires_in": int(started.lasts.total_seconds()),
            "interval": _seconds(started.interval.total_seconds()),
        }
        return JSONResponse(told)

    async def _ask(self, request: Request) -> Response:
        handle = _handle_of(await json_body(request))
        async with self._asking:
            answer = await self._run(self._devices.ask, handle)
        match answer:
            case Waiting(interval):
                seconds = _seconds(interval.total_seconds())
                told = {"status": "pending", "interval": seconds}
                return JSONResponse(told, HTTPStatus.ACCEPTED, {"Retry-After": str(seconds)})
            case DeviceLoggedIn(login, made):
                return JSONResponse({"token": made.secret, "login": login, "id": made.issued.id})


def _seconds(exactly: float) -> int:
    """Whole seconds that are enough."""
    return max(1, math.ceil(exactly))


def _name_of(body: Body) -> str:
    match body:
        case {**rest} if not rest:
            return DEFAULT_NAME
        case {"name": str(name), **rest} if not rest:
            return name
    raise WrongBody('Send {"name": "what the token is called"}, or {}.')


def _handle_of(body: Body) -> str:
    match body:
        case {"device": str(handle), **rest} if not rest:
            return handle
    raise WrongBody('Send {"device": "as it was told when the login was started"}.')
