"""Waiting for bodies, without a server."""

import asyncio
import selectors
from collections.abc import Coroutine, Iterator
from typing import Any, TypeVar

import pytest

from entrypoints.http.asgi import ASGIApp, Message, Receive, Scope, Send
from entrypoints.http.stalls import PeerStalled, Unstalled, receive_within

PATIENCE = 5.0
SCOPE: Scope = {"type": "http", "method": "POST"}
T = TypeVar("T")


class Waits(selectors.SelectSelector):
    """Nothing ever comes, and what everybody waits for is there at once: the time passes by itself."""

    passed = 0.0

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        """Let the time pass."""
        assert timeout is not None, "everybody waits for ever"
        self.passed += timeout
        return []


class Loop(asyncio.SelectorEventLoop):
    """A loop whose time passes only while everybody waits, however busy the machine is."""

    def __init__(self) -> None:
        self._waits = Waits()
        super().__init__(self._waits)

    def time(self) -> float:
        """Seconds."""
        return self._waits.passed


def ran(story: Coroutine[Any, Any, T]) -> T:
    with asyncio.Runner(loop_factory=Loop) as runner:
        return runner.run(story)


def body(*pieces: tuple[float, bytes]) -> Receive:
    """A peer that sends each piece after so many seconds, then disconnects after a while."""
    left: Iterator[tuple[float, bytes]] = iter(pieces)
    remaining = len(pieces)

    async def receive() -> Message:
        nonlocal remaining
        seconds, piece = next(left, (PATIENCE * 3, None))
        await asyncio.sleep(seconds)
        if piece is None:
            return {"type": "http.disconnect"}
        remaining -= 1
        return {"type": "http.request", "body": piece, "more_body": remaining > 0}

    return receive


async def read(receive: Receive) -> bytes:
    """The whole body."""
    parts, more = [], True
    while more:
        message = await receive()
        parts.append(message.get("body", b""))
        more = message.get("more_body", False)
    return b"".join(parts)


def test_a_body_in_time_is_read() -> None:
    assert ran(read(receive_within(body((0, b"a"), (PATIENCE / 5, b"b")), PATIENCE))) == b"ab"


def test_one_long_wait_is_too_much() -> None:
    with pytest.raises(PeerStalled):
        ran(read(receive_within(body((0, b"x" * 10**6), (60, b"b")), PATIENCE)))


def test_many_short_waits_are_too_much_together() -> None:
    with pytest.raises(PeerStalled):
        ran(read(receive_within(body(*[(PATIENCE / 5, b"x")] * 1000), PATIENCE)))


def test_many_short_waits_are_fine_if_enough_comes() -> None:
    pieces = [(PATIENCE / 5, b"x" * 100)] * 20
    assert len(ran(read(receive_within(body(*pieces), PATIENCE, least_rate=100)))) == 2000


def test_what_the_app_does_meanwhile_is_not_the_peers_fault() -> None:
    async def slow_app() -> bytes:
        receive = receive_within(body((0, b"a"), (0, b"b"), (0, b"c")), PATIENCE)
        parts = []
        for _ in range(3):
            parts.append((await receive())["body"])
            await asyncio.sleep(PATIENCE)
        return b"".join(parts)

    assert ran(slow_app()) == b"abc"


def test_waiting_for_the_end_of_the_connection_is_not_bounded() -> None:
    async def app() -> Message:
        receive = receive_within(body((0, b"a")), PATIENCE)
        await read(receive)
        return await receive()

    assert ran(app()) == {"type": "http.disconnect"}


def told(app: ASGIApp, receive: Receive) -> list[Message]:
    """What the app says, as far as it comes."""
    sent: list[Message] = []

    async def send(message: Message) -> None:
        sent.append(message)

    async def call() -> None:
        await Unstalled(app, PATIENCE)(SCOPE, receive, send)

    ran(call())
    return sent


async def plain(_scope: Scope, receive: Receive, send: Send) -> None:
    await read(receive)
    await send({"type": "http.response.start", "status": 200, "headers": []})
    await send({"type": "http.response.body", "body": b"ok"})


async def framework(scope: Scope, receive: Receive, send: Send) -> None:
    try:
        await plain(scope, receive, send)
    except Exception:
        await send({"type": "http.response.start", "status": 500, "headers": []})
        await send({"type": "http.response.body", "body": b"fault"})
        raise


async def swallowing(scope: Scope, receive: Receive, send: Send) -> None:
    try:
        await plain(scope, receive, send)
    except PeerStalled:
        await send({"type": "http.response.start", "status": 500, "headers": []})
        await send({"type": "http.response.body", "body": b"fault"})


@pytest.mark.parametrize("app", [plain, framework, swallowing])
def test_a_stalled_peer_is_told_so_whatever_the_app_makes_of_it(app: ASGIApp) -> None:
    start, end = told(app, body((0, b"a"), (60, b"b")))
    assert start["status"] == 408
    assert (b"connection", b"close") in start["headers"]
    assert end["body"].startswith(b"408 Request Timeout")


def test_other_peers_get_the_apps_answer() -> None:
    start, end = told(plain, body((0, b"a"), (0, b"b")))
    assert (start["status"], end["body"]) == (200, b"ok")


def test_an_answer_that_has_begun_cannot_be_taken_back() -> None:
    async def hasty(_scope: Scope, receive: Receive, send: Send) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await read(receive)

    with pytest.raises(PeerStalled):
        told(hasty, body((0, b"a"), (60, b"b")))
