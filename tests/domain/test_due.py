"""Which differences `verify` may forgive."""

import pytest

from domain.usecases.due import is_of_an_edition


@pytest.mark.parametrize("key", ["index.html", "simple/frob/index.html", "project/frob/index.html", "table/usage/frob"])
def test_other_software_or_settings_may_make_another_page_or_row(key: str) -> None:
    assert is_of_an_edition(key)


@pytest.mark.parametrize(
    "key",
    ["packages/frob/1.0/frob-1.0.tar.gz", "blobs/frob/abc/frob-1.0.tar.gz", "usage/2026-11-24/frob.json.gz"],
)
def test_other_software_or_settings_never_make_another_file(key: str) -> None:
    assert not is_of_an_edition(key)
