"""The file with what `login` got."""

import json
import stat
from contextlib import suppress
from functools import partial
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from entrypoints.local.credentials import Credential, Credentials, CredentialsUnusable
from tests.together import together

URL, OTHER = "https://index.test", "http://127.0.0.1:8000"
ALICE = Credential("slspypi-secret", "1f", "alice")
HUBOT = Credential("slspypi-other", "2e", "hubot")


@pytest.fixture
def kept(tmp_path: Path) -> Credentials:
    return Credentials.of_user({"XDG_CONFIG_HOME": str(tmp_path)})


def test_what_is_kept_is_found_by_its_index(kept: Credentials) -> None:
    assert kept.get(URL) is None
    kept.keep(URL, ALICE)
    kept.keep(OTHER, HUBOT)
    assert (kept.get(URL), kept.get(OTHER)) == (ALICE, HUBOT)
    kept.drop(URL)
    kept.drop(URL)
    assert (kept.get(URL), kept.get(OTHER)) == (None, HUBOT)


@pytest.mark.parametrize("spelling", ["https://INDEX.test", "https://index.test:443", "https://index.test/"])
def test_an_index_has_one_entry_however_it_is_spelt(kept: Credentials, spelling: str) -> None:
    kept.keep(URL, ALICE)
    assert kept.get(spelling) == ALICE


@pytest.mark.parametrize("other", ["http://index.test", "https://index.test:8443", "https://index.test.evil.test"])
def test_a_token_is_for_no_other_index(kept: Credentials, other: str) -> None:
    kept.keep(URL, ALICE)
    assert kept.get(other) is None


def test_nobody_else_can_read_it(kept: Credentials) -> None:
    kept.keep(URL, ALICE)
    assert stat.S_IMODE(kept.path.stat().st_mode) == 0o600
    assert stat.S_IMODE(kept.path.parent.stat().st_mode) == 0o700


def test_what_others_could_read_is_closed_when_it_is_written_again(kept: Credentials) -> None:
    kept.keep(URL, ALICE)
    kept.path.chmod(0o644)
    kept.path.parent.chmod(0o755)
    kept.keep(URL, HUBOT)
    assert stat.S_IMODE(kept.path.stat().st_mode) == 0o600
    assert stat.S_IMODE(kept.path.parent.stat().st_mode) == 0o700


def test_nothing_else_is_left_beside_it(kept: Credentials) -> None:
    for _ in range(3):
        kept.keep(URL, ALICE)
        kept.drop(URL)
    assert [path.name for path in kept.path.parent.iterdir()] == ["credentials.json"]


def test_a_file_that_is_a_link_stays_one(kept: Credentials, tmp_path: Path) -> None:
    (tmp_path / "elsewhere").mkdir()
    kept.check()
    kept.path.symlink_to(tmp_path / "elsewhere" / "mine.json")
    kept.keep(URL, ALICE)
    assert kept.path.is_symlink()
    assert "alice" in (tmp_path / "elsewhere" / "mine.json").read_text()


def test_who_logs_in_to_several_at_once_loses_none(kept: Credentials) -> None:
    urls = [f"https://index{number}.test" for number in range(8)]
    together([partial(Credentials(kept.path).keep, url, ALICE) for url in urls])
    assert [kept.get(url) for url in urls] == [ALICE] * 8


@pytest.mark.parametrize(
    "text", ["", "{", "[]", "null", '"x"', "[" * 100_000, f'{{"{URL}": 7}}', f'{{"{URL}": {{"token": "x"}}}}']
)
def test_damage_is_told_with_what_to_do_and_nothing_is_lost(kept: Credentials, text: str) -> None:
    kept.check()
    kept.path.write_text(text)
    with pytest.raises(CredentialsUnusable, match=r"credentials\.json is damaged .* mend or remove it") as told:
        kept.get(URL)
    assert "\n" not in str(told.value)
    if not text.startswith('{"'):
        with pytest.raises(CredentialsUnusable):
            kept.keep(OTHER, ALICE)
        assert kept.path.read_text() == text


def test_what_is_wrong_about_one_index_hurts_no_other(kept: Credentials) -> None:
    kept.keep(OTHER, HUBOT)
    kept.path.write_text(json.dumps({URL: 7, **json.loads(kept.path.read_text())}))
    assert kept.get(OTHER) == HUBOT
    kept.keep(URL, ALICE)
    assert kept.get(URL) == ALICE


def test_bytes_that_are_no_text_are_told(kept: Credentials) -> None:
    kept.check()
    kept.path.write_bytes(b"\xff\xfe\x00")
    with pytest.raises(CredentialsUnusable, match="damaged"):
        kept.get(URL)


def test_a_folder_in_its_place_is_told(kept: Credentials) -> None:
    kept.path.mkdir(parents=True)
    with pytest.raises(CredentialsUnusable, match="cannot be read: Is a directory"):
        kept.get(URL)


@pytest.mark.parametrize("wanted", ["", "relative/path"])
def test_it_is_in_the_home_where_nothing_else_is_said(
    wanted: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    assert Credentials.of_user({"XDG_CONFIG_HOME": wanted}).path == tmp_path / ".config/sls-pypi/credentials.json"


def test_the_token_is_not_shown() -> None:
    assert ALICE.token not in repr(ALICE)


@settings(max_examples=50, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(text=st.binary(max_size=60))
def test_whatever_is_in_it_there_is_an_answer(kept: Credentials, text: bytes) -> None:
    kept.path.parent.mkdir(exist_ok=True)
    kept.path.write_bytes(text)
    with suppress(CredentialsUnusable):
        assert kept.get(URL) is None
