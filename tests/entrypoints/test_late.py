"""An app that is made late."""

import asyncio
import threading
from typing import Any

from entrypoints.http.asgi import ASGIApp, Receive, Scope, Send
from entrypoints.local.late import Late

NOTHING: Any = None


async def app(scope: Scope, receive: Receive, send: Send) -> None:
    """Answers nothing."""


def test_others_are_answered_while_it_is_made() -> None:
    answered, made = threading.Event(), []

    def make() -> ASGIApp:
        made.append(answered.wait(60))
        return app

    async def story() -> None:
        late = Late(make)
        waiting = [asyncio.ensure_future(late(NOTHING, NOTHING, NOTHING)) for _ in range(2)]
        await asyncio.sleep(0)
        answered.set()
        await asyncio.gather(*waiting)

    asyncio.run(story())
    assert made == [True]
