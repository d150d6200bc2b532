"""`/login/device`: logging in at a command line by the device flow of GitHub. Errors are as those of `/api`."""

import math
from http import HTTPStatus

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from domain.devices import DEFAULT_NAME
from domain.usecases.device_logins import DeviceLoggedIn, Waiting
from entrypoints.http import proof_shapes
from entrypoints.http.asking import Asking
from entrypoints.http.calls import Body, Endpoint, WrongBody, answering_problems, json_body
from entrypoints.http.login import Entrance, Way
from entrypoints.http.refusals import problem

_NOT_SET_UP = (
    "This index has no login with GitHub, so no command line can log in to it: its operator sets one up "
    "(SLS_PYPI_GITHUB_CLIENT_ID), or makes you a token with `sls-pypi token create LOGIN`."
)


class DeviceRoutes:
    """The routes. Whoever knows the handle is who started it: no cookie counts, so no other site can do anything."""

    def __init__(self, entrance: Entrance, asking: Asking) -> None:
        self._entrance = entrance
        self._devices = entrance.devices
        self._asking = asking

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
            return await endpoint(request)

        return answering_problems(answer)

    async def _start(self, request: Request) -> Response:
        name = _name_of(await json_body(request))
        started = await self._asking.run(self._devices.start, name)
        told: proof_shapes.DeviceStarted = {
            "device": started.handle,
            "user_code": started.user_code,
            "verification_uri": started.verification_uri,
            "expires_in": int(started.lasts.total_seconds()),
            "interval": _seconds(started.interval.total_seconds()),
        }
        return JSONResponse(told)

    async def _ask(self, request: Request) -> Response:
        handle = _handle_of(await json_body(request))
        match await self._asking.run(self._devices.ask, handle):
            case Waiting(interval):
                seconds = _seconds(interval.total_seconds())
                pending: proof_shapes.DevicePending = {"status": "pending", "interval": seconds}
                return JSONResponse(pending, HTTPStatus.ACCEPTED, {"Retry-After": str(seconds)})
            case DeviceLoggedIn(login, made):
                token: proof_shapes.DeviceToken = {"token": made.secret, "login": login, "id": made.issued.id}
                return JSONResponse(token)


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
