"""Nothing that changes anything is left out: not a use case, not a method of a port."""

from pathlib import Path

import pytest

from infrastructure.memory import Memory
from tests.faults import calls, uses
from tests.faults.cases import Case, all_cases
from tests.faults.systems import system


def undisturbed(case: Case, folder: Path) -> tuple[set[str], set[str]]:
    """The methods of ports and of use cases that the steps of a case lead to."""
    called: set[str] = set()
    with system("memory", folder) as index, uses.noted(called), index.opened() as world:
        notes: dict[str, object] = {}
        case.prepare(world, notes)
        world.settle()
        called.clear()
        index.watch.begin(0, lambda: None, after=False)
        start = index.clock.step + 1
        for number, step in enumerate(case.steps):
            index.clock.step = start + number
            step.act(world, notes, 0)
            world.settle()
        return {call.what for call in index.watch.calls}, called


def test_every_method_that_changes_something_is_stopped_at(tmp_path: Path) -> None:
    ports: set[str] = set()
    used: set[str] = set()
    for number, case in enumerate(all_cases()):
        folder = tmp_path / str(number)
        folder.mkdir()
        of_ports, of_uses = undisturbed(case, folder)
        ports |= of_ports
        used |= of_uses
    assert {f"{port}.{method}" for port, own in calls.changing().items() for method in own} - ports == set()
    assert uses.changing() - uses.ON_AWS_ONLY - used == set()


def test_every_port_of_the_containers_is_known() -> None:
    assert calls.methods().keys() == Memory.providers.keys()


@pytest.mark.parametrize("table", ["ports", "uses"])
def test_nothing_is_excused_that_is_not_there(table: str) -> None:
    known: set[str] | frozenset[str]
    if table == "ports":
        known = {f"{port}.{method}" for port, own in calls.methods().items() for method in own}
        excused = {f"{port}.{method}" for port, own in calls.READING.items() for method in own}
    else:
        known = uses.methods()
        excused = {f"{name}.{method}" for name, own in uses.READING.items() for method in own}
        excused |= uses.ON_AWS_ONLY | uses.PARTS
    assert excused - known == set()


def test_cases_are_told_apart() -> None:
    names = [case.name for case in all_cases()]
    assert len(names) == len(set(names))
