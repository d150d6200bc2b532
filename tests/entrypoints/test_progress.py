"""How far commands have come, where there is no terminal."""

from domain.usecases.verification import Stage
from entrypoints.local.progress import Lines


def told(steps: list[tuple[float, Stage]], total: int) -> list[str]:
    said: list[str] = []
    now = [0.0]
    lines = Lines(total, lambda: now[0], said.append)
    for at, stage in steps:
        now[0] = at
        lines(stage)
    return said


def test_a_line_now_and_then_says_how_many_are_done_and_how_long_the_rest_takes() -> None:
    said = told([(float(n), Stage.WRITE) for n in range(1, 26)], 100)
    assert said == ["Writing: 11 of 100 packages, about 81 s left\n", "Writing: 21 of 100 packages, about 75 s left\n"]


def test_each_stage_ends_with_a_line() -> None:
    said = told([(0.1, Stage.REPLAY), (0.2, Stage.REPLAY), (0.3, Stage.COMPARE), (0.4, Stage.COMPARE)], 2)
    assert said == ["Replaying: 2 of 2 packages\n", "Comparing: 2 of 2 packages\n"]
