"""What a tag says, and that builds may be told it."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from adapters.building import told_version
from domain.repository import Asset
from domain.sources import distributions, version_of


@pytest.mark.parametrize(
    ("filename", "taken"),
    [
        ("spam-1.0-py3-none-any.whl", True),
        ("spam.whl", True),
        ("spam-1.0.tar.gz", True),
        ("Spam-Eggs-1.0.tar.gz", True),
        ("spam-linux-amd64.tar.gz", False),
        ("spam-1.0-linux-amd64.tar.gz", False),
        ("spam.tar.gz", False),
        ("spam-1.0.zip", False),
        ("notes.txt", False),
    ],
)
def test_of_a_releases_files_those_are_taken_that_mean_to_be_distributions(filename: str, *, taken: bool) -> None:
    asset = Asset(1, filename, 10)
    assert distributions([asset]) == (asset,) * taken


@pytest.mark.parametrize(
    ("tag", "version"),
    [
        ("1.2.3", "1.2.3"),
        ("v1.2.3", "1.2.3"),
        ("V1.0-rc.2", "1.0rc2"),
        ("1.0-1", "1.0.post1"),
        ("2!1.0.dev3+Local.7", "2!1.0.dev3+local.7"),
        ("2026.11.26", "2026.11.26"),
        ("nightly", None),
        ("release-1.0", None),
        ("spam/v1.0", None),
        ("v", None),
        ("", None),
        ("\u0663", None),
        ("1.0+\u017f", None),
        ("1." * 60 + "0", None),
    ],
)
def test_a_tag_says_a_version_or_none(tag: str, version: str | None) -> None:
    assert version_of(tag) == version


@given(st.one_of(st.text(max_size=30), st.from_regex(r"v?(\d+!)?\d+(\.\d+)*[-._]?(a|rc|c|post|dev)?\d*(\+\w+)?\Z")))
@example("9" * 255)
def test_whatever_a_tag_says_can_be_told(tag: str) -> None:
    version = version_of(tag)
    told = told_version.environment(version)
    assert set(told.values()) == ({version} if version else set())
