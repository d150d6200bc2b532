"""What the operator does to all packages at once."""

from attrs import evolve

from domain.submission_events import BuildFailed, SubmissionRequested
from tests.faults.case_packages import BASE, NEXT, SDIST, WHEEL, published
from tests.faults.cases import Case, Notes, Step
from tests.scenarios.conftest import START, World
from tests.wheels import make_wheel


def _start(world: World, *_: object) -> None:
    world.index.lists().ensure_start()


def _emptied(world: World, notes: Notes) -> None:
    """Nothing is served, and rows tell of a package and of a submission that never were."""
    published(world, notes)
    catalogue = world.ports.catalogue()
    catalogue.put(evolve(next(iter(catalogue.entries())), name="ghost"))
    records = world.index.submission_records()
    records.begin("a" * 16, SubmissionRequested("583231", "octocat", "octocat/spam", 7, "v1", False, "a" * 40, START))  # noqa: FBT003
    failed = records.append("a" * 16, lambda _: (BuildFailed("It does not build.", START),))
    world.ports.submission_table().put(evolve(records.row(failed), id="b" * 16))
    for key in world.keys():
        world.ports.objects().delete(key)


def _rebuild(world: World, *_: object) -> None:
    list(world.index.rebuilding().rebuild())


def _damaged(world: World, notes: Notes) -> None:
    published(world, notes)
    objects = world.ports.objects()
    for key in ("simple/frob/index.v1_json", "project/base/index.html", "index.html"):
        objects.put(key, b'{"files": []}')
    objects.delete("project/frob/1.0/index.html")


def _without_private_copies(world: World, notes: Notes) -> None:
    """One is damaged, of another the core metadata is gone; what is served of both is whole."""
    published(world, notes)
    blobs = world.ports.blobs()
    wheel, metadata = (next(key for key in blobs.keys("frob/") if key.endswith(end)) for end in (".whl", ".metadata"))
    blobs.remove(metadata)
    blobs.remove(wheel)
    blobs.add_bytes(wheel, b"PK")


def _reconcile(world: World, *_: object) -> None:
    world.index.upkeep().reconcile()


def _everything(world: World, *_: object) -> None:
    world.index.upkeep().everything_stale()


def _adapt(world: World, *_: object) -> None:
    """As after a change of software or settings."""
    rebuilding = world.index.rebuilding()
    for name in world.index.verification().names():
        rebuilding.renew(name)
    rebuilding.renew_lists()
    world.index.lists().forget_old_assets()


def _import(world: World, notes: Notes, _: int) -> None:
    for file in (
        make_wheel("spam", "1.0"),
        make_wheel("spam", "2.0"),
        make_wheel("eggs", "1.0"),
        WHEEL,
        SDIST,
        NEXT,
        BASE,
    ):
        caller = notes["bob"] if file is BASE else notes["alice"]
        world.index.publishing().add(caller, world.received(*file))


def _with_bob(world: World, notes: Notes) -> None:
    published(world, notes)
    notes["bob"] = world.submitter("bob")


CASES = (
    Case("first start", (Step("start", _start),), is_atomic=False),
    Case("import", (Step("import", _import),), _with_bob, is_atomic=False),
    Case("rebuild", (Step("rebuild", _rebuild),), _emptied, is_atomic=False),
    Case("rebuild of private copies", (Step("rebuild", _rebuild),), _without_private_copies, is_atomic=False),
    Case("upkeep", (Step("reconcile", _reconcile), Step("everything", _everything)), _damaged, is_atomic=False),
    Case("another software", (Step("adapt", _adapt),), _damaged, is_atomic=False),
)
