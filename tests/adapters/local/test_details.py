"""Details in a folder."""

from pathlib import Path

import pytest

from adapters.local.details import FolderDetails
from adapters.unreadable import Unreadable
from domain.detail import Detail

DAY = "2026-11-24"
NOTHING = Detail((), (), (), (), (), (), (), ())


def test_details_are_files_of_their_owner(tmp_path: Path) -> None:
    FolderDetails(tmp_path / "usage", tmp_path / "tmp").put(DAY, {"spam": NOTHING})

    path = tmp_path / "usage" / DAY / "spam.json.gz"
    assert path.stat().st_mode & 0o777 == 0o600
    assert list((tmp_path / "usage" / DAY).iterdir()) == [path]


def test_a_damaged_file_is_no_detail(tmp_path: Path) -> None:
    details = FolderDetails(tmp_path / "usage", tmp_path / "tmp")
    details.put(DAY, {"spam": NOTHING})
    path = tmp_path / "usage" / DAY / "spam.json.gz"
    path.write_bytes(path.read_bytes()[:-1])

    with pytest.raises(Unreadable):
        details.get("spam", DAY)


def test_any_changed_byte_is_noticed_but_those_that_say_nothing_of_the_content(tmp_path: Path) -> None:
    details = FolderDetails(tmp_path / "usage", tmp_path / "tmp")
    details.put(DAY, {"spam": NOTHING, "eggs": NOTHING})
    path = tmp_path / "usage" / DAY / "spam.json.gz"
    whole = path.read_bytes()
    header = range(3, 10)  # a flag for text, the time, how hard it was packed, and on which system
    for at in set(range(len(whole))) - set(header):
        path.write_bytes(whole[:at] + bytes([whole[at] ^ 1]) + whole[at + 1 :])
        assert list(details.whole(DAY)) == ["eggs"], at
    path.write_bytes(whole)
    assert list(details.whole(DAY)) == ["eggs", "spam"]


def test_other_files_are_no_details(tmp_path: Path) -> None:
    details = FolderDetails(tmp_path / "usage", tmp_path / "tmp")
    details.put(DAY, {"spam": NOTHING})
    (tmp_path / "usage" / DAY / "notes.txt").write_text("mine")
    (tmp_path / "usage" / DAY / ".hidden.json.gz").write_text("mine")

    assert list(details.packages(DAY)) == ["spam"]
