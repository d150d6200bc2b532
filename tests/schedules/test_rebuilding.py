"""A rebuild that stands somewhere while others publish, and what it says about a package is no longer true."""

from collections.abc import Callable, Sequence
from itertools import combinations_with_replacement
from pathlib import Path

import pytest

from domain.package import Status
from tests.schedules import public
from tests.schedules.acts import Act, Hands
from tests.schedules.model import nothing, shown
from tests.schedules.pairs import storage_in
from tests.schedules.stepping import Call, Writer
from tests.schedules.worlds import Clock, work_off

Others = Callable[[Hands], Sequence[Act]]
OTHERS: dict[str, Others] = {
    "withdrawn and published": lambda at: [at.withdraw(), at.upload("2.0")],
    "put in quarantine and brought back": lambda at: [at.mark(Status.QUARANTINED), at.mark(Status.ACTIVE)],
}
_LISTS, _DELETES = "keys", "delete"


def _is_place(call: Call) -> bool:
    """It lists all objects, reads the package's events, or removes an object."""
    match call.method:
        case "keys":
            return not call.what
        case "read":
            return call.what == "package/pool"
        case method:
            return call.port == "objects" and method == _DELETES


def _rebuild(folder: Path, others: Others, stops: Sequence[int]) -> Sequence[str]:
    """Have others do one thing at each of these places of the rebuild; returns at what calls it might have stood."""
    storage = storage_in(folder)
    rebuilding, other = storage.side(Clock()), storage.side(Clock())
    at = Hands(other)
    first, acts = at.upload("1.0"), others(at)
    first.do(other)()
    work_off(other)
    places: list[str] = []

    def is_place(call: Call) -> bool:
        found = _is_place(call)
        if found:
            places.append(call.method)
        return found

    writer, state = (
        Writer(lambda: list(rebuilding.index.rebuilding().rebuild()), place=is_place),
        first.made_of(nothing()),
    )
    for stop, act in zip(stops, acts, strict=False):
        writer.step(stop - len(places))
        act.do(other)()
        work_off(other)
        state = act.made_of(state)
    writer.finish()
    assert writer.error is None
    assert public.seen(other.ports.objects(), "pool") == shown(state, "pool")
    assert list(other.index.verification().differences()) == []
    return places


@pytest.mark.parametrize("others", OTHERS.values(), ids=OTHERS)
def test_what_was_stray_when_a_rebuild_looked_and_is_published_again_stays(tmp_path: Path, others: Others) -> None:
    places = _rebuild(tmp_path, others, ())
    after_listing, first_removal = len(places) - places[::-1].index(_LISTS) + 1, len(places) + 1
    assert _rebuild(tmp_path, others, (after_listing, first_removal))[first_removal - 1] == _DELETES


@pytest.mark.crash
@pytest.mark.parametrize("others", OTHERS.values(), ids=OTHERS)
def test_others_publish_anywhere_in_a_rebuild(tmp_path: Path, others: Others) -> None:
    places = _rebuild(tmp_path, others, ())
    for stops in combinations_with_replacement(range(1, len(places) + 3), 2):
        _rebuild(tmp_path, others, stops)
