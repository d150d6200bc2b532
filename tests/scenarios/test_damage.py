"""Any single changed byte is found, and all but lost blobs is mended."""

import hashlib
from typing import Any

import pytest
from attrs import evolve
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from domain.needs import Need
from domain.search import tokens_of
from domain.usecases.table_faults import TABLES
from domain.usecases.verification import BLOBS, Difference, Fault
from tests.logs import DAY, line
from tests.scenarios.conftest import World
from tests.wheels import make_sdist, make_wheel

# Each change is followed by a rebuild of everything, and there are many.
pytestmark = pytest.mark.crash
WHEEL = make_wheel("frob", "1.0", metadata_extra="Summary: Turns things.\nRequires-Dist: other-thing")


@pytest.fixture
def index(world: World) -> World:
    """Every kind of object: files, metadata, pages, figures, badges, owners, search, browsing."""
    alice = world.submitter("alice")
    world.upload(alice, WHEEL)
    world.upload(alice, make_sdist("frob", "1.0"))
    world.upload(alice, make_wheel("other.thing", "2.0"), name="other.thing")
    world.logged(line("1"))
    world.settle()
    world.night(DAY)
    assert world.differences() == []
    return world


def rebuilt(world: World) -> list[Difference]:
    return list(world.index.rebuilding().rebuild())


@settings(
    max_examples=15,
    database=None,
    phases=[Phase.generate],
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(data=st.data())
def test_any_change_of_any_object_is_named_and_mended(index: World, data: st.DataObject) -> None:
    objects, before = index.ports.objects(), index.snapshot()
    key = data.draw(st.sampled_from(sorted(before)), label="object")
    body = before[key] or b""
    at = data.draw(st.integers(0, max(0, len(body) - 1)), label="at")
    kind = data.draw(st.sampled_from(["flip", "add", "remove", "truncate", "delete", "beside"]), label="kind")
    match kind:
        case "delete":
            objects.delete(key)
            expected = Difference(key, Fault.MISSING)
        case "beside":
            key = f"{key}x"
            objects.put(key, body)
            expected = Difference(key, Fault.STRAY)
        case "flip" | "remove" | "truncate" if not body:
            return
        case _:
            bit = 1 << data.draw(st.integers(0, 7), label="bit")
            changed = {
                "flip": body[:at] + bytes([body[at] ^ bit]) + body[at + 1 :] if body else b"",
                "add": body[:at] + b"x" + body[at:],
                "remove": body[:at] + body[at + 1 :],
                "truncate": body[:at],
            }[kind]
            if changed == body:
                return
            objects.put(key, changed)
            expected = Difference(key, Fault.DIFFERENT)
    assert index.differences() == [expected]
    assert rebuilt(index) == []
    assert index.snapshot() == before


def test_every_object_is_compared(index: World) -> None:
    before = index.snapshot()
    for key in sorted(before):
        index.ports.objects().put(key, b"!" + (before[key] or b""))
    assert {difference.key for difference in index.differences()} == set(before)
    assert rebuilt(index) == []
    assert index.snapshot() == before


def test_damaged_private_copies_are_named_and_come_back_from_the_served_ones(index: World) -> None:
    blobs = index.ports.blobs()
    wheel_blobs = [key for key in blobs.keys() if ".whl" in key]
    bodies = {key: blobs.read(key) for key in wheel_blobs}
    assert len(bodies) == 4
    for key, body in bodies.items():
        blobs.remove(key)
        blobs.add_bytes(key, body[:-1])
    assert {Difference(f"{BLOBS}{key}", Fault.UNSAFE) for key in bodies} <= set(index.differences())
    assert rebuilt(index) == []
    assert {key: blobs.read(key) for key in bodies} == bodies
    assert index.differences() == []


def test_a_private_copy_is_not_replaced_by_a_file_that_goes_meanwhile(
    index: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    blobs, objects = index.ports.blobs(), index.ports.objects()
    filename = make_sdist("frob", "1.0")[0]
    (blob,) = [key for key in blobs.keys() if key.endswith(filename)]
    damaged = blobs.read(blob)[:10]
    blobs.remove(blob)
    blobs.add_bytes(blob, damaged)
    get = objects.get
    monkeypatch.setattr(objects, "get", lambda key: None if key.endswith(filename) else get(key))
    rebuilt(index)
    assert blobs.read(blob) == damaged


def test_what_is_nowhere_is_lost_and_nothing_else(index: World) -> None:
    blobs, before = index.ports.blobs(), index.snapshot()
    filename = make_sdist("frob", "1.0")[0]
    (blob,) = [key for key in blobs.keys() if key.endswith(filename)]
    body = blobs.read(blob)
    blobs.remove(blob)
    blobs.add_bytes(blob, body[:10])
    key = f"packages/frob/1.0/{filename}"
    assert index.differences() == [Difference(f"{BLOBS}{blob}", Fault.UNSAFE)]
    index.ports.objects().put(key, b"damaged")
    lost = [Difference(key, Fault.LOST)]
    assert index.differences() == lost
    assert rebuilt(index) == lost
    blobs.remove(blob)
    blobs.add_bytes(blob, body)
    assert rebuilt(index) == []
    assert hashlib.sha256(body).hexdigest() == index.ports.objects().sha256(key)
    assert index.snapshot() == before


def changes(world: World) -> dict[str, Any]:
    """Rows as nothing but damage makes them, by what is to be named."""
    ports = world.ports
    entry = ports.catalogue().get("frob")
    (row,) = ports.usage_table().rows()
    ((_, summary),) = ports.usage_table().summaries()
    (brief,) = ports.usage_table().briefs()
    (posting,) = ports.directory().between("=frob", "=frobx")
    listing = posting.listing
    return {
        "catalogue/frob": [
            lambda: ports.catalogue().put(evolve(entry, summary="Turned.")),
            lambda: ports.catalogue().put(evolve(entry, stream_version=99)),
            lambda: ports.catalogue().forget("frob"),
        ],
        "catalogue/ghost": [lambda: ports.catalogue().put(evolve(entry, name="ghost"))],
        "usage/frob": [
            lambda: ports.usage_table().put(evolve(row, total=7), summary),
            lambda: ports.usage_table().put(evolve(row, stamp="9999-12-31#00000000"), summary),
            lambda: ports.usage_table().put(row, evolve(summary, ci=7)),
            lambda: ports.usage_table().forget("frob"),
            lambda: ports.usage_table().put_brief(evolve(brief, total=7)),
            lambda: ports.usage_table().put_brief(evolve(brief, days={**brief.days, "2027-01-01": 7})),
            lambda: ports.usage_table().put_brief(evolve(brief, versions=dict.fromkeys(brief.versions, 99))),
        ],
        "directory/frob": [
            lambda: ports.directory().put("frob", evolve(listing, summary="Turned."), tokens_of(listing)),
            lambda: ports.directory().put("frob", listing, tokens_of(listing) - {"turns"}),
            lambda: ports.directory().put("frob", listing, tokens_of(listing) | {"turned"}),
            lambda: ports.directory().forget("frob", tokens_of(listing)),
        ],
        "directory/ghost": [
            lambda: ports.directory().put("ghost", evolve(listing, name="ghost"), frozenset({"=ghost"}))
        ],
        "dependents/frob": [
            lambda: ports.dependents().put("frob", [Need("other-thing", "frob", "frob", ">=9")]),
            lambda: ports.dependents().forget("frob", ["other-thing"]),
        ],
    }


def test_any_change_of_any_row_is_named_and_mended(index: World) -> None:
    before = index.snapshot()
    for key, ways in changes(index).items():
        for way in ways:
            way()
            assert f"{TABLES}{key}" in {difference.key for difference in index.differences()}, key
            assert rebuilt(index) == []
            assert index.differences() == [], key
            assert index.snapshot() == before


def test_without_any_object_or_row_all_comes_back(index: World) -> None:
    before = index.snapshot()
    for key in before:
        index.ports.objects().delete(key)
    for name in ("frob", "other-thing"):
        index.index.rows().forget(name, (), ())
    assert rebuilt(index) == []
    assert index.snapshot() == before
    assert index.differences() == []
