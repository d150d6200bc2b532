"""Nights: downloads are counted, repositories asked for."""

from domain.repository import RepositoryFacts
from tests.faults.case_packages import published, uploads
from tests.faults.cases import Case, Notes, Step
from tests.logs import DAY, line
from tests.scenarios.conftest import START, World
from tests.wheels import make_sdist, make_wheel

_SDIST = f"/packages/frob/1.0/{make_sdist('frob', '1.0')[0]}"
_BASE = "/packages/base/1.0/base-1.0-py3-none-any.whl"
_FACTS = RepositoryFacts("alice/frob", START, stars=12, issues=5, pull_requests=2, contributors=4)
_MOVED = make_wheel("frob", "2.0", metadata_extra="Project-URL: Source, https://github.com/bob/frob\n")
_LATER = 24 * 60  # steps are minutes, and a day is counted when it is over


def _logged(world: World, notes: Notes) -> None:
    published(world, notes)
    world.ports.clock().step += _LATER
    world.logged(line("1"), line("2", c_ip="192.0.2.2", c_country="FR"), line("3", cs_uri_stem=_SDIST))
    world.logged(line("4", cs_uri_stem=_BASE))


def _count(world: World, *_: object) -> None:
    world.night(DAY)


def _late(world: World, _: Notes, attempt: int) -> None:
    """A log comes late, and a later night counts again."""
    if not attempt:
        world.logged(line("5", time="23:59:59", cs_uri_stem=_BASE), day="2026-11-25")
    world.night(DAY)


def _announce(world: World, *_: object) -> None:
    world.index.counting().announce([DAY], "tonight")


def _known(world: World, notes: Notes) -> None:
    """GitHub says the same all the time: what steps would change there a killed process would take along."""
    world.repositories.show(_FACTS)
    published(world, notes)


def _ask(world: World, *_: object) -> None:
    world.index.repository_facts().announce()


def _due(world: World, *_: object) -> None:
    world.ports.clock().step += _LATER
    world.index.repository_facts().announce_due()


def _forget(world: World, *_: object) -> None:
    """Nobody follows the package's old repository any more."""
    world.index.repository_facts().announce()


CASES = (
    Case("nights of counting", (Step("night", _count), Step("late log", _late)), _logged, is_atomic=False),
    Case("counting by messages", (Step("announce", _announce),), _logged, is_atomic=False, worlds=("memory",)),
    Case(
        "facts of repositories",
        (Step("ask", _ask), Step("whose turn it is", _due), *uploads(_MOVED), Step("forget", _forget)),
        _known,
        is_atomic=False,
    ),
)
