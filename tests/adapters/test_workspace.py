"""Files are measured where they were fetched to, and leave nothing behind."""

import hashlib
from pathlib import Path

import pytest

from adapters.workspace import FolderWorkspace

BODY = b"bytes" * 500_000


def test_what_was_fetched_is_measured_and_removed(tmp_path: Path) -> None:
    with FolderWorkspace(tmp_path).received("frob-1.0.tar.gz", lambda path: path.write_bytes(BODY) > 0) as received:
        assert received is not None
        assert received.filename == "frob-1.0.tar.gz"
        assert received.size == len(BODY)
        assert received.digests.sha256 == hashlib.sha256(BODY).hexdigest()
        assert received.path.read_bytes() == BODY
    assert list(tmp_path.iterdir()) == []


def test_what_was_taken_away_is_not_missed(tmp_path: Path) -> None:
    kept = tmp_path / "kept"
    with FolderWorkspace(tmp_path).received("x", lambda path: path.write_bytes(BODY) > 0) as received:
        assert received is not None
        received.path.rename(kept)
    assert list(tmp_path.iterdir()) == [kept]


def test_nothing_fetched_is_nothing_received(tmp_path: Path) -> None:
    with FolderWorkspace(tmp_path).received("x", lambda _: False) as received:
        assert received is None
    assert list(tmp_path.iterdir()) == []


def test_a_failure_leaves_nothing_either(tmp_path: Path) -> None:
    def failing(path: Path) -> bool:
        path.write_bytes(BODY)
        raise OSError("the disk is full")

    with pytest.raises(OSError, match="full"), FolderWorkspace(tmp_path).received("x", failing):
        pass
    assert list(tmp_path.iterdir()) == []
