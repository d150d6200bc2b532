"""Where an index is: a home on this machine, or a stack on AWS. Commands ask for a `World` and do not mind which."""

from contextlib import AbstractContextManager

from attrs import frozen

from entrypoints.local.world import World
from infrastructure.cloud import DEFAULT_REGION
from infrastructure.settings import Settings


@frozen
class Place:
    """Which index a command is about.

    Attributes:
        settings: those of this machine, with its home.
        stack: the name of a deployed index, which is meant instead of the home.
        region: where the stack is.
    """

    settings: Settings
    stack: str | None = None
    region: str = DEFAULT_REGION


def opened(place: Place, *, create: bool) -> AbstractContextManager[World]:
    """The index that is meant.

    Args:
        place: which.
        create: make the home if there is none; otherwise that is an error. A stack is never made here.

    Raises:
        HomeUnusable, CloudUnusable: it cannot be used; the text says what to do.
    """
    # Each world's module needs what the other one does without.
    if place.stack is None:
        from entrypoints.local.home_world import opened_home  # noqa: PLC0415

        return opened_home(place.settings, create=create)
    from entrypoints.local.stack_world import opened_stack  # noqa: PLC0415

    return opened_stack(place.stack, place.region)
