"""`/healthz`: whether the index works, and how far its pages are behind."""

import asyncio
import logging
from collections.abc import Callable
from concurrent.futures import Executor
from http import HTTPStatus

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from entrypoints.http import shapes


class Health:
    """The route.

    Args:
        lag: by how many events and messages pages are behind; raises if the storage cannot be reached.
        executor: for what blocks.
    """

    def __init__(self, lag: Callable[[], int], executor: Executor) -> None:
        self._lag = lag
        self._executor = executor

    def routes(self) -> list[Route]:
        """Its only route."""
        return [Route("/healthz", self._answer, methods=["GET"])]

    async def _answer(self, _: Request) -> Response:
        try:
            lag = await asyncio.get_running_loop().run_in_executor(self._executor, self._lag)
        except Exception:
            logging.exception("the storage cannot be reached")
            failing: shapes.Unhealthy = {"status": "failing"}
            return JSONResponse(failing, HTTPStatus.SERVICE_UNAVAILABLE)
        healthy: shapes.Health = {"status": "ok", "lag": lag}
        return JSONResponse(healthy)
