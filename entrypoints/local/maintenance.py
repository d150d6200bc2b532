"""`verify` and `rebuild`."""

import sys
import time
from collections.abc import Sequence

from rich.console import Console
from rich.progress import track

from domain.usecases.due import is_due
from domain.usecases.verification import Difference, Fault
from entrypoints.local.place import Place, opened
from entrypoints.local.world import World

_PATIENCE_SECONDS = 60
_PAUSE_SECONDS = 0.5


def verify(place: Place) -> int:
    """Name everything that differs from a replay; returns the exit status.

    Pages that are known to be stale are no fault: whoever writes them gets time to, if anybody is at it.
    """
    with opened(place, create=False) as world:
        deadline = time.monotonic() + _PATIENCE_SECONDS
        while True:
            before = world.backlog()
            found = list(world.index.verification().differences())
            unsettled = before or world.backlog()
            if not (found and unsettled and world.is_worked_on() and time.monotonic() < deadline):
                break
            time.sleep(_PAUSE_SECONDS)
        faults = [
            difference
            for difference in found
            if not is_due(difference.key, before.messages)
            and not (before.adapting and not difference.key.startswith("packages/"))
        ]
        for fault in faults:
            sys.stdout.write(f"{fault.fault:<9} {fault.key}\n")
        sys.stdout.write(_summary(world, place, faults, len(found) - len(faults), more=before.more))
    return 1 if faults else 0


def rebuild(place: Place) -> int:
    """Derive everything again; returns the exit status."""
    with opened(place, create=False) as world:
        verification = world.index.verification()
        names = list(verification.names())
        for _ in track(world.index.rebuilding().rebuild(), "Packages", len(names), console=Console(stderr=True)):
            pass
        world.derived()
        lost = [difference for difference in verification.differences() if difference.fault is Fault.LOST]
        for difference in lost:
            sys.stdout.write(f"{difference.fault:<9} {difference.key}\n")
        sys.stdout.write(f"{len(names)} packages derived again.\n")
        if lost:
            sys.stdout.write(f"Lost bytes are nowhere in this index: {world.backup}, then rebuild.\n")
    return 1 if lost else 0


def _summary(world: World, place: Place, faults: Sequence[Difference], pending: int, *, more: bool) -> str:
    text = "" if not pending else f"{pending} stale objects are due; {world.writer}.\n"
    if not faults:
        return text + "Everything that is served is what the events say.\n"
    if more:
        text += f"Something still waits in the queues; {world.writer}, and then this may look better.\n"
    if world.caveat:
        text += f"{world.caveat}\n"
    if any(fault.fault is Fault.LOST for fault in faults):
        return text + f"{len(faults)} differences. For what is lost, {world.backup}, then `rebuild`.\n"
    rebuild_command = "sls-pypi rebuild" if place.stack is None else f"sls-pypi rebuild --stack {place.stack}"
    return text + f"{len(faults)} differences. `{rebuild_command}` makes them equal.\n"
