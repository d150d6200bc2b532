"""API Gateway -> the HTTP application of every world."""

import os
import tempfile
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from pathlib import Path
from typing import Any

from mangum import Mangum
from starlette.types import ASGIApp

from domain.ports.objects import ABSENT
from domain.routing import NOT_FOUND_PAGE
from entrypoints.http.app import application
from entrypoints.http.functions import functions_of
from infrastructure.functions import index, ports, settings

_THREADS = 4
_ANSWER_BYTES = 6_000_000  # Lambda takes 6 MiB of JSON, headers included
_PAGE_SECONDS = 60


class KeptPage:
    """A page of the site that is asked for again and again, read once a minute.

    Args:
        read: gives its bytes; None if there is none, which is not kept.
        seconds: of a clock that never goes back.
    """

    def __init__(self, read: Callable[[], bytes | None], seconds: Callable[[], float] = time.monotonic) -> None:
        self._read = read
        self._seconds = seconds
        self._page: bytes | None = None
        self._until = 0.0

    def __call__(self) -> bytes | None:
        """The page as it was a minute ago at most."""
        if self._page is None or self._seconds() >= self._until:
            self._page = self._read()
            self._until = self._seconds() + _PAGE_SECONDS
        return self._page


@cache
def app() -> ASGIApp:
    """The application over this stack."""
    objects = ports().objects()
    functions = functions_of(
        index(),
        settings(),
        settings().site(),
        pages=ports().pages,
        store=ports().event_store(),
        folder=Path(tempfile.gettempdir()),
        lag=ports().queues().waiting,
        answer_bytes=_ANSWER_BYTES,
        missing_page=KeptPage(lambda: objects.get(NOT_FOUND_PAGE)),
        has_page=lambda key: objects.etag(key) != ABSENT,
    )
    executor = ThreadPoolExecutor(_THREADS, "api")
    return application(functions, executor, executor)


def handler(event: dict[str, Any], context: Any) -> dict[str, Any]:  # noqa: ANN401 - Lambda's own class
    """Answer one request (payload format 2.0)."""
    asgi: Any = app()  # Mangum's own type asks for more than ASGI does
    return Mangum(asgi, lifespan="off")(event, context)


if "AWS_LAMBDA_INITIALIZATION_TYPE" in os.environ:
    # Somebody waits for the first answer: all that it needs is made while the function starts.
    app()
