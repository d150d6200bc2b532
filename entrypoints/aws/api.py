"""API Gateway -> the HTTP application of every world."""

import os
import tempfile
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from pathlib import Path
from typing import Any

from mangum import Mangum
from starlette.types import ASGIApp

from domain.streams import package_stream
from entrypoints.http.app import Functions, application
from infrastructure.functions import index, ports, settings

_THREADS = 4
_ANSWER_BYTES = 6_000_000  # Lambda takes 6 MiB of JSON, headers included


@cache
def app() -> ASGIApp:
    """The application over this stack."""
    store = ports().event_store()
    functions = Functions(
        publishing=index().publishing(),
        uploads=index().uploads(),
        tokens=index().tokens(),
        portfolio=index().portfolio(),
        statistics=index().statistics(),
        bounds=settings().bounds,
        base_url=settings().site().base_url,
        folder=Path(tempfile.gettempdir()),
        lag=ports().queues().waiting,
        upstream=settings().upstream,
        ever_had=lambda name: store.version(package_stream(name)) > 0,
        legacy_bytes=settings().legacy_bytes,
        answer_bytes=_ANSWER_BYTES,
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
