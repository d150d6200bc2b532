"""`verify` and `rebuild`."""

import sys
import time
from collections.abc import Collection, Sequence

from attrs import evolve, frozen

from domain.usecases.due import Due, is_of_an_edition
from domain.usecases.verification import Difference, Fault
from entrypoints.local.place import Place, opened
from entrypoints.local.progress import shown
from entrypoints.local.words import plural
from entrypoints.local.world import World

_PATIENCE_SECONDS = 60
_PAUSE_SECONDS = 0.5


@frozen
class _Look:
    """What a replay found.

    Attributes:
        found: all that differs.
        faults: those of them that are not known to be stale.
        settled: nothing was due before and after it, and nothing was published meanwhile.
        more: something waits where nobody can look into it.
    """

    found: Sequence[Difference]
    faults: Sequence[Difference]
    settled: bool
    more: bool


def verify(place: Place) -> int:
    """Name everything that differs from a replay; returns the exit status.

    Pages that are known to be stale are no fault: whoever writes them gets time to, if anybody is at it. Beside them
    only what two replays find is one, as what changes meanwhile may be read half before and half after it.
    """
    deadline = time.monotonic() + _PATIENCE_SECONDS
    earlier: Collection[str] | None = None
    while True:
        # Opened each time anew: whoever is at it may just have begun to write pages for other settings.
        with opened(place, create=False) as world:
            if _is_damaged(world):
                return 1
            look = _looked(world)
            doubtful = bool(look.faults) and earlier is None
            may_settle = bool(look.found) and not look.settled and time.monotonic() < deadline
            if not ((doubtful or may_settle) and world.is_worked_on()):
                faults = [fault for fault in look.faults if earlier is None or fault.key in earlier]
                return _told(world, place, evolve(look, faults=faults))
            earlier = {difference.key for difference in look.found}
        time.sleep(_PAUSE_SECONDS)


def _looked(world: World) -> _Look:
    stamp = world.stamp()  # before the backlog: what is published later, and is done already, is known by `since`
    before = world.backlog()
    found = _differences(world)
    meanwhile, after = world.since(stamp), world.backlog()
    due = Due((*before.messages, *meanwhile, *after.messages))
    adapting = before.adapting or after.adapting
    return _Look(
        found,
        [each for each in found if each.key not in due and not (adapting and is_of_an_edition(each.key))],
        settled=not (before or after or world.stamp() != stamp),
        more=before.more,
    )


def _told(world: World, place: Place, look: _Look) -> int:
    for fault in look.faults:
        sys.stdout.write(f"{fault.fault:<9} {fault.key}\n")
    sys.stdout.write(_summary(world, place, look))
    return 1 if look.faults else 0


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


def _summary(world: World, place: Place, look: _Look) -> str:
    faults, pending = look.faults, len(look.found) - len(look.faults)
    text = (
        ""
        if not pending
        else f"{plural(pending, 'stale object')} {'is' if pending == 1 else 'are'} due; {world.writer}.\n"
    )
    if not faults:
        return text + "Everything that is served is what the events say.\n"
    if look.more:
        text += f"Something still waits in the queues; {world.writer}, and then this may look better.\n"
    if world.caveat:
        text += f"{world.caveat}\n"
    text += f"{plural(len(faults), 'difference')}."
    if any(fault.fault is Fault.LOST for fault in faults):
        return f"{text} For what is lost, {world.backup}, then `rebuild`.\n"
    rebuild_command = "sls-pypi rebuild" if place.stack is None else f"sls-pypi rebuild --stack {place.stack}"
    return f"{text} `{rebuild_command}` makes them equal.\n"
