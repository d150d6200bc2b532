"""From access logs to figures that everybody sees."""

import json
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import pytest
from dependency_injector import providers

from domain.caller import Caller
from domain.package import Status
from domain.streams import counting_stream, days_stream, usage_stream
from tests.logs import DAY, STEM, line
from tests.scenarios.conftest import World
from tests.wheels import make_sdist, make_wheel

BEFORE = "2026-11-23"
SDIST_STEM = f"/packages/frob/1.0/{make_sdist('frob', '1.0')[0]}"
OTHER_STEM = f"/packages/other/1.0/{make_wheel('other', '1.0')[0]}"


@pytest.fixture
def alice(world: World) -> Caller:
    """Who has published two packages; it is the day after the one of the logs."""
    alice = world.submitter("alice")
    world.upload(alice, make_wheel("frob", "1.0"))
    world.upload(alice, make_sdist("frob", "1.0"))
    world.upload(alice, make_wheel("other", "1.0"))
    world.settle()
    pass_by(world, 1)
    return alice


@pytest.fixture
def counted(world: World, alice: Caller) -> World:
    """Three downloads of one package and one of the other are counted."""
    assert alice
    world.logged(line("1"), line("2", c_ip="192.0.2.2", c_country="FR"), line("3", cs_uri_stem=SDIST_STEM))
    world.logged(line("4", cs_uri_stem=OTHER_STEM))
    world.night(DAY)
    return world


def pass_by(world: World, days: int) -> None:
    world.ports.clock().pass_by(timedelta(days=days))


def stats(world: World, name: str) -> dict[str, Any]:
    told: dict[str, Any] = json.loads(world.text(f"stats/{name}.json"))
    return told


def day(world: World, name: str, of: str = DAY) -> Mapping[str, Any]:
    """The figures of one day; nothing if there are none."""
    return next((each for each in stats(world, name)["days"] if each["day"] == of), {})


def events(world: World) -> dict[str, int]:
    """How many there are about usage, by stream."""
    store = world.ports.event_store()
    streams = [*(usage_stream(name, 2026) for name in ("frob", "other")), days_stream(2026), counting_stream(DAY)]
    return {stream: store.version(stream) for stream in streams}


def batches_of(world: World, packages: int) -> None:
    """Let each query be about so many packages at most."""
    world.index.packages_a_query.override(providers.Object(packages))
    world.index.counting.reset()


def test_downloads_are_counted_and_everybody_sees_it(counted: World) -> None:
    told = stats(counted, "frob")

    assert (told["total"], told["complete_through"]) == (3, DAY)
    figures = day(counted, "frob")
    assert (figures["downloads"], figures["requesters"]) == (3, 2)
    assert figures["countries"] == {"DE": 2, "FR": 1}
    assert figures["edges"] == {"FRA": 3}
    assert figures["installers"] == {"uv": 3}
    assert figures["files"] == {STEM.rpartition("/")[2]: 2, SDIST_STEM.rpartition("/")[2]: 1}
    assert stats(counted, "other")["total"] == 1
    assert [(row.name, row.total) for row in counted.ports.usage_table().rows()] == [("frob", 3), ("other", 1)]
    assert counted.differences() == []


def test_what_is_in_quarantine_counts_nowhere_until_it_is_lifted(counted: World) -> None:
    before = counted.snapshot()
    counted.index.publishing().mark("frob", Status.QUARANTINED, "malware")
    counted.settle()

    assert counted.ports.usage_table().totals(9).total == 1
    assert [name for name, _ in counted.ports.usage_table().summaries()] == ["other"]
    assert counted.differences() == []

    counted.index.publishing().mark("frob", Status.ACTIVE, None)
    counted.settle()

    for key in ("index.html", "statistics/index.html"):
        assert counted.object(key) == before[key]


def test_the_detail_says_when_and_what_and_not_who(counted: World) -> None:
    detail = counted.ports.details().get("frob", DAY)

    assert detail is not None
    assert detail.times == ("10:00:00",) * 3
    assert len(set(detail.requesters)) == 2
    assert "192.0.2" not in repr(detail)


def test_a_second_night_changes_nothing(counted: World) -> None:
    before, seen = events(counted), counted.snapshot()

    counted.night(DAY)

    assert events(counted) == before
    assert counted.snapshot() == seen


def test_a_late_log_restates_its_package_and_no_other(counted: World) -> None:
    before, seen = events(counted), counted.snapshot()

    counted.logged(line("5", time="23:59:59"), line("1"), day="2026-11-25")
    counted.night(DAY)

    assert stats(counted, "frob")["total"] == 4
    assert {stream: count - before[stream] for stream, count in events(counted).items() if count != before[stream]} == {
        usage_stream("frob", 2026): 1
    }
    assert counted.object("stats/other.json") == seen["stats/other.json"]


def test_a_request_that_several_files_repeat_counts_once(counted: World) -> None:
    counted.logged(line("1"), line("2", c_ip="192.0.2.2", c_country="FR"))
    counted.logged(line("1"), line("1"))
    counted.night(DAY)

    assert stats(counted, "frob")["total"] == 3


def test_what_is_no_package_and_no_file_is_passed_over(world: World, alice: Caller) -> None:
    assert alice
    world.logged(
        line("1", cs_uri_stem="/packages/nobody/1.0/nobody-1.0.tar.gz"),
        line("2", cs_uri_stem="/packages/frob/1.0/frob-9.9.tar.gz"),
        line("3", cs_uri_stem="/simple/frob/"),
        line("4", cs_method="HEAD"),
        line("5", sc_status="404"),
        line("6"),
    )

    world.night(DAY)

    assert stats(world, "frob")["total"] == 1
    assert world.object("stats/nobody.json") is None
    assert [row.name for row in world.ports.usage_table().rows()] == ["frob"]


def test_files_count_that_are_yanked_or_deleted_meanwhile(world: World, alice: Caller) -> None:
    publishing = world.index.publishing()
    publishing.yank(alice, "frob", make_wheel("frob", "1.0")[0], "broken")
    publishing.delete(alice, "frob", make_sdist("frob", "1.0")[0])
    world.settle()
    world.logged(line("1"), line("2", cs_uri_stem=SDIST_STEM))

    world.night(DAY)

    assert stats(world, "frob")["total"] == 2


def test_mirrors_stand_apart(world: World, alice: Caller) -> None:
    assert alice
    world.logged(line("1"), line("2", agent="bandersnatch/6.6.0%20(cpython%203.13.0-final0)"))

    world.night(DAY)

    assert (day(world, "frob")["downloads"], day(world, "frob")["mirrors"]) == (1, 1)


def test_paths_and_agents_are_decoded_as_cloudfront_encodes_them(world: World, alice: Caller) -> None:
    assert alice
    world.logged(
        line("1", cs_uri_stem=STEM.replace("frob-", "%2566rob-"), agent="pip/25.3%20%257B%2522ci%2522:true%257D"),
        line("2", cs_uri_stem=STEM.replace("/frob/", "/%66rob/")),
    )

    world.night(DAY)

    assert day(world, "frob")["downloads"] == 2


def test_lines_that_make_no_sense_stop_nothing(world: World, alice: Caller) -> None:
    assert alice
    world.logged("too\tfew", "", "#a remark", line("1"), line("2", agent="%zz"), line("3", cs_uri_stem="/packages/%zz"))

    world.night(DAY)

    assert day(world, "frob")["downloads"] == 1


def test_a_line_that_ends_too_early_counts_nowhere(world: World, alice: Caller) -> None:
    assert alice
    world.logged(line("1"), line("2").rpartition("\t")[0], line("3").rsplit("\t", 3)[0])

    world.night(DAY)

    assert day(world, "frob")["downloads"] == 1


def test_a_day_is_complete_when_it_is_over_and_no_later_night_takes_that_back(counted: World) -> None:
    counted.logged(line("5", date="2026-11-25"), line("6", date=BEFORE), day="2026-11-25")

    counted.night("2026-11-25")
    counted.night(BEFORE)

    told = stats(counted, "frob")
    assert told["complete_through"] == DAY
    assert [(each["day"], each["downloads"]) for each in told["days"] if each["downloads"]][-1] == ("2026-11-25", 1)

    pass_by(counted, 1)
    counted.night("2026-11-25")
    assert stats(counted, "frob")["complete_through"] == "2026-11-25"
    assert counted.differences() == []


def test_deleting_files_takes_no_finished_day_back(counted: World, alice: Caller) -> None:
    world = counted
    filename, content = make_wheel("unused", "1.0")
    world.upload(alice, (filename, content))
    world.settle()
    assert stats(world, "unused")["complete_through"] == DAY

    world.index.publishing().delete(alice, "unused", filename)
    world.settle()
    assert stats(world, "unused")["complete_through"] == DAY

    pass_by(world, 1)
    world.night("2026-11-25")
    assert stats(world, "unused")["complete_through"] == "2026-11-25"
    assert world.differences() == []


def test_deleting_the_newest_file_takes_no_finished_day_back(world: World, alice: Caller) -> None:
    pass_by(world, 100)
    filename, content = make_wheel("other", "2.0")
    world.upload(alice, (filename, content))
    pass_by(world, 1)
    world.night("2027-03-05")
    assert stats(world, "other")["complete_through"] == "2027-03-05"

    world.index.publishing().delete(alice, "other", filename)
    world.settle()
    assert stats(world, "other")["complete_through"] == "2027-03-05"

    pass_by(world, 1)
    world.night("2027-03-06")
    assert stats(world, "other")["complete_through"] == "2027-03-06"
    assert world.differences() == []


def test_after_months_without_counting_pages_are_as_a_replay_makes_them(counted: World, alice: Caller) -> None:
    counted.upload(alice, make_wheel("unused", "1.0"))
    counted.settle()
    pass_by(counted, 400)

    counted.night("2027-12-29")

    assert stats(counted, "unused")["complete_through"] == "2027-02-23"
    assert counted.differences() == []


def test_batches_of_one_package_come_to_the_same(counted: World) -> None:
    seen, before = counted.snapshot(), events(counted)
    batches_of(counted, 1)

    counted.night(DAY)

    assert counted.snapshot() == seen
    assert events(counted) == {**before, counting_stream(DAY): 2}


def test_a_day_whose_logs_are_gone_keeps_its_figures(counted: World) -> None:
    seen = events(counted)
    pass_by(counted, 40)
    counted.logged(line("9"))

    if counted.ports.access_logs().keeps(DAY):  # in memory nothing is ever removed
        return
    counted.night(DAY)

    assert events(counted) == seen


def test_figures_of_a_withdrawn_package_are_gone(counted: World, alice: Caller) -> None:
    counted.index.publishing().withdraw(alice, "frob")
    counted.settle()
    counted.night(DAY)

    assert counted.object("stats/frob.json") is None
    assert stats(counted, "other")["total"] == 1
    assert counted.differences() == []
