"""Waiting for GitHub."""

import asyncio
import threading
from collections.abc import Awaitable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from domain.github_faults import GitHubFails
from entrypoints.http.asking import Asking
from entrypoints.http.calls import Calls

NOBODY: Any = None


def test_some_threads_are_left_for_those_who_do_not_wait_for_github() -> None:
    held = threading.Event()

    async def story() -> None:
        with ThreadPoolExecutor(4) as executor:
            calls = Calls(NOBODY, executor)
            asking = Asking(calls, seconds=0.01)
            waiting: list[Awaitable[bool]] = [asyncio.ensure_future(asking.run(held.wait)) for _ in range(3)]
            await asyncio.sleep(0)  # each has its turn now
            try:
                with pytest.raises(GitHubFails, match="Try again"):
                    await asking.run(held.wait)
                assert await calls.run(lambda: "served") == "served"
            finally:
                held.set()
            assert await asyncio.gather(*waiting) == [True] * 3
            assert await asking.run(lambda: "asked") == "asked"

    asyncio.run(story())


def test_who_fails_makes_room_for_others() -> None:
    def fail() -> None:
        raise GitHubFails("It is broken.")

    async def story() -> None:
        with ThreadPoolExecutor(1) as executor:
            asking = Asking(Calls(NOBODY, executor), seconds=0.01)
            for _ in range(5):
                with pytest.raises(GitHubFails, match="broken"):
                    await asking.run(fail)

    asyncio.run(story())
