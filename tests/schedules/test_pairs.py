"""Two operations on one package at the same time, in every order with at most two changes of turn."""

from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from domain.messages import Page
from domain.package import Status
from tests.schedules.acts import Act, Hands
from tests.schedules.pairs import Pair, preemptions, storage_in
from tests.schedules.worlds import Clock

Acts = Sequence[Act]


Told = Callable[[Hands], tuple[Acts, Acts, Acts]]
"""What was done before, and what each of both does."""

PAIRS: dict[str, Told] = {
    "two versions": lambda at: ([], [at.upload("1.0")], [at.upload("2.0")]),
    "one filename, two contents": lambda at: ([], [at.upload("1.0")], [at.upload("1.0", summary="Other.")]),
    "names that look alike": lambda at: ([], [at.upload("1.0")], [at.upload("1.0", name="p001", who="bob")]),
    "a name and two owners": lambda at: ([], [at.upload("1.0")], [at.upload("2.0", who="bob")]),
    "yanked and brought back": lambda at: (
        [at.upload("1.0")],
        [at.file("yank", "1.0", "Bad.")],
        [at.file("unyank", "1.0"), at.upload("2.0")],
    ),
    "deleted and sent again": lambda at: (
        [at.upload("1.0")],
        [at.file("delete", "1.0")],
        [at.upload("1.0", summary="Other.")],
    ),
    "sent and deleted at once": lambda at: ([at.upload("1.0")], [at.upload("2.0")], [at.file("delete", "2.0")]),
    "first sent and withdrawn at once": lambda at: ([], [at.upload("1.0")], [at.withdraw()]),
    "withdrawn and published": lambda at: ([at.upload("1.0")], [at.withdraw()], [at.upload("2.0")]),
    "put in quarantine and brought back": lambda at: (
        [at.upload("1.0")],
        [at.mark(Status.QUARANTINED)],
        [at.mark(Status.ACTIVE)],
    ),
    "pages made again": lambda at: (
        [at.upload("1.0")],
        [at.handle(Page.FILES)],
        [at.file("delete", "1.0"), at.upload("2.0")],
    ),
}


# Two may spoil what the other wrote until they look again: who takes files away after it wrote its page, as a file that
# came back is the same file; and who writes the first page, as there is no page afterwards as before.
SOON = {"put in quarantine and brought back", "first sent and withdrawn at once"}

# Only the first of both is interrupted twice: the two do much the same, or the second does much.
ONE_FIRST = {
    "two versions",
    "one filename, two contents",
    "names that look alike",
    "a name and two owners",
    "yanked and brought back",
    "pages made again",
}


@pytest.mark.parametrize("title", PAIRS)
def test_two_at_once(tmp_path: Path, title: str) -> None:
    storage = storage_in(tmp_path)
    begun, *both = PAIRS[title](Hands(storage.side(Clock())))
    pair = Pair(storage, begun, both, ("pool", "p001"), meanwhile=title not in SOON)
    for order in preemptions(pair.places(), (0,) if title in ONE_FIRST else (0, 1)):
        try:
            pair.run(order)
        except AssertionError as error:
            error.add_note(f"order: {order}")
            raise
