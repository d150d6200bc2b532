"""What every Staging promises."""

import hashlib
from functools import partial
from pathlib import Path

import pytest

from domain.ports.staging import Staging
from tests.together import together

BODY = b"PK\x03\x04" * 50_000
UPLOAD = "0123456789abcdef"


def arriving(folder: Path, name: str, body: bytes) -> Path:
    path = folder / name
    path.write_bytes(body)
    return path


def fetched(staging: Staging, upload: str, destination: Path) -> bytes | None:
    return destination.read_bytes() if staging.fetch(upload, destination) else None


def test_nothing_arrived_until_something_is_kept(staging: Staging, tmp_path: Path) -> None:
    assert not staging.fetch(UPLOAD, tmp_path / "out")
    assert not (tmp_path / "out").exists()
    staging.remove(UPLOAD)


@pytest.mark.parametrize("body", [b"", BODY], ids=["empty", "some"])
def test_what_arrived_can_be_fetched_again_and_again(staging: Staging, tmp_path: Path, body: bytes) -> None:
    staging.keep(UPLOAD, arriving(tmp_path, "in", body))

    assert fetched(staging, UPLOAD, tmp_path / "out") == body
    assert fetched(staging, UPLOAD, arriving(tmp_path, "other", BODY * 2)) == body
    assert fetched(staging, "other", tmp_path / "none") is None


def test_what_arrives_again_takes_its_place(staging: Staging, tmp_path: Path) -> None:
    staging.keep(UPLOAD, arriving(tmp_path, "1", b"1"))
    staging.keep(UPLOAD, arriving(tmp_path, "2", b"2"))

    assert fetched(staging, UPLOAD, tmp_path / "out") == b"2"


def test_what_is_removed_is_forgotten(staging: Staging, tmp_path: Path) -> None:
    staging.keep(UPLOAD, arriving(tmp_path, "1", b"1"))
    staging.keep("other", arriving(tmp_path, "2", b"2"))

    staging.remove(UPLOAD)
    staging.remove(UPLOAD)

    assert fetched(staging, UPLOAD, tmp_path / "out") is None
    assert fetched(staging, "other", tmp_path / "out") == b"2"


def test_a_target_says_where_to_send_a_form(staging: Staging) -> None:
    target = staging.target(UPLOAD, len(BODY), hashlib.sha256(BODY).hexdigest())

    assert target.url.startswith(("/", "http://", "https://"))
    assert all(isinstance(text, str) for field in target.fields.items() for text in field)
    assert "file" not in target.fields


@pytest.mark.parametrize("upload", ["", ".", "..", "../x", "a/b", "/a", "A", "a\0", "\ud800", "a" * 65, "a\n"])
def test_what_is_no_identifier_is_refused_and_nothing_arrived_for_it(
    staging: Staging, tmp_path: Path, upload: str
) -> None:
    with pytest.raises(ValueError, match="no identifier"):
        staging.target(upload, 1, "ab")
    with pytest.raises(ValueError, match="no identifier"):
        staging.keep(upload, arriving(tmp_path, "in", b"1"))

    assert not staging.fetch(upload, tmp_path / "out")
    staging.remove(upload)


@pytest.mark.concurrent
def test_whoever_fetches_sees_whole_files_while_others_arrive(staging: Staging, tmp_path: Path) -> None:
    bodies = [letter * 200_000 for letter in (b"a", b"b", b"c")]
    staging.keep(UPLOAD, arriving(tmp_path, "first", bodies[0]))

    def arrive(name: str) -> None:
        for each, body in enumerate(bodies * 5):
            staging.keep(UPLOAD, arriving(tmp_path, f"{name}-{each}", body))

    def look(name: str) -> None:
        for _ in range(15):
            assert fetched(staging, UPLOAD, tmp_path / name) in bodies

    actions = [partial(arrive, "in-1"), partial(arrive, "in-2"), partial(look, "out-1"), partial(look, "out-2")]
    assert together(actions) == [None] * 4
