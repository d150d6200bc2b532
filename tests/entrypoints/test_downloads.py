"""What owners learn of the downloads of their packages."""

import csv
import json
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta
from io import StringIO
from typing import Any

import pytest
from starlette.testclient import TestClient

from domain.agents import parse_agent
from domain.detail import Detail, DetailFile
from domain.downloads import Counted
from domain.events import DayCounted, DownloadsAggregated, Event
from domain.messages import Page, PageStale
from domain.package import Status
from domain.streams import days_stream, usage_stream
from domain.usecases import statistics
from domain.usecases.figures import Figures
from entrypoints.http.app import application
from infrastructure.handling import handle
from tests.domain.usage_examples import figures
from tests.entrypoints.conftest import Site
from tests.entrypoints.test_api import is_problem
from tests.wheels import make_wheel

PATH = "/api/packages/frob/downloads.csv"
FILENAME, CONTENT = make_wheel("frob", "1.0")


def publish(site: Site) -> None:
    form = {"name": "frob", "filetype": "bdist_wheel"}
    files = {"content": (FILENAME, CONTENT)}
    assert site.client.post("/legacy/", data=form, files=files, headers=site.as_submitter()).status_code == 200


def detail(*times: str) -> Detail:
    many = len(times)
    return Detail(
        files=(DetailFile("1.0", FILENAME),),
        agents=(parse_agent('pip/24.3 {"installer":{"name":"pip","version":"24.3"},"ci":true}'),),
        times=times,
        file=(0,) * many,
        agent=(0,) * many,
        edges=("FRA",) * many,
        countries=("DE",) * many,
        requesters=("0a1b",) * many,
    )


def day_of(day: str, edge: str, *times: str) -> Counted:
    return Counted(figures(day, len(times), 1, edges={edge: len(times)}), detail(*times))


@pytest.fixture
def used(site: Site) -> Site:
    """An index with a package that was downloaded on three days, of which two are finished."""
    publish(site)
    store = site.ports.event_store()
    keeping = Figures(store, site.ports.details(), site.ports.clock())
    keeping.state("2025-12-31", {"frob": day_of("2025-12-31", "IAD", "12:00:00")})
    keeping.state("2026-11-24", {"frob": day_of("2026-11-24", "FRA", "08:00:00", "09:00:00")})
    keeping.state("2026-11-25", {"frob": day_of("2026-11-25", "FRA", "10:00:00")})
    counted = DayCounted("2026-11-24", whole=True, at=datetime(2026, 11, 25, 1, 0, tzinfo=UTC))
    store.append(days_stream(2026), store.version(days_stream(2026)), [counted])
    return site


def told(site: Site) -> dict[str, dict[str, int]]:
    """The figures of each package, by its name."""
    submitted = site.client.get("/api/packages", headers=site.as_submitter()).json()["submitted"]
    return {package["name"]: package["downloads"] for package in submitted}


def reading(site: Site, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The streams that are read from now on."""
    store, noted = site.ports.event_store(), list[str]()
    read = store.read

    def note(stream: str) -> Sequence[Event]:
        noted.append(stream)
        return read(stream)

    monkeypatch.setattr(store, "read", note)
    return noted


def rows(answer: Any) -> list[dict[str, str]]:
    assert answer.status_code == 200
    return list(csv.DictReader(StringIO(answer.text, newline=""), strict=True))


def test_the_table_has_every_download_of_all_days(used: Site) -> None:
    answer = used.client.get(PATH, headers=used.as_submitter())

    assert [(row["date"], row["time"]) for row in rows(answer)] == [
        ("2025-12-31", "12:00:00"),
        ("2026-11-24", "08:00:00"),
        ("2026-11-24", "09:00:00"),
        ("2026-11-25", "10:00:00"),
    ]
    assert rows(answer)[0] == {
        "package": "frob",
        "version": "1.0",
        "filename": FILENAME,
        "date": "2025-12-31",
        "time": "12:00:00",
        "edge": "FRA",
        "country": "DE",
        "requester": "0a1b",
        "installer": "pip",
        "installer_version": "24.3",
        "python": "",
        "system": "",
        "ci": "true",
        "user_agent": 'pip/24.3 {"installer":{"name":"pip","version":"24.3"},"ci":true}',
    }
    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    assert answer.headers["content-disposition"] == 'attachment; filename="frob-downloads.csv"'
    assert answer.headers["cache-control"] == "no-store"


@pytest.mark.parametrize(
    ("query", "dates"),
    [
        ("since=2026-11-24&until=2026-11-24", ["2026-11-24", "2026-11-24"]),
        ("since=2026-11-25", ["2026-11-25"]),
        ("until=2025-12-31", ["2025-12-31"]),
        ("since=&until=2025-12-30", []),
    ],
)
def test_a_part_can_be_taken(used: Site, query: str, dates: list[str]) -> None:
    answer = used.client.get(f"{PATH}?{query}", headers=used.as_submitter())
    assert [row["date"] for row in rows(answer)] == dates


@pytest.mark.parametrize("query", ["since=yesterday", "until=2026-13-01", "since=2026-11-24%0d%0a"])
def test_what_is_no_day_is_422(used: Site, query: str) -> None:
    assert is_problem(used.client.get(f"{PATH}?{query}", headers=used.as_submitter()), 422)


def test_a_day_whose_detail_is_lost_is_left_out(used: Site) -> None:
    store = used.ports.event_store()
    stream = usage_stream("frob", 2026)
    lost: DownloadsAggregated = figures("2026-11-20", 3)
    store.append(stream, store.version(stream), [lost])
    assert len(rows(used.client.get(PATH, headers=used.as_submitter()))) == 4


def test_a_package_that_nobody_downloaded_has_a_header_only(site: Site) -> None:
    publish(site)
    answer = site.client.get(PATH, headers=site.as_submitter())
    assert rows(answer) == []
    assert answer.text.startswith("package,version,")


def test_any_spelling_of_the_name_will_do(used: Site) -> None:
    assert len(rows(used.client.get("/api/packages/FROB/downloads.csv", headers=used.as_submitter()))) == 4


def test_only_the_owner_has_it_with_a_token_that_covers_the_package(used: Site) -> None:
    assert is_problem(used.client.get(PATH), 401)
    bob = used.as_submitter(used.index.tokens().create_local("bob"))
    assert is_problem(used.client.get(PATH, headers=bob), 403)
    body = {"name": "CI", "packages": ["other"]}
    made = used.client.post("/api/tokens", json=body, headers=used.as_submitter()).json()
    assert is_problem(used.client.get(PATH, headers=used.as_submitter(made["token"])), 403)


def test_a_package_that_is_not_there_is_404(used: Site) -> None:
    assert is_problem(used.client.get("/api/packages/other/downloads.csv", headers=used.as_submitter()), 404)
    assert used.client.delete("/api/packages/frob", headers=used.as_submitter()).status_code == 204
    assert is_problem(used.client.get(PATH, headers=used.as_submitter()), 404)


def test_where_answers_are_bounded_a_longer_one_is_422_and_says_how_to_take_a_part(used: Site) -> None:
    plain = {**used.as_submitter(), "Accept-Encoding": "identity"}
    with ThreadPoolExecutor(2) as executor:
        client = TestClient(application(used.functions(answer_bytes=600), executor, executor))
        answer = client.get(PATH, headers=plain)
        assert is_problem(answer, 422)
        assert "?since=YYYY-MM-DD&until=YYYY-MM-DD" in answer.json()["detail"]
        assert "gzip" in answer.json()["detail"]
        part = client.get(f"{PATH}?until=2025-12-31", headers=plain)
        assert len(rows(part)) == 1
        assert part.headers["content-type"] == "text/csv; charset=utf-8"
        assert "content-encoding" not in part.headers


def test_where_answers_are_bounded_a_day_of_very_many_downloads_comes_packed(used: Site) -> None:
    many = [f"{each // 3600:02}:{each // 60 % 60:02}:{each % 60:02}" for each in range(40_000)]
    keeping = Figures(used.ports.event_store(), used.ports.details(), used.ports.clock())
    keeping.state("2026-11-25", {"frob": day_of("2026-11-25", "FRA", *many)})
    day = f"{PATH}?since=2026-11-25&until=2026-11-25"
    with ThreadPoolExecutor(2) as executor:
        client = TestClient(application(used.functions(answer_bytes=6_000_000), executor, executor))
        assert is_problem(client.get(day, headers={**used.as_submitter(), "Accept-Encoding": "gzip;q=0"}), 422)
        answer = client.get(day, headers={**used.as_submitter(), "Accept-Encoding": "gzip"})
        assert [row["time"] for row in rows(answer)] == many
        assert len(answer.content) > 6_000_000
        assert answer.headers["content-encoding"] == "gzip"
        assert answer.headers["vary"] == "Accept-Encoding"
        client = TestClient(application(used.functions(answer_bytes=60_000), executor, executor))
        answer = client.get(day, headers={**used.as_submitter(), "Accept-Encoding": "gzip"})
        assert is_problem(answer, 422)
        assert "gzip" not in answer.json()["detail"]  # nobody is told to do what they do


def test_submitters_see_the_figures_of_each_package(used: Site) -> None:
    (package,) = used.client.get("/api/packages", headers=used.as_submitter()).json()["submitted"]
    assert package["downloads"] == {"total": 4, "last_day": 2, "last_30_days": 2, "locations": 2, "requesters": 3}


def test_what_is_the_same_for_all_packages_is_read_once(used: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("spam", "eggs"):
        filename, content = make_wheel(name, "1.0")
        form = {"name": name, "filetype": "bdist_wheel"}
        used.client.post("/legacy/", data=form, files={"content": (filename, content)}, headers=used.as_submitter())
    read = reading(used, monkeypatch)

    assert [package["total"] for package in told(used).values()] == [0, 4, 0]
    assert read.count(days_stream(2026)) == 1


def test_where_figures_were_written_since_the_last_count_no_day_is_read(
    used: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = told(used)
    handle(used.index, PageStale(Page.PROJECT, "frob"))
    read = reading(used, monkeypatch)

    assert told(used) == before
    assert not [stream for stream in read if stream.startswith("usage")]


def test_another_finished_day_moves_figures_that_nobody_wrote_since(used: Site) -> None:
    handle(used.index, PageStale(Page.PROJECT, "frob"))
    store, stream = used.ports.event_store(), days_stream(2026)

    for day, last_day, last_30_days in (("2026-11-25", 1, 3), ("2026-12-24", 0, 1), ("2026-12-25", 0, 0)):
        store.append(
            stream, store.version(stream), [DayCounted(day, whole=True, at=datetime(2026, 12, 31, tzinfo=UTC))]
        )
        figures = told(used)["frob"]
        assert (figures["total"], figures["last_day"], figures["last_30_days"]) == (4, last_day, last_30_days)


@pytest.mark.parametrize("is_written", [True, False])
def test_what_was_counted_since_is_told_at_once(used: Site, *, is_written: bool) -> None:
    if is_written:
        handle(used.index, PageStale(Page.PROJECT, "frob"))
    keeping = Figures(used.ports.event_store(), used.ports.details(), used.ports.clock())

    keeping.state("2025-12-31", {"frob": day_of("2025-12-31", "FRA", "12:00:00", "13:00:00")})
    assert told(used)["frob"] == {"total": 5, "last_day": 2, "last_30_days": 2, "locations": 1, "requesters": 3}

    keeping.state("2027-01-01", {"frob": day_of("2027-01-01", "CDG", "12:00:00")})
    assert told(used)["frob"] == {"total": 6, "last_day": 2, "last_30_days": 2, "locations": 2, "requesters": 4}


def test_where_more_was_counted_than_can_be_read_meanwhile_some_is_as_before(
    used: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    handle(used.index, PageStale(Page.PROJECT, "frob"))
    keeping = Figures(used.ports.event_store(), used.ports.details(), used.ports.clock())
    keeping.state("2026-11-24", {"frob": day_of("2026-11-24", "FRA", "08:00:00")})
    monkeypatch.setattr(statistics, "_MOST_READ", 0)

    assert told(used)["frob"]["total"] == 4

    # Where nothing is kept yet, there is nothing else to tell.
    used.ports.usage_table().forget("frob")
    assert told(used)["frob"]["total"] == 3


def test_a_finished_day_makes_the_page_of_each_package_due_once(used: Site) -> None:
    handle(used.index, PageStale(Page.PROJECT, "frob"))
    used.ports.bus().take()

    handle(used.index, PageStale(Page.FIGURES))

    about = [PageStale(Page.PROJECT, "frob"), PageStale(Page.HOME), PageStale(Page.STATISTICS)]
    assert used.ports.bus().waiting() == about


def test_figures_that_older_software_made_due_are_written(used: Site) -> None:
    handle(used.index, PageStale(Page.STATS, "frob"))

    assert json.loads(used.ports.objects().get("stats/frob.json") or b"{}")["total"] == 4


def test_owners_see_the_figures_of_what_no_list_shows(used: Site) -> None:
    used.index.publishing().mark("frob", Status.QUARANTINED, None)
    handle(used.index, PageStale(Page.PROJECT, "frob"))

    assert told(used)["frob"]["total"] == 4


def test_a_package_without_figures_has_them_all_at_nothing(site: Site) -> None:
    publish(site)
    (package,) = site.client.get("/api/packages", headers=site.as_submitter()).json()["submitted"]
    assert set(package["downloads"].values()) == {0}
    assert len(package["downloads"]) == 5


def test_pages_equal_their_replay_however_long_nobody_downloads(site: Site) -> None:
    publish(site)
    store, bus = site.ports.event_store(), site.ports.bus()
    today = date.today()  # noqa: DTZ011 - a day more or less is the same
    Figures(store, site.ports.details(), site.ports.clock()).state(
        today.isoformat(), {"frob": day_of(today.isoformat(), "FRA", "12:00:00")}
    )
    bus.publish([PageStale(page, "frob") for page in (Page.PROJECT, Page.RELEASES)])
    site.index.lists().ensure_start()

    for later in (1, 29, 30, 31, 60, 89, 90, 91, 150, 200, 201, 400):
        day = today + timedelta(days=later)
        stream = days_stream(day.year)
        counted = DayCounted(day.isoformat(), whole=True, at=datetime(day.year, day.month, day.day, tzinfo=UTC))
        store.append(stream, store.version(stream), [counted])
        bus.publish([PageStale(Page.FIGURES)])
        bus.drain(lambda message: handle(site.index, message))
        assert list(site.index.verification().differences()) == []
