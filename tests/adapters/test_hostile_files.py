"""Folders that strangers filled are removed whatever is in them."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from adapters.building.hostile_files import remove

_NOBODY = 65_534
_DEPTH = 3_000


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A folder of a user for whom modes count; it is named from within its own, as the folders above are root's."""
    monkeypatch.chdir(tmp_path)
    user = os.geteuid()
    if user == 0:
        os.chown(tmp_path, _NOBODY, _NOBODY)
        os.seteuid(_NOBODY)
    try:
        made = Path("made")
        made.mkdir()
        yield made
    finally:
        os.seteuid(user)


@pytest.mark.parametrize("mode", [0o000, 0o444, 0o555])
def test_what_nobody_may_change_goes_too(folder: Path, mode: int) -> None:
    inner = folder / "a" / "b"
    inner.mkdir(parents=True)
    (inner / "file").write_text("kept?")
    for path in (inner / "file", inner, inner.parent, folder):
        path.chmod(mode)

    remove(folder)

    assert not folder.exists()


def test_no_depth_is_too_deep(folder: Path) -> None:
    above = os.open(folder, os.O_RDONLY)
    for _ in range(_DEPTH):
        os.mkdir("d", dir_fd=above)
        within = os.open("d", os.O_RDONLY, dir_fd=above)
        os.close(above)
        above = within
    os.close(above)

    remove(folder)

    assert not folder.exists()


def test_what_a_link_leads_to_stays(folder: Path) -> None:
    others = Path("others")
    others.mkdir()
    (others / "file").write_text("stays")
    (folder / "link").symlink_to(others.absolute(), target_is_directory=True)
    Path("first").symlink_to(others.absolute(), target_is_directory=True)

    remove(folder)
    remove(Path("first"))
    remove(Path("nothing"))

    assert (others / "file").read_text() == "stays"
    assert [path.name for path in Path().iterdir()] == ["others"]
