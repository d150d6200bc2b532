"""The sample index: its files are good, and everything in it happened through the use cases."""

import hashlib
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.version import Version

from adapters.archives import FileArchives
from domain import distributions as rules
from domain.artifacts import parse_filename
from domain.messages import CountDownloads
from domain.metadata import Metadata
from domain.package import Status, fold
from domain.streams import package_stream
from entrypoints.local.demo import write_pages
from infrastructure.demo.access_logs import CHARTED, SampleAccessLogs
from infrastructure.demo.catalogue import GITHUB_URL, Release, Sample, samples
from infrastructure.demo.distributions import distributions, filenames
from infrastructure.demo.seeding import fill
from infrastructure.embedded import Embedded, opened
from infrastructure.policy import policy_of
from infrastructure.settings import Settings

NOW = datetime(2026, 11, 26, 9, 30, tzinfo=UTC)
SAMPLES = {sample.name: sample for sample in samples()}
SOME = ("brackish", "eelgrass", "mudflat")


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Embedded]:
    settings = Settings(home=tmp_path_factory.mktemp("demo") / "home", github_url=GITHUB_URL)
    with opened(settings, create=True) as embedded:
        fill(embedded, [SAMPLES[name] for name in SOME], NOW)
        write_pages(embedded)
        yield embedded


def judged(sample: Sample, release: Release, folder: Path) -> Iterator[Metadata]:
    policy = policy_of(Settings())
    for filename, content in distributions(sample, release):
        (folder / filename).write_bytes(content)
        artifact = parse_filename(filename)
        contents = FileArchives().inspect(folder / filename, artifact, policy.bounds)
        yield rules.judge(artifact, contents, policy, strict=True)


@pytest.mark.parametrize("sample", SAMPLES.values(), ids=SAMPLES)
def test_the_latest_files_of_every_sample_pass_the_strictest_rules(sample: Sample, tmp_path: Path) -> None:
    release = sample.releases[-1]
    for metadata in judged(sample, release, tmp_path):
        assert metadata.name == sample.name
        assert str(metadata.version) == release.version
        assert (metadata.description or "") == sample.readme
    assert [name for name, _ in distributions(sample, release)] == filenames(sample, release)
    assert list(distributions(sample, release)) == list(distributions(sample, release))


def test_samples_need_nothing_from_elsewhere() -> None:
    for sample in SAMPLES.values():
        for line in [*sample.requires, *(line for extra in sample.extras.values() for line in extra)]:
            requirement = Requirement(line)
            finals = [release.version for release in SAMPLES[requirement.name].releases if release.is_final]
            assert list(requirement.specifier.filter(finals)), f"{sample.name} needs {line}"


def test_releases_are_in_the_order_of_time_and_of_versions() -> None:
    for sample in SAMPLES.values():
        ages = [release.age for release in sample.releases]
        assert ages == sorted(ages, reverse=True)
        assert min(ages) > 0
        versions = [Version(release.version) for release in sample.releases]
        assert versions == sorted(versions)


def test_there_is_one_sample_of_each_kind() -> None:
    all_samples = SAMPLES.values()
    assert 10 <= len(all_samples) <= 14
    assert any(sample.scripts for sample in all_samples)
    assert any(not sample.readme for sample in all_samples)
    assert any(len(sample.releases) >= 25 for sample in all_samples)
    assert any(len(sample.tags) > 3 and sample.sdist for sample in all_samples)
    assert any(sample.extras and any(";" in line for line in sample.requires) for sample in all_samples)
    assert any(release.yanked for sample in all_samples for release in sample.releases)
    assert any(Version(release.version).is_prerelease for sample in all_samples for release in sample.releases)
    assert {sample.status.value for sample in all_samples if sample.status} == {"deprecated", "archived"}
    assert len({sample.owner for sample in all_samples}) > 2
    assert sum(sample.facts is not None for sample in all_samples) in range(2, 5)
    assert max(release.age for sample in all_samples for release in sample.releases) > 500


def test_a_day_is_invented_only_once_and_in_order() -> None:
    logs = SampleAccessLogs(list(SAMPLES.values()), NOW.date())
    day = CountDownloads("2026-11-10")
    found = logs.start(day).findings
    again = logs.start(day).findings
    assert found
    assert again
    rows = list(found.rows)
    assert rows == list(again.rows)
    assert len(rows) > 300
    for name in SAMPLES:
        own = [row for row in rows if row[0].startswith(f"/packages/{name}/")]
        assert own == sorted(own, key=lambda row: row[:2])


def test_what_is_not_published_yet_is_not_downloaded() -> None:
    logs = SampleAccessLogs([SAMPLES["saltmarsh"]], NOW.date())
    before = NOW.date() - timedelta(days=6)
    for day, is_there in ((before, False), (before + timedelta(days=1), True)):
        found = logs.start(CountDownloads(day.isoformat())).findings
        assert found
        assert any("/saltmarsh/1.3.0/" in row[0] for row in found.rows) is is_there


def test_weeks_have_a_rhythm_and_downloads_grow(world: Embedded) -> None:
    usage = world.index.history().of("brackish")
    assert usage.complete_through == "2026-11-25"
    assert len(usage.days) == CHARTED
    by_weekday = Counter[bool]()
    for day in usage.days:
        by_weekday[date.fromisoformat(day.day).weekday() >= 5] += day.downloads
    assert by_weekday[True] / 2 < 0.7 * by_weekday[False] / 5
    assert sum(day.downloads for day in usage.days[-30:]) > sum(day.downloads for day in usage.days[:30])
    assert {"pip", "uv", "poetry", "pdm"} <= {name for day in usage.days for name in day.installers}
    assert sum(day.ci for day in usage.days) > 0
    assert sum(day.mirrors for day in usage.days) > 0
    assert len({country for day in usage.days for country in day.countries}) > 8


def test_figures_can_be_explained(world: Embedded) -> None:
    usage = world.index.history().of("mudflat")
    for day in usage.days[-3:]:
        detail = world.ports.details().get("mudflat", day.day)
        assert detail
        assert len(detail.times) == day.downloads


def test_the_past_is_where_it_belongs(world: Embedded) -> None:
    brackish = fold(world.ports.event_store().read(package_stream("brackish")))
    eelgrass = fold(world.ports.event_store().read(package_stream("eelgrass")))
    assert brackish
    assert eelgrass
    assert {file.published.version for file in brackish.files.values() if file.yanked} == {"1.3.0"}
    assert eelgrass.status is Status.DEPRECATED
    first = min(file.published.at for file in brackish.files.values())
    assert first.date() == NOW.date() - timedelta(days=533)
    facts = world.ports.facts_table().get("tobias/brackish")
    assert facts
    assert facts.facts
    assert facts.facts.stars == 512


def test_pages_say_what_the_events_say(world: Embedded) -> None:
    assert world.ports.bus().waiting() == []
    assert world.ports.bus().dead() == []
    site = world.home.site
    assert "Drops every key whose value is 0" in (site / "simple/brackish/index.html").read_text()
    wheel = next((site / "packages/mudflat/1.0.0").glob("*.whl")).read_bytes()
    assert hashlib.sha256(wheel).hexdigest() in (site / "project/mudflat/index.html").read_text()
