"""How often somebody may ask within an hour."""

import time
from collections import Counter
from collections.abc import Callable, Mapping

from attrs import define, field

NOBODY = "(nobody)"
_AN_HOUR = 3600


@define
class Limits:
    """What is left, by who asks; what did not change costs nothing.

    Attributes:
        budget: of everybody who says who they are, for an hour.
        budget_of_nobody: of all others together.
    """

    budget: int = 5000
    budget_of_nobody: int = 60
    clock: Callable[[], float] = time.time
    _used: Counter[tuple[str, int]] = field(factory=Counter)

    def spend(self, who: str) -> None:
        """One of them."""
        self._used[who, self._hour()] += 1

    def left(self, who: str) -> int:
        """How many are left."""
        return max(0, self._budget(who) - self._used[who, self._hour()])

    def headers(self, who: str, resource: str) -> Mapping[str, str]:
        """What is said about it with every answer."""
        left, budget = self.left(who), self._budget(who)
        return {
            "X-RateLimit-Limit": str(budget),
            "X-RateLimit-Remaining": str(left),
            "X-RateLimit-Used": str(budget - left),
            "X-RateLimit-Reset": str(self.reset()),
            "X-RateLimit-Resource": resource,
        }

    def told(self, who: str) -> dict[str, object]:
        """What is said to who asks how much is left."""
        left, budget = self.left(who), self._budget(who)
        rate = {"limit": budget, "remaining": left, "used": budget - left, "reset": self.reset()}
        return {"resources": {"core": rate, "search": rate, "graphql": rate}, "rate": rate}

    def reset(self) -> int:
        """When there are new ones, in seconds since 1970."""
        return (self._hour() + 1) * _AN_HOUR

    def _budget(self, who: str) -> int:
        return self.budget_of_nobody if who.startswith(NOBODY) else self.budget

    def _hour(self) -> int:
        return int(self.clock() // _AN_HOUR)
