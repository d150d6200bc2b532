"""`verify` and `rebuild`."""

import sys
import time
from collections.abc import Sequence

from domain.usecases.due import is_due, is_of_an_edition
from domain.usecases.verification import Difference, Fault
from entrypoints.local.place import Place, opened
from entrypoints.local.progress import shown
from entrypoints.local.words import plural
from entrypoints.local.world import Backlog, World

_PATIENCE_SECONDS = 60
_PAUSE_SECONDS = 0.5


def verify(place: Place) -> int:
    """Name everything that differs from a replay; returns the exit status.

    Pages that are known to be stale are no fault: whoever writes them gets time to, if anybody is at it.
    """
    deadline = time.monotonic() + _PATIENCE_SECONDS
    while True:
        # Opened each time anew: whoever is at it may just have begun to write pages for other settings.
        with opened(place, create=False) as world:
            if _is_damaged(world):
                return 1
            before, stamp = world.backlog(), world.stamp()
            found = _differences(world)
            unsettled = before or world.backlog() or world.stamp() != stamp
            if not (found and unsettled and world.is_worked_on() and time.monotonic() < deadline):
                return _told(world, place, before, found)
        time.sleep(_PAUSE_SECONDS)


def _told(world: World, place: Place, before: Backlog, found: Sequence[Difference]) -> int:
    faults = [difference for difference in found if not _is_expected(difference, before)]
    for fault in faults:
        sys.stdout.write(f"{fault.fault:<9} {fault.key}\n")
    sys.stdout.write(_summary(world, place, faults, len(found) - len(faults), more=before.more))
    return 1 if faults else 0


def rebuild(place: Place) -> int:
    """Derive everything again; returns the exit status."""
    with opened(place, create=False) as world:
        if _is_damaged(world):
            return 1
        world.sweep()
        total = _packages(world)
        with shown(total) as told:
            lost = list(world.index.rebuilding().rebuild(told))
        world.derived()
        for difference in lost:
            sys.stdout.write(f"{difference.fault:<9} {difference.key}\n")
        sys.stdout.write(f"{plural(total, 'package')} derived again.\n")
        if lost:
            sys.stdout.write(f"What is lost is nowhere in this index: {world.backup}, then rebuild.\n")
    return 1 if lost else 0


def _differences(world: World) -> Sequence[Difference]:
    with shown(_packages(world)) as told:
        return list(world.index.verification().differences(told))


def _packages(world: World) -> int:
    return sum(1 for _ in world.index.verification().names())


def _is_damaged(world: World) -> bool:
    """Whether events cannot be believed; says so."""
    damage = world.damage()
    for line in damage:
        sys.stdout.write(f"damaged   {line}\n")
    if damage:
        sys.stdout.write(f"Nothing is compared with events that are damaged: {world.whole_backup}.\n")
    return bool(damage)


def _is_expected(difference: Difference, before: Backlog) -> bool:
    """Whether the object is stale, and known to be."""
    return is_due(difference.key, before.messages) or (before.adapting and is_of_an_edition(difference.key))


def _summary(world: World, place: Place, faults: Sequence[Difference], pending: int, *, more: bool) -> str:
    text = (
        ""
        if not pending
        else f"{plural(pending, 'stale object')} {'is' if pending == 1 else 'are'} due; {world.writer}.\n"
    )
    if not faults:
        return text + "Everything that is served is what the events say.\n"
    if more:
        text += f"Something still waits in the queues; {world.writer}, and then this may look better.\n"
    if world.caveat:
        text += f"{world.caveat}\n"
    text += f"{plural(len(faults), 'difference')}."
    if any(fault.fault is Fault.LOST for fault in faults):
        return f"{text} For what is lost, {world.backup}, then `rebuild`.\n"
    rebuild_command = "sls-pypi rebuild" if place.stack is None else f"sls-pypi rebuild --stack {place.stack}"
    return f"{text} `{rebuild_command}` makes them equal.\n"
