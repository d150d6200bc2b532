"""What a home remembers of its pages."""

from pathlib import Path

import pytest
from attrs import evolve

from adapters.local.home import Home
from domain.site_settings import Edition, SiteSettings

FIRST = Edition("1.0", SiteSettings("https://index.test"))
SECOND = evolve(FIRST, settings=SiteSettings("https://other.test"))


@pytest.fixture
def home(tmp_path: Path) -> Home:
    home = Home(tmp_path / "home")
    home.prepare()
    return home


def test_a_new_home_has_no_edition(home: Home) -> None:
    assert (home.shown_edition(), home.wanted_edition()) == (None, None)


def test_pages_are_of_one_edition(home: Home) -> None:
    home.record_edition(FIRST)
    assert (home.shown_edition(), home.wanted_edition()) == (FIRST, FIRST)


def test_pages_that_were_being_adapted_are_of_no_edition_also_when_the_old_settings_come_back(home: Home) -> None:
    home.record_edition(FIRST)
    home.record_edition(SECOND, adapting=True)
    assert home.wanted_edition() == SECOND
    assert home.shown_edition() not in {None, FIRST, SECOND}


def test_what_cannot_be_read_is_of_no_edition(home: Home) -> None:
    (home.path / "site.json").write_text('{"shown": {}}')
    assert home.shown_edition() not in {None, FIRST}
    assert home.wanted_edition() is None


def test_a_database_that_came_back_from_a_backup_is_closed_to_others(tmp_path: Path) -> None:
    home = Home(tmp_path)
    for name in ("events.db", "events.db-wal"):
        (tmp_path / name).touch(0o644)
    home.prepare()
    assert [(tmp_path / name).stat().st_mode & 0o777 for name in ("events.db", "events.db-wal")] == [0o600, 0o600]
