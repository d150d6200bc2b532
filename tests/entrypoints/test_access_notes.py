"""Answers that were handed over and wait for a peer: whether they got through shows later."""

import asyncio
from types import SimpleNamespace
from typing import Any

import pytest

from domain.access_log import Answered
from entrypoints.http.access import Noting


class Transport:
    def __init__(self) -> None:
        self.closing = False
        self.written = b""

    def is_closing(self) -> bool:
        return self.closing

    def write(self, data: bytes) -> None:
        self.written += data


class Connection:
    """What uvicorn knows of a connection and one request on it."""

    def __init__(self) -> None:
        self.noted: list[Answered] = []
        flow: Any = SimpleNamespace(write_paused=False)
        loop: Any = SimpleNamespace(time=lambda: 5.0)
        self.flow = flow
        self.noting = Noting(self.noted.append, loop, flow, None)
        self.completed = 0
        self.transport = Transport()
        cycle: Any = SimpleNamespace(
            scope={"method": "GET", "raw_path": b"/x", "query_string": b"", "http_version": "1.1", "headers": []},
            transport=self.transport,
            on_response=self._complete,
            response_started=False,
            disconnected=False,
        )
        self.cycle = cycle

    def _complete(self) -> None:
        self.completed += 1

    def answer(self) -> None:
        """As a cycle does it."""

        async def app(*_: Any) -> None:
            self.cycle.response_started = True
            self.cycle.transport.write(b"HTTP/1.1 200 OK\r\n\r\n")
            self.cycle.transport.write(b"body")
            self.cycle.on_response()

        through: Any = self.noting.through(app, self.cycle)
        asyncio.run(through({}, None, None))

    @property
    def whole(self) -> list[bool]:
        return [answered[-1] for answered in self.noted]


@pytest.fixture
def connection() -> Connection:
    return Connection()


def test_an_answer_that_is_on_its_way_is_noted_at_once(connection: Connection) -> None:
    connection.answer()
    assert connection.whole == [True]
    assert connection.completed == 1
    assert connection.noted[0][7] == len(connection.transport.written)


@pytest.mark.parametrize("arrived", [True, False])
def test_an_answer_that_waits_for_its_peer_is_noted_when_that_is_over(
    connection: Connection,
    arrived: bool,  # noqa: FBT001
) -> None:
    connection.flow.write_paused = True
    connection.answer()
    assert connection.whole == []
    assert connection.completed == 1
    connection.noting.settle(arrived=arrived)
    connection.noting.settle(arrived=not arrived)
    assert connection.whole == [arrived]


def test_what_is_written_to_a_closing_connection_does_not_arrive(connection: Connection) -> None:
    connection.transport.closing = True
    connection.answer()
    assert connection.whole == [False]
