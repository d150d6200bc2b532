"""Whatever stops the index at whatever call: nothing that was acknowledged is lost, and the end is the same.

What of it takes minutes is marked `crash`. `python -m tests.faults` counts what is tried.
"""

from pathlib import Path

import pytest

from tests.faults.cases import Case, all_cases
from tests.faults.plans import PLANS, QUICK, Plan, tried
from tests.faults.systems import system
from tests.faults.trial import Fault, Trials

CASES = {case.name: case for case in all_cases()}


@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_a_stop_at_a_few_calls(case: Case, tmp_path: Path) -> None:
    assert tried(QUICK, case, tmp_path).wrong == []


@pytest.mark.crash
@pytest.mark.parametrize(
    ("plan", "case"),
    [
        pytest.param(plan, case, id=f"{plan.name}-{case.name}")
        for plan in PLANS
        for case in CASES.values()
        if plan.world in case.worlds
    ],
)
def test_a_stop_at_every_place(plan: Plan, case: Case, tmp_path: Path) -> None:
    assert tried(plan, case, tmp_path).wrong == []


def test_a_loss_would_be_noticed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An index that answers before it stores anything loses what it acknowledged."""
    case = CASES["upload"]
    with system("memory", tmp_path) as index:
        trials = Trials(index, case)
        trials.prepare()
        with monkeypatch.context() as broken, index.opened() as world:
            store = world.ports.event_store()._adapter
            broken.setattr(store, "append", lambda *_: None)
            wrong = trials.tried(Fault(4, after=False, does="stop"))
    assert "frob-1.0-py3-none-any.whl" in wrong
