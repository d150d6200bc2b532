"""What every Blobs promises."""

import hashlib
from functools import partial
from pathlib import Path

import pytest

from domain.ports.blobs import Blobs, blob_key
from domain.ports.objects import Objects
from tests.together import together

BODY = b"PK\x03\x04" * 50_000
KEY = blob_key("spam", hashlib.sha256(BODY).hexdigest(), "spam-1.0-py3-none-any.whl")
METADATA = b"Metadata-Version: 2.4\n"
BOTH = [KEY, f"{KEY}.metadata"]
SITE_KEY = "packages/spam/1.0/spam-1.0-py3-none-any.whl"


@pytest.fixture
def source(tmp_path: Path) -> Path:
    path = tmp_path / "upload"
    path.write_bytes(BODY)
    return path


def test_a_blob_nobody_added_cannot_be_read_or_offered(blobs: Blobs, objects: Objects) -> None:
    with pytest.raises(LookupError) as unread:
        blobs.read(KEY)
    with pytest.raises(LookupError) as unoffered:
        blobs.offer(KEY, SITE_KEY)

    assert unread.value.args == unoffered.value.args == (KEY,)
    assert list(blobs.keys()) == []
    assert objects.get(SITE_KEY) is None


def test_a_file_that_was_added_can_be_read(blobs: Blobs, source: Path) -> None:
    blobs.add(KEY, source, METADATA)

    assert blobs.read(KEY) == BODY
    assert blobs.read(f"{KEY}.metadata") == METADATA
    assert list(blobs.keys()) == BOTH


def test_bytes_that_were_added_can_be_read(blobs: Blobs) -> None:
    blobs.add_bytes(f"{KEY}.metadata", METADATA)

    assert blobs.read(f"{KEY}.metadata") == METADATA


def test_adding_again_is_harmless(blobs: Blobs, source: Path) -> None:
    blobs.add_bytes(KEY, BODY)
    blobs.add(KEY, source, METADATA)
    blobs.add_bytes(KEY, BODY)

    assert blobs.read(KEY) == BODY
    assert list(blobs.keys()) == BOTH


def test_an_offered_blob_is_an_object_and_stays_private(blobs: Blobs, objects: Objects, source: Path) -> None:
    blobs.add(KEY, source, METADATA)
    assert list(objects.keys()) == []

    blobs.offer(KEY, SITE_KEY)

    assert objects.get(SITE_KEY) == BODY
    assert objects.sha256(SITE_KEY) == hashlib.sha256(BODY).hexdigest()
    assert list(objects.keys()) == [SITE_KEY]
    assert list(blobs.keys()) == BOTH


def test_offering_again_is_harmless_and_replaces_what_is_there(blobs: Blobs, objects: Objects, source: Path) -> None:
    blobs.add(KEY, source, METADATA)
    objects.put(SITE_KEY, b"damaged")

    blobs.offer(KEY, SITE_KEY)
    blobs.offer(KEY, SITE_KEY)

    assert objects.get(SITE_KEY) == BODY


def test_replacing_an_offered_object_leaves_the_blob(blobs: Blobs, objects: Objects, source: Path) -> None:
    blobs.add(KEY, source, METADATA)
    blobs.offer(KEY, SITE_KEY)

    objects.put(SITE_KEY, b"other")
    assert blobs.read(KEY) == BODY

    objects.delete(SITE_KEY)
    assert blobs.read(KEY) == BODY


def test_removing_a_blob_leaves_what_was_offered(blobs: Blobs, objects: Objects, source: Path) -> None:
    blobs.add(KEY, source, METADATA)
    blobs.offer(KEY, SITE_KEY)

    blobs.remove(KEY)
    blobs.remove(KEY)

    assert objects.get(SITE_KEY) == BODY
    assert list(blobs.keys()) == [f"{KEY}.metadata"]
    with pytest.raises(LookupError):
        blobs.read(KEY)


def test_a_removed_blob_can_be_added_again(blobs: Blobs) -> None:
    blobs.add_bytes(KEY, BODY)
    blobs.remove(KEY)
    blobs.add_bytes(KEY, BODY)

    assert blobs.read(KEY) == BODY


def test_keys_of_a_package_come_in_order_and_without_others(blobs: Blobs) -> None:
    keys = [blob_key(package, digest, "f") for package in ("spam", "spam-eggs", "sp") for digest in ("b", "a")]
    for key in keys:
        blobs.add_bytes(key, b"")

    assert list(blobs.keys("spam/")) == ["spam/a/f", "spam/b/f"]
    assert list(blobs.keys()) == sorted(keys)
    assert list(blobs.keys("none/")) == []


@pytest.mark.parametrize("key", ["../outside", "/outside", "a/../../b", "a//b"])
def test_a_key_that_is_no_path_is_refused(blobs: Blobs, source: Path, key: str) -> None:
    with pytest.raises(ValueError, match="no key"):
        blobs.add_bytes(key, BODY)
    with pytest.raises(ValueError, match="no key"):
        blobs.add(key, source, METADATA)
    with pytest.raises(LookupError):
        blobs.read(key)
    with pytest.raises(LookupError):
        blobs.offer(key, SITE_KEY)
    blobs.add_bytes(KEY, BODY)
    with pytest.raises(ValueError, match="no key"):
        blobs.offer(KEY, key)


@pytest.mark.concurrent
def test_simultaneous_offers_are_all_whole(blobs: Blobs, objects: Objects, source: Path) -> None:
    blobs.add(KEY, source, METADATA)
    own = [f"packages/spam/{thread}/spam.whl" for thread in range(15)]

    results = together([partial(blobs.offer, KEY, key) for key in [*own, *[SITE_KEY] * 15]])

    assert results == [None] * 30
    assert list(objects.keys()) == sorted([*own, SITE_KEY])
    assert {objects.sha256(key) for key in objects.keys()} == {hashlib.sha256(BODY).hexdigest()}


@pytest.mark.concurrent
def test_simultaneous_adds_of_one_blob_are_harmless(blobs: Blobs, tmp_path: Path) -> None:
    sources = [tmp_path / f"upload-{thread}" for thread in range(16)]
    for path in sources:
        path.write_bytes(BODY)

    assert together([partial(blobs.add, KEY, path, METADATA) for path in sources]) == [None] * 16

    assert blobs.read(KEY) == BODY
    assert list(blobs.keys()) == BOTH


@pytest.mark.concurrent
def test_offers_while_the_blob_is_removed_are_whole_or_nothing(blobs: Blobs, objects: Objects) -> None:
    for _ in range(10):
        blobs.add_bytes(KEY, BODY)
        offered, removed = together([partial(blobs.offer, KEY, SITE_KEY), partial(blobs.remove, KEY)])
        assert removed is None
        assert offered is None or isinstance(offered, LookupError)
        assert objects.get(SITE_KEY) == (BODY if offered is None else None)
        objects.delete(SITE_KEY)


def test_the_digest_is_that_of_the_bytes(blobs: Blobs) -> None:
    assert blobs.sha256(KEY) is None
    blobs.add_bytes(KEY, BODY)
    assert blobs.sha256(KEY) == hashlib.sha256(BODY).hexdigest()
