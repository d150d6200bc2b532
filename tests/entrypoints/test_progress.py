"""How far commands have come, where there is no terminal."""

import io

from rich.console import Console
from rich.progress import Progress

from domain.usecases.verification import Stage
from entrypoints.local.progress import Bars, Lines


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


def test_a_stage_that_comes_again_says_so() -> None:
    stages = [Stage.REPLAY, Stage.WRITE, Stage.REPLAY, Stage.COMPARE]
    assert told([(float(n) / 10, stage) for n, stage in enumerate(stages)], 1) == [
        "Replaying: 1 of 1 package\n",
        "Writing: 1 of 1 package\n",
        "Replaying again: 1 of 1 package\n",
        "Comparing: 1 of 1 package\n",
    ]


def test_no_bar_goes_past_its_total() -> None:
    progress = Progress(console=Console(file=io.StringIO()))
    bars = Bars(2, progress)
    for stage in (Stage.REPLAY, Stage.REPLAY, Stage.WRITE, Stage.WRITE, Stage.REPLAY, Stage.REPLAY):
        bars(stage)
    assert [(task.description, task.completed, task.total) for task in progress.tasks] == [
        ("Replaying", 2, 2),
        ("Writing", 2, 2),
        ("Replaying again", 2, 2),
    ]
