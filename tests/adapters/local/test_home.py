"""What a home remembers of its pages, who is alone in it, and what is no home."""

import errno
import os
import threading
import time
from pathlib import Path

import pytest
from attrs import evolve

from adapters.local import locks
from adapters.local.home import Home, HomeUnusable
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


def test_nobody_else_can_hold_what_its_processes_lock(home: Home) -> None:
    (home.path / "worker.lock").touch(0o644)
    (home.tmp / "lock").touch(0o644)
    home.prepare()
    with home.alone("serve") as first, home.alone("worker"), home.alone("serve") as second:
        assert (first, second) == (True, False)
    found = [*home.path.glob("*.lock"), home.tmp / "lock"]
    assert len(found) == 3
    assert {lock.stat().st_mode & 0o777 for lock in found} == {0o600}


def test_a_lock_that_another_user_made_is_a_lock(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    (home.path / "worker.lock").touch()
    opens = os.open

    def open_theirs(path: str, flags: int, mode: int = 0o777) -> int:
        if flags & os.O_RDWR:
            raise PermissionError(errno.EACCES, "Permission denied", path)
        return opens(path, flags, mode)

    monkeypatch.setattr(os, "open", open_theirs)
    with home.alone("worker") as first, home.alone("worker") as second:
        assert (first, second) == (True, False)


@pytest.mark.skipif(os.geteuid() != 0, reason="only the administrator can give files away")
def test_what_the_administrator_locks_is_the_homes_owners(home: Home) -> None:
    os.chown(home.path, 65534, 65534)
    os.close(locks.opened(str(home.path / "worker.lock")))
    made = (home.path / "worker.lock").stat()
    assert (made.st_uid, made.st_gid) == (65534, 65534)


@pytest.mark.parametrize("empty", [True, False])
def test_files_without_events_are_no_new_home(home: Home, *, empty: bool) -> None:
    (home.blobs / "lost+found").mkdir()
    home.prepare()
    (home.blobs / "frob" / "1.0").mkdir(parents=True)
    if empty:
        home.database.touch()
    for use in (home.prepare, home.require):
        with pytest.raises(HomeUnusable, match=r"There is no index|missing or empty, but .* restore it from a backup"):
            use()


def test_pages_behind_a_link_would_be_taken_for_lost(home: Home, tmp_path: Path) -> None:
    (tmp_path / "elsewhere").mkdir()
    (home.site / "packages").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(HomeUnusable, match=r"packages is a link: let .*site as a whole be one"):
        home.prepare()


def test_a_mounted_folder_of_pages_would_take_no_file(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    mounted = home.site / "packages"
    mounted.mkdir()
    (home.site / "simple").mkdir()
    home.prepare()
    monkeypatch.setattr("adapters.local.home._disk", lambda path: int(path == str(mounted)))
    with pytest.raises(HomeUnusable, match=r"packages is on another disk than .*site: let .*site as a whole"):
        home.prepare()


def test_whoever_waits_for_a_turn_says_so(home: Home, caplog: pytest.LogCaptureFixture) -> None:
    begun, end = threading.Event(), threading.Event()

    def first() -> None:
        with home.turn("nightly"):
            begun.set()
            end.wait(60)

    def told() -> bool:
        return f"another `sls-pypi nightly` runs on {home.path}: waiting for its end" in caplog.text

    def second() -> None:
        with home.turn("nightly"):
            pass

    threads = [threading.Thread(target=first), threading.Thread(target=second)]
    threads[0].start()
    assert begun.wait(60)
    assert not told()
    threads[1].start()
    deadline = time.monotonic() + 60
    while not told() and time.monotonic() < deadline:
        time.sleep(0.01)
    end.set()
    for thread in threads:
        thread.join(60)
    assert told()
