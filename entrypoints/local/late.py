"""Lazy building of what reading does not need, so that the server starts fast."""

import asyncio
import threading
from collections.abc import Callable

from entrypoints.http.asgi import ASGIApp, Receive, Scope, Send


class Late:
    """An app that is built when it is first needed, or a moment after the start: readers come first."""

    def __init__(self, make: Callable[[], ASGIApp]) -> None:
        self._make = make
        self._app: ASGIApp | None = None
        self._lock = threading.Lock()

    def build(self) -> ASGIApp:
        """The app."""
        with self._lock:
            if self._app is None:
                self._app = self._make()
            return self._app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request; while the app is built, others are answered."""
        if self._app is None:
            await asyncio.get_running_loop().run_in_executor(None, self.build)
        await self.build()(scope, receive, send)
