"""What every Objects promises."""

import hashlib
from functools import partial

import pytest

from domain.ports.objects import ABSENT, ObjectChanged, Objects
from tests.together import together

KEY = "simple/spam/index.html"
THREADS = 16


def test_an_object_nobody_put_is_absent(objects: Objects) -> None:
    assert objects.get(KEY) is None
    assert objects.etag(KEY) == ABSENT
    assert objects.sha256(KEY) is None
    assert list(objects.keys()) == []


@pytest.mark.parametrize("body", [b"", b"\x00\xff\r\n", b"x" * 3_000_000], ids=["empty", "binary", "big"])
def test_an_object_comes_back_as_it_was_put(objects: Objects, body: bytes) -> None:
    objects.put(KEY, b"before")
    objects.put(KEY, body)

    assert objects.get(KEY) == body
    assert objects.etag(KEY) != ABSENT
    assert objects.sha256(KEY) == hashlib.sha256(body).hexdigest()


def test_the_etag_changes_whenever_the_object_does(objects: Objects) -> None:
    etags = []
    for body in (b"1", b"2", b"", b"22"):
        objects.put(KEY, body)
        etags.append(objects.etag(KEY))
        assert objects.etag(KEY) == etags[-1]

    assert len(set(etags)) == 4


def test_putting_equal_bytes_again_is_harmless(objects: Objects) -> None:
    objects.put(KEY, b"1")
    etag = objects.etag(KEY)
    objects.put(KEY, b"1", if_match=etag)

    assert (objects.get(KEY), objects.etag(KEY)) == (b"1", etag)


def test_a_conditional_put_replaces_what_the_writer_saw(objects: Objects) -> None:
    objects.put(KEY, b"1", if_match=ABSENT)
    objects.put(KEY, b"2", if_match=objects.etag(KEY))

    assert objects.get(KEY) == b"2"


@pytest.mark.parametrize("body", [b"2", b"3"], ids=["equal", "different"])
def test_a_conditional_put_leaves_what_the_writer_did_not_see(objects: Objects, body: bytes) -> None:
    objects.put(KEY, b"1")
    seen = objects.etag(KEY)
    objects.put(KEY, b"2")

    for stale in (seen, ABSENT):
        with pytest.raises(ObjectChanged):
            objects.put(KEY, body, if_match=stale)

    assert objects.get(KEY) == b"2"


def test_a_conditional_put_does_not_bring_back_what_is_deleted(objects: Objects) -> None:
    objects.put(KEY, b"1")
    seen = objects.etag(KEY)
    objects.delete(KEY)

    with pytest.raises(ObjectChanged):
        objects.put(KEY, b"1", if_match=seen)

    assert objects.get(KEY) is None


def test_a_deleted_object_is_absent_and_can_be_put_again(objects: Objects) -> None:
    objects.put(KEY, b"1")
    objects.put("simple/spam/index.v1_json", b"2")

    objects.delete(KEY)
    objects.delete(KEY)

    assert objects.get(KEY) is None
    assert objects.etag(KEY) == ABSENT
    assert list(objects.keys()) == ["simple/spam/index.v1_json"]
    objects.put(KEY, b"3", if_match=ABSENT)
    assert objects.get(KEY) == b"3"


def test_what_leads_to_an_object_is_none(objects: Objects) -> None:
    objects.put(KEY, b"1")

    for key in ("simple", "simple/spam", f"{KEY}/below"):
        assert objects.get(key) is None
        assert objects.etag(key) == ABSENT
        assert objects.sha256(key) is None
        objects.delete(key)
    assert objects.get(KEY) == b"1"


def test_keys_come_in_the_order_of_their_bytes(objects: Objects) -> None:
    keys = ["a/b", "a-b/c", "a.b", "a0", "a/b.c/d", "a/b-c", "B", "é", "z", "\U0001f40d", "\uffee", "a/é/1", "a/z"]
    for key in keys:
        objects.put(key, key.encode())

    assert list(objects.keys()) == sorted(keys, key=str.encode)


@pytest.mark.parametrize(
    ("prefix", "found"),
    [
        ("packages/spam/", ["packages/spam/1.0/a.whl", "packages/spam/1.0/a.whl.metadata", "packages/spam/2.0/b.whl"]),
        ("packages/spam/1", ["packages/spam/1.0/a.whl", "packages/spam/1.0/a.whl.metadata"]),
        ("packages/spam/1.0/a.whl", ["packages/spam/1.0/a.whl", "packages/spam/1.0/a.whl.metadata"]),
        ("packages/spam-", ["packages/spam-eggs/1.0/c.whl"]),
        ("index", ["index.html"]),
        ("nothing", []),
        ("nothing/at/all", []),
        ("index.html/", []),
    ],
)
def test_a_prefix_is_any_beginning_of_a_key(objects: Objects, prefix: str, found: list[str]) -> None:
    for key in (
        "index.html",
        "packages/spam/1.0/a.whl",
        "packages/spam/1.0/a.whl.metadata",
        "packages/spam/2.0/b.whl",
        "packages/spam-eggs/1.0/c.whl",
        "simple/spam/index.html",
    ):
        objects.put(key, b"")

    assert list(objects.keys(prefix)) == found


@pytest.mark.parametrize(
    "key",
    [
        "",
        "/etc/passwd",
        "../x",
        "a/../../x",
        "a//b",
        "a/",
        ".",
        "a/.",
        ".hidden",
        "a\0b",
        "\ud800",
        "a" * 256,
        "a/" * 600,
    ],
)
def test_a_key_that_is_no_path_is_refused_and_has_no_object(objects: Objects, key: str) -> None:
    with pytest.raises(ValueError, match="no key"):
        objects.put(key, b"1")

    assert objects.get(key) is None
    assert objects.etag(key) == ABSENT
    assert objects.sha256(key) is None
    objects.delete(key)
    assert list(objects.keys()) == []


def test_a_prefix_that_leads_outside_finds_nothing(objects: Objects) -> None:
    objects.put(KEY, b"1")

    for prefix in ("/", "../", "simple/../", "./", "simple//", "\0/", "\ud800/", "\ud800"):
        assert list(objects.keys(prefix)) == []


@pytest.mark.concurrent
def test_of_simultaneous_conditional_puts_exactly_one_wins(objects: Objects) -> None:
    for seen in (ABSENT, None):
        bodies = [f"{seen} {thread}".encode() for thread in range(THREADS)]
        etag = objects.etag(KEY) if seen is None else seen
        results = together([partial(objects.put, KEY, body, etag) for body in bodies])

        (winner,) = [body for body, result in zip(bodies, results, strict=True) if result is None]
        assert objects.get(KEY) == winner
        assert sum(isinstance(result, ObjectChanged) for result in results) == THREADS - 1


@pytest.mark.concurrent
def test_no_update_is_lost_where_all_try_again(objects: Objects) -> None:
    objects.put(KEY, b"0")

    def count() -> None:
        while True:
            etag = objects.etag(KEY)
            body = objects.get(KEY)
            assert body is not None
            try:
                objects.put(KEY, str(int(body) + 1).encode(), if_match=etag)
            except ObjectChanged:
                continue
            return

    # Bytes read after the etag may be newer than it, but then the put fails.
    assert together([count] * THREADS) == [None] * THREADS
    assert objects.get(KEY) == str(THREADS).encode()


@pytest.mark.concurrent
def test_readers_see_whole_objects_while_others_write(objects: Objects) -> None:
    bodies = [letter * 200_000 for letter in (b"a", b"b", b"c")]
    objects.put(KEY, bodies[0])
    done: list[bool] = []

    def write() -> None:
        for body in bodies * 10:
            objects.put(KEY, body)
        done.append(True)

    def look() -> None:
        while not done:
            assert objects.get(KEY) in bodies
            assert list(objects.keys()) == [KEY]

    assert together([write, look, look]) == [None] * 3


@pytest.mark.concurrent
def test_puts_and_deletes_beside_each_other_leave_each_object_as_its_last_writer_said(objects: Objects) -> None:
    def put_and_delete(key: str) -> None:
        for _ in range(30):
            objects.put(key, b"1", if_match=ABSENT)
            assert objects.get(key) == b"1"
            objects.delete(key)
            assert objects.get(key) is None
        objects.put(key, b"2")

    keys = [f"packages/spam/1.0/{thread}" for thread in range(8)]
    assert together([partial(put_and_delete, key) for key in keys]) == [None] * 8
    assert list(objects.keys()) == keys
    assert {objects.get(key) for key in keys} == {b"2"}
