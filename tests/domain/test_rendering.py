"""What was read of a package's metadata is kept for its next page, as long as there is room."""

import hashlib
from typing import Any, cast

import pytest
from attrs import evolve

from domain.package import Package
from domain.ports.blobs import blob_key
from domain.site_settings import SiteSettings
from domain.usecases.rendering import Rendering
from tests.domain.view_examples import AT, package, wheel

ROOM = 64
LARGEST = 128 * 1024


class Read:
    """Blobs, and which of them were read."""

    def __init__(self) -> None:
        self.bodies: dict[str, bytes] = {}
        self.reads: list[str] = []

    def read(self, key: str) -> bytes:
        self.reads.append(key.partition("/")[0])
        return self.bodies[key]


@pytest.fixture
def blobs() -> Read:
    return Read()


@pytest.fixture
def rendering(blobs: Read) -> Rendering:
    return Rendering(cast("Any", blobs), cast("Any", None), SiteSettings("https://index.example"))


def added(blobs: Read, name: str, length: int = 200) -> Package:
    head = f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.0\n\n"
    body = head.ljust(length, "x").encode()
    file = evolve(wheel("1.0", at=AT), metadata_sha256=hashlib.sha256(body).hexdigest())
    blobs.bodies[f"{blob_key(name, file.sha256, file.filename)}.metadata"] = body
    return evolve(package(file), name=name)


def test_what_is_used_is_kept_and_what_was_not_used_for_longest_makes_room(blobs: Read, rendering: Rendering) -> None:
    packages = [added(blobs, f"frob{number}") for number in range(ROOM + 1)]
    for each in packages[:ROOM]:
        rendering.repository(each)
    rendering.repository(packages[0])
    assert len(blobs.reads) == ROOM
    rendering.repository(packages[ROOM])
    blobs.reads.clear()

    rendering.repository(packages[0])
    rendering.repository(packages[2])
    assert blobs.reads == []
    rendering.repository(packages[1])
    assert blobs.reads == ["frob1"]


def test_what_is_too_large_is_not_kept(blobs: Read, rendering: Rendering) -> None:
    kept, large = added(blobs, "kept", LARGEST), added(blobs, "large", LARGEST + 1)
    for _ in range(2):
        rendering.repository(kept)
        rendering.repository(large)
    assert blobs.reads == ["kept", "large", "large"]


def test_damaged_metadata_is_neither_shown_nor_kept(blobs: Read, rendering: Rendering) -> None:
    damaged = added(blobs, "frob")
    (key,) = blobs.bodies
    blobs.bodies[key] += b"x"
    for _ in range(2):
        with pytest.raises(LookupError):
            rendering.repository(damaged)
    assert blobs.reads == ["frob", "frob"]
