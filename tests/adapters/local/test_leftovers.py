"""What killed processes leave in a home."""

import os
from pathlib import Path

import pytest

from adapters.local.folder import STAGING
from adapters.local.home import Home
from adapters.local.leftovers import sweep
from adapters.local.objects import FolderObjects


@pytest.fixture
def home(tmp_path: Path) -> Home:
    home = Home(tmp_path / "home")
    home.prepare()
    FolderObjects(home.site, home.tmp).put("index.html", b"1")
    return home


def test_only_old_spare_files_are_swept(home: Home) -> None:
    (home.tmp / "left").write_bytes(b"x")
    (home.tmp / "folder").mkdir()

    assert sweep(home) == 0
    assert sweep(home, -60) == 1

    assert sorted(path.name for path in home.tmp.iterdir()) == ["folder", "lock"]
    assert (home.site / "index.html").read_bytes() == b"1"


@pytest.mark.parametrize("folder", ["site", "blobs", "usage", "build-logs"])
def test_folders_on_other_disks_have_spare_files_of_their_own(home: Home, folder: str) -> None:
    staging = home.path / folder / STAGING
    staging.mkdir()
    (staging / "left").write_bytes(b"x")

    assert sweep(home) == 0
    assert sweep(home, -60) == 1


def test_a_new_link_to_an_old_file_is_not_swept(home: Home) -> None:
    old = home.path / "old"
    old.write_bytes(b"x")
    os.utime(old, (0, 0))
    (home.tmp / "link").hardlink_to(old)

    assert sweep(home) == 0
