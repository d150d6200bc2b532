"""Every use case that changes something, as steps of its clients, who ask again where they got no answer."""

from collections.abc import Callable, Sequence
from typing import Any

from attrs import frozen

from tests.scenarios.conftest import World

Notes = dict[str, Any]
"""What clients remember; it is theirs, so it is there whatever happens to the index."""


@frozen
class Step:
    """What a client does until it gets an answer; called with the number of the attempt, from 0."""

    name: str
    act: Callable[[World, Notes, int], object]


@frozen
class Case:
    """A use case.

    Attributes:
        name: of it.
        steps: each of which is answered before the next one.
        prepare: what is there before; it settles.
        is_atomic: whether a step that got no answer has happened or not, and nothing between, once all has settled.
        is_prompt: whether installers see what a step did as soon as it is answered.
        worlds: in which it is.
    """

    name: str
    steps: tuple[Step, ...]
    prepare: Callable[[World, Notes], object] = lambda *_: None
    is_atomic: bool = True
    is_prompt: bool = False
    worlds: tuple[str, ...] = ("memory", "local", "aws")


def all_cases() -> Sequence[Case]:
    """The table."""
    from tests.faults import case_downloads, case_packages, case_people, case_upkeep  # noqa: PLC0415

    return [*case_packages.CASES, *case_people.CASES, *case_downloads.CASES, *case_upkeep.CASES]
