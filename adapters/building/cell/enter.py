"""``python -I -S enter.py ORDER``: go where a build may be, give up what it may not have, and become it.

ORDER is JSON: `run` (the command) and, each only where wanted, `die` (with whoever started this), `tree` (a root and
entries for `tree.enter`), `folder` (to be in), `nice`, `limits` (by the names of `resource`, without RLIMIT_), `uid`,
`lock` (no privileges any more), `readable` and `writable` (all that is left of the files), `silent` (no sockets) and
`keep` (stay as the parent of everything that comes of the command, and end it with it).
"""

import json
import os
import resource
import signal
import sys
from contextlib import suppress
from pathlib import Path
from typing import Any

# Our packages, or as much of them as can be seen in the tree.
sys.path.insert(0, str(Path(__file__).parents[3]))

from adapters.building.cell import fence, tree
from adapters.building.cell.system import (
    PR_CAPBSET_DROP,
    PR_SET_CHILD_SUBREAPER,
    PR_SET_NO_NEW_PRIVS,
    PR_SET_PDEATHSIG,
    prctl,
)

_CAPABILITIES = 64


def enter(order: dict[str, Any]) -> None:
    """Do all of this, in the order in which one thing needs the other."""
    parent = os.getppid()
    if order.get("keep"):
        _keep()
        parent = os.getppid()
    if "tree" in order:
        tree.enter(**order["tree"])
    if "folder" in order:
        os.chdir(order["folder"])
    if "nice" in order:
        os.nice(order["nice"])
    for name, most in order.get("limits", {}).items():
        _limit(getattr(resource, f"RLIMIT_{name}"), most)
    _give_up(order)
    if order.get("die"):
        # Last, as a change of user takes it back. It may have happened before.
        prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
        if os.getppid() != parent:
            sys.exit(1)
    os.execv(order["run"][0], order["run"])  # noqa: S606 - this is what it is for


def _give_up(order: dict[str, Any]) -> None:
    if "uid" in order:
        os.setgroups([])
        os.setresgid(order["uid"], order["uid"], order["uid"])
        os.setresuid(order["uid"], order["uid"], order["uid"])
    if order.get("lock"):
        for number in range(_CAPABILITIES):
            with suppress(OSError):
                prctl(PR_CAPBSET_DROP, number)
        prctl(PR_SET_NO_NEW_PRIVS, 1)
    if "readable" in order:
        fence.forbid_files(order["readable"], order["writable"])
    if order.get("silent"):
        fence.forbid_sockets()


def _limit(which: int, most: int) -> None:
    _, hard = resource.getrlimit(which)
    most = most if hard == resource.RLIM_INFINITY else min(most, hard)
    resource.setrlimit(which, (most, most))


def _keep() -> None:
    """Go on in a child; stay behind until nothing is left of it, also of what it detached."""
    prctl(PR_SET_CHILD_SUBREAPER, 1)
    child = os.fork()
    if not child:
        return
    prctl(PR_SET_PDEATHSIG, signal.SIGTERM)
    signal.signal(signal.SIGTERM, lambda *_: os.kill(child, signal.SIGKILL))
    status, is_over = 0, False
    while True:
        try:
            ended, how = os.wait()
        except ChildProcessError:
            os._exit(status)
        if ended == child:
            status, is_over = os.waitstatus_to_exitcode(how) & 0xFF, True
        if is_over:
            _end(os.getpid())


def _end(parent: int) -> None:
    """Kill all that came of a process. None of them has time to make another: they are stopped first."""
    stopped: set[int] = set()
    while fresh := _below(parent) - stopped:
        for process in fresh:
            with suppress(ProcessLookupError):
                os.kill(process, signal.SIGSTOP)
        stopped |= fresh
    for process in stopped:
        with suppress(ProcessLookupError):
            os.kill(process, signal.SIGKILL)


def _below(parent: int) -> set[int]:
    parents = {}
    for path in Path("/proc").iterdir():
        if path.name.isdigit():
            with suppress(OSError):
                state = (path / "stat").read_text(errors="replace").rpartition(")")[2].split()
                if state[0] not in "ZX":
                    parents[int(path.name)] = int(state[1])
    found, grown = set[int](), {parent}
    while grown:
        grown = {process for process, above in parents.items() if above in grown} - found
        found |= grown
    return found


if __name__ == "__main__":
    enter(json.loads(sys.argv[1]))
