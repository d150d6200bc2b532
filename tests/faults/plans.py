"""How much is tried where: everything that differs in memory and by kills, a few calls where services are emulated."""

from collections.abc import Sequence
from pathlib import Path

from attrs import frozen

from tests.faults.calls import Call
from tests.faults.cases import Case
from tests.faults.systems import system
from tests.faults.trial import Trials


@frozen
class Plan:
    """Faults of one kind in one world.

    Attributes:
        does: what happens, as in `trial.Fault`.
        rest: at most about so many calls a case, of those that differ in what leads to them; 0 for all of these.
        fine: at calls of the operating system and SQLite instead of those of ports.
        every_method: of ports, also those that only read.
    """

    name: str
    world: str
    does: str
    rest: int = 0
    fine: bool = False
    every_method: bool = False


@frozen
class Tally:
    """What was tried, and what was wrong then."""

    calls: Sequence[Call]
    faults: int
    wrong: Sequence[str]


QUICK = Plan("quick", "memory", "stop", rest=1)
PLANS = (
    Plan("memory-stop", "memory", "stop", rest=24),
    Plan("memory-fail", "memory", "fail", rest=24, every_method=True),
    Plan("disk-kill", "local", "kill", rest=8),
    Plan("disk-kill-inside", "local", "kill", rest=6, fine=True),
    Plan("aws-stop", "aws", "stop", rest=1),
)


def tried(plan: Plan, case: Case, folder: Path) -> Tally:
    """Try the plan on a case in an empty folder."""
    with system(plan.world, folder, every_method=plan.every_method, waits=plan.fine) as index:
        trials = Trials(index, case, fine=plan.fine)
        reference = trials.prepare()
        faults = trials.faults(plan.does, rest=plan.rest)
        wrong = [f"{fault} of {case.name}: {found}" for fault in faults if (found := trials.tried(fault))]
        return Tally(reference.calls, len(faults), wrong)
