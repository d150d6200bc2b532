"""A bulkhead: only a few calls wait for GitHub or the like at a time, so that threads are left for all others."""

import asyncio
from collections.abc import Callable
from typing import ParamSpec, TypeVar

from domain.github_faults import GitHubFails
from domain.refusals import Refused
from entrypoints.http.calls import Calls

_AT_ONCE = 3
_WAIT_SECONDS = 4.0  # with the longest question, less than half a minute

P = ParamSpec("P")
T = TypeVar("T")


class Asking:
    """Runs calls that wait for others.

    Args:
        calls: where they run.
        seconds: how long a call waits for its turn at most.
        at_once: how many calls run at the same time.
        whom: what the others are called in a refusal.
        refused: class of the refusal of a call whose turn does not come.
    """

    def __init__(
        self,
        calls: Calls,
        seconds: float = _WAIT_SECONDS,
        at_once: int = _AT_ONCE,
        whom: str = "GitHub",
        refused: type[Refused] = GitHubFails,
    ) -> None:
        self._calls = calls
        self._turns = asyncio.Semaphore(at_once)
        self._seconds = seconds
        self._whom = whom
        self._refused = refused

    async def run(self, act: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """What `act` returns.

        Raises:
            Refused: the calls before it take too long.
        """
        try:
            async with asyncio.timeout(self._seconds):
                await self._turns.acquire()
        except TimeoutError:
            slow = f"{self._whom} is slow, and too many wait for it already. Try again in a minute."
            raise self._refused(slow) from None
        try:
            return await self._calls.run(act, *args, **kwargs)
        finally:
            self._turns.release()
