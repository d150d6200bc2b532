"""What people do to packages, said of the model and done by a side."""

from collections.abc import Callable
from typing import NamedTuple

from domain.messages import Page, PageStale
from domain.package import Status
from tests.schedules.model import Did, State, after
from tests.schedules.worlds import Side, sha256
from tests.wheels import make_wheel


class Act(NamedTuple):
    """Something that somebody does: what the model makes of it (None: nothing), and how a side does it."""

    did: Did | None
    do: Callable[[Side], Callable[[], object]]

    def made_of(self, state: State) -> State:
        """What it makes of a state, if it comes alone."""
        return (after(state, self.did) if self.did else None) or state


class Hands:
    """What people do to packages, as acts."""

    def __init__(self, side: Side) -> None:
        tokens = side.index.tokens()
        self._callers = {who: tokens.authenticate(tokens.create_local(who)) for who in ("alice", "bob")}

    def upload(self, version: str, *, name: str = "pool", who: str = "alice", summary: str = "One.") -> Act:
        filename, content = make_wheel(name, version, metadata_extra=f"Summary: {summary}")
        caller, form = self._callers[who], {"name": name, "filetype": "bdist_wheel"}

        def do(side: Side) -> Callable[[], object]:
            received = side.received(filename, content)
            return lambda: side.index.publishing().upload(caller, form, received)

        return Act(Did("upload", caller.account, name, filename, sha256(content)), do)

    def file(self, word: str, version: str, *more: str) -> Act:
        caller, (filename, _) = self._callers["alice"], make_wheel("pool", version)
        did = Did(word, caller.account, "pool", filename, more="".join(more))
        return Act(did, lambda side: lambda: getattr(side.index.publishing(), word)(caller, "pool", filename, *more))

    def withdraw(self) -> Act:
        caller = self._callers["alice"]
        did = Did("withdraw", caller.account, "pool")
        return Act(did, lambda side: lambda: side.index.publishing().withdraw(caller, "pool"))

    def mark(self, status: Status) -> Act:
        did = Did("mark", "", "pool", more=status.value)
        return Act(did, lambda side: lambda: side.index.publishing().mark("pool", status, None))

    def handle(self, page: Page) -> Act:
        return Act(None, lambda side: lambda: side.index.site().handle(PageStale(page, "pool")))

    def rebuild(self) -> Act:
        return Act(None, lambda side: lambda: list(side.index.rebuilding().rebuild()))
