"""What submitters and the operator do to packages."""

from contextlib import suppress

from attrs import evolve

from domain.decider import NoSuchFile, NoSuchPackage
from domain.package import Status
from tests.faults.cases import Case, Notes, Step
from tests.scenarios.conftest import World
from tests.wheels import make_sdist, make_wheel

SOURCE = "Project-URL: Source, https://github.com/alice/frob\n"
WHEEL = make_wheel("frob", "1.0", metadata_extra=f"{SOURCE}Requires-Dist: base>=1\n")
NEXT = make_wheel("frob", "1.1", metadata_extra=SOURCE)
SDIST = make_sdist("frob", "1.0")
BASE = make_wheel("base", "1.0")


def founded(world: World, notes: Notes) -> None:
    """Alice is there, and bob has published what alice's packages need."""
    world.index.lists().ensure_start()
    notes["alice"] = world.submitter("alice")
    world.upload(world.submitter("bob"), BASE)
    world.settle()


def published(world: World, notes: Notes) -> None:
    """Alice has published a package of two releases, too."""
    founded(world, notes)
    for file in (WHEEL, SDIST, NEXT):
        world.upload(notes["alice"], file)
    world.settle()


def uploads(*file: tuple[str, bytes]) -> tuple[Step, ...]:
    """One upload after the other."""
    return tuple(
        Step(f"upload {each[0]}", lambda world, notes, _, each=each: world.upload(notes["alice"], each))  # type: ignore[misc]
        for each in file
    )


def _reserve(world: World, notes: Notes, _: int) -> None:
    notes["upload"] = world.reserve(notes["alice"], WHEEL)


def _send(world: World, notes: Notes, _: int) -> None:
    world.send(notes["upload"], WHEEL[1])


def _take(world: World, notes: Notes, _: int) -> None:
    """As the index itself is sent a file."""
    world.index.uploads().take(notes["alice"], notes["upload"], world.received(*WHEEL))


def _complete(world: World, notes: Notes, _: int) -> None:
    notes["completed"] = world.index.uploads().complete(notes["alice"], notes["upload"])


def _poll(world: World, notes: Notes, attempt: int) -> None:
    _complete(world, notes, attempt)
    assert notes["completed"]


def _yank(world: World, notes: Notes, _: int) -> None:
    world.index.publishing().yank(notes["alice"], "frob", WHEEL[0], "broken")


def _unyank(world: World, notes: Notes, _: int) -> None:
    world.index.publishing().unyank(notes["alice"], "frob", WHEEL[0])


def _delete(world: World, notes: Notes, attempt: int) -> None:
    with suppress(*([NoSuchFile] if attempt else [])):  # the first attempt may have done it
        world.index.publishing().delete(notes["alice"], "frob", WHEEL[0])


def _withdraw(world: World, notes: Notes, attempt: int) -> None:
    with suppress(*([NoSuchPackage] if attempt else [])):
        world.index.publishing().withdraw(notes["alice"], "frob")


def _mark(status: Status) -> Step:
    return Step(f"mark {status}", lambda world, *_: world.index.publishing().mark("frob", status, "so it is"))


_CASES = (
    Case("upload", uploads(WHEEL, SDIST, NEXT), founded),
    Case(
        "large file, sent first",
        (Step("reserve", _reserve), Step("send", _send), Step("complete", _poll)),
        founded,
    ),
    Case(
        "large file, completed first",
        (Step("reserve", _reserve), Step("complete", _complete), Step("send", _send), Step("poll", _poll)),
        founded,
    ),
    Case(
        "large file through the index",
        (Step("reserve", _reserve), Step("take", _take), Step("complete", _poll)),
        founded,
    ),
    Case("yank and back", (Step("yank", _yank), Step("unyank", _unyank)), published),
    Case("delete a file", (Step("delete", _delete),), published),
    Case(
        "withdraw and come back",
        (Step("withdraw", _withdraw), *uploads(make_wheel("frob", "2.0"))),
        published,
    ),
    Case(
        "project status",
        tuple(map(_mark, (Status.ARCHIVED, Status.QUARANTINED, Status.DEPRECATED, Status.ACTIVE))),
        published,
    ),
)
CASES = tuple(evolve(case, is_prompt=True) for case in _CASES)
