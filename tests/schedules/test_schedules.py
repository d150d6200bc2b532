"""Whatever happens in whatever order: nothing confirmed is lost, and all that is served agrees.

`SLS_PYPI_SCHEDULES` is how many schedules to try in each world instead of a few, each time others; one that fails is
then made as short as it can be, which takes minutes. What fails prints how to repeat it.
"""

import os

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import run_state_machine_as_test

from tests.schedules.machine import Schedules
from tests.schedules.worlds import World, in_memory, on_disk

_WANTED = int(os.environ.get("SLS_PYPI_SCHEDULES", "0"))


def _try(world: World, few: int, steps: int) -> None:
    machine = type("Schedules", (Schedules,), {"world": staticmethod(world)})
    run_state_machine_as_test(
        machine,
        settings=settings(
            max_examples=_WANTED or few,
            stateful_step_count=steps,
            derandomize=not _WANTED,
            deadline=None,
            database=None,
            print_blob=True,
            phases=(Phase.generate, Phase.shrink) if _WANTED else (Phase.generate,),
            suppress_health_check=list(HealthCheck),
        ),
    )


@pytest.mark.parametrize(("world", "few"), [(in_memory, 4), (on_disk, 3)], ids=["memory", "local"])
def test_schedules(world: World, few: int) -> None:
    _try(world, few, 15)


@pytest.mark.crash
@pytest.mark.parametrize(("world", "few"), [(in_memory, 16), (on_disk, 8)], ids=["memory", "local"])
def test_more_schedules(world: World, few: int) -> None:
    _try(world, few, 25)
