"""`verify` and `rebuild`."""

import sys
import time
from collections.abc import Sequence

from rich.console import Console
from rich.progress import track

from domain.messages import Message
from domain.reactions import react
from domain.usecases.verification import Difference, Fault, is_due
from entrypoints.local.worker import worker_of
from infrastructure.embedded import Embedded, opened
from infrastructure.settings import Settings

_PATIENCE_SECONDS = 60
_PAUSE_SECONDS = 0.5


def verify(settings: Settings) -> int:
    """Name everything that differs from a replay; returns the exit status.

    Pages that are known to be stale are no fault: a running server gets time to write them, a stopped one will.
    """
    with opened(settings, create=False) as world:
        deadline = time.monotonic() + _PATIENCE_SECONDS
        while True:
            due, adapting = _due(world), _is_adapting(world)
            found = list(world.index.verification().differences())
            unsettled = adapting or due or _due(world)
            if not (found and unsettled and _is_worked_on(world) and time.monotonic() < deadline):
                break
            time.sleep(_PAUSE_SECONDS)
    faults = [
        difference
        for difference in found
        if not is_due(difference.key, due) and not (adapting and not difference.key.startswith("packages/"))
    ]
    for fault in faults:
        sys.stdout.write(f"{fault.fault:<9} {fault.key}\n")
    sys.stdout.write(_summary(faults, len(found) - len(faults)))
    return 1 if faults else 0


def rebuild(settings: Settings) -> int:
    """Derive everything again; returns the exit status."""
    with opened(settings, create=False) as world:
        verification = world.index.verification()
        names = list(verification.names())
        for _ in track(verification.rebuild(), "Packages", len(names), console=Console(stderr=True)):
            pass
        with world.home.alone("worker") as ours:
            if ours:
                world.home.record_editions(shown=world.edition, wanted=world.edition)
                for _ in worker_of(world).drain():
                    pass
        lost = [difference for difference in verification.differences() if difference.fault is Fault.LOST]
    for difference in lost:
        sys.stdout.write(f"{difference.fault:<9} {difference.key}\n")
    sys.stdout.write(f"{len(names)} packages derived again.\n")
    if lost:
        sys.stdout.write("Lost bytes exist nowhere in this home: restore `blobs/` from a backup, then rebuild.\n")
    return 1 if lost else 0


def _due(world: Embedded) -> Sequence[Message]:
    """Every message that waits or follows from events that nobody has looked at yet."""
    messages = list(world.ports.publisher().waiting())
    for recorded in world.ports.publisher().unseen():
        messages += react(recorded)
    return messages


def _is_adapting(world: Embedded) -> bool:
    """Whether pages still show what older software or other settings made of them, or were never written."""
    return world.home.shown_edition() != world.edition


def _is_worked_on(world: Embedded) -> bool:
    with world.home.alone("worker") as ours:
        return not ours


def _summary(faults: Sequence[Difference], pending: int) -> str:
    text = "" if not pending else f"{pending} stale objects are due; `serve` writes them.\n"
    if not faults:
        return text + "Everything that is served is what the events say.\n"
    if any(fault.fault is Fault.LOST for fault in faults):
        return text + f"{len(faults)} differences. Restore `blobs/` from a backup for what is lost, then `rebuild`.\n"
    return text + f"{len(faults)} differences. `sls-pypi rebuild` makes them equal.\n"
