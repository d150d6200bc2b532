"""uvicorn's HTTP/1.1 protocol with three things more: patience with peers that ends, reason phrases, and answers that
are there at once without a task for each.
"""

import asyncio
import math
from asyncio import TimerHandle
from collections.abc import Callable
from enum import Enum, auto
from typing import Any, cast

from uvicorn import Config
from uvicorn.protocols.http.httptools_impl import STATUS_LINE, HttpToolsProtocol, RequestResponseCycle
from uvicorn.server import ServerState

from entrypoints.http.answers import Answer, text
from entrypoints.http.asgi import RawHeaders
from entrypoints.http.reasons import status_line
from entrypoints.http.stalls import Limits, timed_out

Immediate = Callable[[str, bytes, bytes, RawHeaders], Answer | None]
"""Method, path, query and headers of a GET or HEAD to its answer; None if the request has to go through the app."""

_READS = {b"GET": "GET", b"HEAD": "HEAD"}
_ENDS_AT_ONCE = frozenset({b"content-length", b"transfer-encoding", b"expect", b"upgrade", b"connection"})


class Phase(Enum):
    """For what the connection waits."""

    HEADERS = auto()
    BODY = auto()
    APP = auto()
    REQUEST = auto()
