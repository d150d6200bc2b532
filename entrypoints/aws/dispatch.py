"""One build, told by an event -> the function that builds, with this one waiting for it.

That one has no right to say that it failed. This one has, and what fails here is put aside where somebody is told, with
its event. So the event holds no secret: the address that build requirements come from is added here.
"""

import json
import os
import time
from contextlib import suppress
from functools import cache
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from types_boto3_lambda import LambdaClient
    from types_boto3_lambda.type_defs import InvocationResponseTypeDef


PAUSES = (1.0, 2.0, 4.0, 8.0, 15.0, 15.0)
"""Seconds to wait where the account runs as many functions as it may; they fit in beside the longest build."""


class BuildLost(Exception):
    """The function that builds ended without an outcome."""


@cache
def functions() -> "LambdaClient":
    """A client that waits as long as a function may run, and asks once."""
    import boto3  # noqa: PLC0415 - after the function has started
    from botocore.config import Config  # noqa: PLC0415

    waiting = Config(connect_timeout=5, read_timeout=900, tcp_keepalive=True, retries={"total_max_attempts": 1})
    return boto3.client("lambda", config=waiting)


def handler(event: dict[str, Any], _: object) -> None:
    """Have it built.

    Raises:
        BuildLost: there is no outcome.
    """
    job = {**event, "index_url": os.environ["SLS_PYPI_BUILD_INDEX_URL"]}
    answer = _answer(json.dumps(job).encode())
    if "FunctionError" in answer:
        # What it answered may be a project's words, and is not repeated.
        raise BuildLost


def _answer(event: bytes) -> "InvocationResponseTypeDef":
    """What comes of the build. It is asked for again only where it certainly did not begin."""
    client = functions()
    for pause in PAUSES:
        with suppress(client.exceptions.TooManyRequestsException):
            return _built(client, event)
        time.sleep(pause)
    return _built(client, event)


def _built(client: "LambdaClient", event: bytes) -> "InvocationResponseTypeDef":
    name = os.environ["SLS_PYPI_BUILD_FUNCTION"]
    return client.invoke(FunctionName=name, InvocationType="RequestResponse", Payload=event)
