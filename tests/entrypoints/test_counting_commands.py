"""`sls-pypi nightly` and `sls-pypi stats` on a home, as an operator uses them."""

import csv
import gzip
import json
import sqlite3
import time
from contextlib import closing
from datetime import UTC, date, datetime, timedelta
from io import StringIO
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import httpx2
import pytest
from attrs import field, frozen

from adapters.clock import SystemClock
from tests.running import command, serving
from tests.wheels import make_wheel

FIELDS = (
    "date time x-edge-location c-ip cs-method cs-uri-stem sc-status cs(User-Agent) x-edge-result-type "
    "x-edge-request-id sc-range-start c-country"
)
FILE = "/packages/frob/1.0/frob-1.0-py3-none-any.whl"


def line(
    day: str, request: str, stem: str = FILE, *, agent: str = "uv/0.9", address: str = "192.0.2.1", method: str = "GET"
) -> str:
    return "\t".join(
        (day, "10:00:00", "FRA56-P1", address, method, stem, "200", agent, "Hit", f"{request}==", "-", "DE")
    )


def drop(home: Path, name: str, *lines: str) -> Path:
    """Put a log file into the home."""
    path = home / "logs" / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(gzip.compress("\n".join(("#Version: 1.0", f"#Fields: {FIELDS}", *lines, "")).encode()))
    return path


@frozen
class Days:
    """Days (UTC) seen from the one on which the test begins."""

    now: date = field(factory=lambda: datetime.now(UTC).date())

    def after(self, days: int) -> str:
        return (self.now + timedelta(days=days)).isoformat()

    @property
    def today(self) -> str:
        return self.after(0)

    @property
    def yesterday(self) -> str:
        return self.after(-1)

    @property
    def before(self) -> str:
        return self.after(-2)


@pytest.fixture
def days() -> Days:
    return Days()


@pytest.fixture
def home(tmp_path: Path) -> Path:
    home, folder = tmp_path / "home", tmp_path / "files"
    folder.mkdir()
    for name in ("frob", "other"):
        filename, content = make_wheel(name, "1.0")
        (folder / filename).write_bytes(content)
    command("import", folder, "--as", "alice", "--home", home)
    return home


def figures(home: Path, name: str = "frob") -> dict[str, Any]:
    found: dict[str, Any] = json.loads((home / "site" / "stats" / f"{name}.json").read_bytes())
    return found


def events(home: Path) -> int:
    with sqlite3.connect(home / "events.db") as connection:
        ((count,),) = connection.execute("SELECT count(*) FROM events WHERE type = 'DownloadsAggregated'")
    connection.close()
    return int(count)


def test_a_package_has_figures_from_its_first_moment(home: Path) -> None:
    assert figures(home) == {"package": "frob", "complete_through": None, "total": 0, "days": []}
    assert "nothing is counted yet" in command("stats", "frob", "--home", home).stdout


def test_the_last_two_days_are_counted(home: Path, days: Days) -> None:
    drop(
        home, "a.gz", line(days.yesterday, "a"), line(days.yesterday, "b", address="192.0.2.2"), line(days.before, "c")
    )
    drop(home, "below/b.gz", line(days.yesterday, "a"), line(days.yesterday, "d", method="HEAD"))
    done = command("nightly", "--home", home)
    assert done.stdout.splitlines() == [
        f"{days.before}: 1 download of 1 package; 1 package with new figures",
        f"{days.yesterday}: 2 downloads of 1 package; 1 package with new figures",
    ]
    found = figures(home)
    assert (found["complete_through"], found["total"]) == (days.yesterday, 3)
    assert [(day["day"], day["downloads"], day["requesters"]) for day in found["days"]] == [
        (days.before, 1, 1),
        (days.yesterday, 2, 2),
    ]
    assert figures(home, "other")["complete_through"] == days.yesterday
    assert "Everything that is served is what the events say." in command("verify", "--home", home).stdout


def test_a_second_night_finds_nothing_and_changes_nothing(home: Path, days: Days) -> None:
    drop(home, "a.gz", line(days.yesterday, "a"), line(days.before, "b"))
    command("nightly", "--home", home)
    before = (events(home), (home / "site" / "stats" / "frob.json").read_bytes())
    assert command("nightly", "--home", home).stdout == f"{days.before}: nothing new\n{days.yesterday}: nothing new\n"
    assert (events(home), (home / "site" / "stats" / "frob.json").read_bytes()) == before


def test_what_is_kept_for_some_time_only_is_removed_at_night(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    left = home / "blobs" / "gone" / ("a" * 64) / "gone-1.0-py3-none-any.whl"
    said = home / "build-logs" / "s1" / "log-0"
    for path in (left, said):
        path.parent.mkdir(parents=True)
        path.write_bytes(b"PK")
    published = len(list((home / "blobs").rglob("*.whl*"))) - 1
    assert "Removed" not in command("nightly", "--home", home).stdout

    later = datetime.now(UTC) + timedelta(days=31)
    monkeypatch.setattr(SystemClock, "now", lambda _: later)
    done = command("nightly", "--home", home)

    assert done.stdout.splitlines()[-1] == "Removed from blobs/ what no event names: 1 file."
    assert (left.exists(), said.exists()) == (False, False)
    assert len(list((home / "blobs").rglob("*.whl*"))) == published == 4
    assert "Removed" not in command("nightly", "--home", home).stdout


def test_what_killed_uploads_left_is_removed_at_night(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A server that came back at once cannot tell it from what others are just writing."""
    left = home / "tmp" / "upload-killed"
    left.write_bytes(b"PK")
    command("nightly", "--home", home)
    assert left.exists()
    monkeypatch.setattr("adapters.local.leftovers.time", SimpleNamespace(time=lambda: time.time() + 4000))
    command("nightly", "--home", home)
    assert not left.exists()


def test_a_night_removes_no_files_while_the_database_is_damaged(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    left = home / "blobs" / "gone" / ("a" * 64) / "gone-1.0-py3-none-any.whl"
    left.parent.mkdir(parents=True)
    left.write_bytes(b"PK")
    command("nightly", "--home", home)
    with closing(sqlite3.connect(home / "events.db")) as database, database:
        database.execute("UPDATE claims SET claim = claim || 'x'")

    later = datetime.now(UTC) + timedelta(days=31)
    monkeypatch.setattr(SystemClock, "now", lambda _: later)
    done = command("nightly", "--home", home)

    told = "events.db is damaged, so nothing is removed from blobs/: see `sls-pypi verify`."
    assert done.stdout.splitlines()[-1] == told
    assert left.exists()


def test_a_day_whose_logs_are_gone_keeps_its_figures_and_says_so(home: Path, days: Days) -> None:
    log = drop(home, "a.gz", line(days.yesterday, "a"))
    command("nightly", "--day", days.yesterday, "--home", home)
    log.unlink()
    done = command("nightly", "--day", days.yesterday, "--home", home)
    assert done.stdout == f"{days.yesterday}: the logs say nothing of it, so its figures stay as they are\n"
    assert done.stderr == ""
    assert figures(home)["total"] == 1
    quiet = command("nightly", "--day", days.before, "--home", home).stdout
    assert quiet == f"{days.before}: 0 downloads of 0 packages; 0 packages with new figures\n"


def test_late_logs_restate_the_packages_in_them_only(home: Path, days: Days) -> None:
    other = "/packages/other/1.0/other-1.0-py3-none-any.whl"
    drop(home, "a.gz", line(days.yesterday, "a"), line(days.yesterday, "b", other))
    command("nightly", "--day", days.yesterday, "--home", home)
    assert events(home) == 2
    drop(home, "late.gz", line(days.yesterday, "c", other))
    assert (
        "2 packages; 1 package with new figures" in command("nightly", "--day", days.yesterday, "--home", home).stdout
    )
    assert (events(home), figures(home)["total"], figures(home, "other")["total"]) == (3, 1, 2)


def test_what_cannot_be_read_is_told_and_stops_nothing(home: Path, days: Days) -> None:
    whole = drop(
        home, "a.gz", line(days.yesterday, "a"), f"{days.yesterday}\tshort", line(days.yesterday, "b", f"{FILE}%zz")
    )
    (home / "logs" / "cut.gz").write_bytes(whole.read_bytes()[:-9])
    told = command("nightly", "--day", days.yesterday, "--home", home).stdout
    assert "1 download of 1 package" in told
    assert "Passed over in the logs: bad escape 1, incomplete file 1, wrong columns 1." in told


def test_a_day_that_is_not_over_is_counted_and_not_complete(home: Path, days: Days) -> None:
    drop(home, "a.gz", line(days.today, "a"))
    command("nightly", "--day", days.today, "--home", home)
    assert (figures(home)["complete_through"], figures(home)["total"]) == (None, 1)
    command("nightly", "--home", home)
    assert (figures(home)["complete_through"], figures(home)["total"]) == (days.yesterday, 1)
    command("nightly", "--day", days.before, "--home", home)
    assert figures(home)["complete_through"] == days.yesterday


def test_many_days_are_counted_since_one(home: Path, days: Days) -> None:
    first = days.after(-5)
    drop(home, "a.gz", line(first, "a"), line(days.before, "b"))
    assert len(command("nightly", "--since", first, "--home", home).stdout.splitlines()) == 5
    assert figures(home)["total"] == 2


@pytest.mark.parametrize(
    ("options", "reason"),
    [
        (("--day", "yesterday"), "'yesterday' is no day"),
        (("--day", "2026-02-30"), "is no day"),
        (("--day", "20260224"), "is no day"),
        (("--day", "1999-12-31"), "too long ago"),
        (("--day", 2), "has not begun yet"),
        (("--since", 0), "is not over yet"),
        (("--since", -2, "--day", -2), "not both"),
    ],
)
def test_bad_days_are_a_wrong_call_in_one_line(
    home: Path, days: Days, options: tuple[str | int, ...], reason: str
) -> None:
    words = [days.after(option) if isinstance(option, int) else option for option in options]
    done = command("nightly", *words, "--home", home, status=2)
    assert reason in done.stderr
    assert done.stderr.count("\n") == 1


def test_there_is_nothing_to_count_without_a_home(tmp_path: Path) -> None:
    assert "There is no index in" in command("nightly", "--home", tmp_path / "none", status=1).stderr


def test_figures_are_shown_in_three_forms(home: Path, days: Days) -> None:
    agent = "pip/26.1%20" + json.dumps(
        {"installer": {"name": "pip", "version": "26.1"}, "python": "3.13.1", "system": {"name": "Linux"}, "ci": True}
    ).replace(" ", "%20")
    drop(home, "a.gz", line(days.yesterday, "a", agent=agent), line(days.yesterday, "b"))
    command("nightly", "--day", days.yesterday, "--home", home)
    summary = command("stats", "Frob", "--home", home).stdout
    assert f"2 downloads in all, 2 in the 30 days to {days.yesterday}, 2 on that day" in summary
    assert "Installers: pip: 1; uv: 1" in summary
    assert json.loads(command("stats", "frob", "--json", "--home", home).stdout) == figures(home)
    rows = list(csv.DictReader(StringIO(command("stats", "frob", "--csv", "--home", home).stdout)))
    assert [(row["installer"], row["python"], row["system"], row["ci"]) for row in rows] == [
        ("pip", "3.13", "Linux", "true"),
        ("uv", "", "", ""),
    ]
    assert "192.0.2.1" not in json.dumps(rows)
    assert "There is no package nope" in command("stats", "nope", "--home", home, status=1).stderr


def test_a_night_beside_a_running_server_shows_on_its_pages(home: Path, days: Days) -> None:
    with serving(home) as server:
        drop(home, "a.gz", line(days.yesterday, "a"))
        command("nightly", "--day", days.yesterday, "--home", home)
        command("verify", "--home", home)
        assert httpx2.get(f"{server.url}/stats/frob.json").json()["total"] == 1


def test_no_address_is_kept_but_in_the_logs(home: Path, days: Days) -> None:
    drop(home, "a.gz", line(days.yesterday, "a", address="198.51.100.77"))
    command("nightly", "--day", days.yesterday, "--home", home)
    kept = [path for path in home.rglob("*") if path.is_file() and "logs" not in path.parts]
    for path in kept:
        body = gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()
        assert b"198.51.100.77" not in body, path


def test_no_log_goes_before_it_is_counted_even_if_the_clock_is_years_ahead(
    home: Path, days: Days, monkeypatch: pytest.MonkeyPatch
) -> None:
    log = drop(
        home, "some.gz", line(days.before, "1"), line("2026-13-45", "2"), line(days.before, "3", address="192.0.2.2")
    )
    ahead = datetime.now(UTC) + timedelta(days=1600)
    monkeypatch.setattr(SystemClock, "now", lambda _: ahead)

    command("nightly", "--home", home, "--day", days.yesterday)

    assert not log.exists()
    monkeypatch.undo()
    told = json.loads(command("stats", "frob", "--json", "--home", home).stdout)
    assert [(day["day"], day["downloads"]) for day in told["days"] if day["downloads"]] == [(days.before, 2)]
