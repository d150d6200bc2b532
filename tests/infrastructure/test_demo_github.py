"""The sample GitHub: what can be published from there is built without anybody's help, and the rest is what it says."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from adapters.archives import FileArchives
from adapters.clock import SystemClock
from adapters.github.sources import GitHubSources
from adapters.local.build_usage import BuildLimits
from adapters.local.builder import SandboxBuilder
from adapters.memory.build_logs import MemoryBuildLogs
from domain import distributions as rules
from domain.artifacts import parse_filename
from domain.metadata import Metadata
from domain.ports.builder import Built, NotBuilt, Outcome
from domain.sources import is_eligible
from infrastructure.demo.catalogue import samples
from infrastructure.demo.github import furnish
from infrastructure.demo.people import PEOPLE
from infrastructure.github_double.double import GitHub, github
from infrastructure.policy import policy_of
from infrastructure.settings import Settings

NOW = datetime(2026, 11, 26, 9, 30, tzinfo=UTC)
NOBODY = "http://127.0.0.1:9/simple/"


@pytest.fixture
def double() -> Iterator[GitHub]:
    with github() as running:
        furnish(running, samples(running.url), NOW)
        yield running


@pytest.fixture
def sources(double: GitHub) -> GitHubSources:
    return GitHubSources(double.url, "test", SystemClock())


@pytest.fixture
def logs() -> MemoryBuildLogs:
    return MemoryBuildLogs()


@pytest.fixture
def builder(tmp_path: Path, logs: MemoryBuildLogs) -> SandboxBuilder:
    return SandboxBuilder(tmp_path / "builds", logs, BuildLimits(), NOBODY)


def outcome_of(sources: GitHubSources, builder: SandboxBuilder, full_name: str, ref: str, folder: Path) -> Outcome:
    archive = folder / "source.tar.gz"
    sources.fetch_archive(full_name, sources.commit(full_name, ref), archive, 1_000_000)
    builder.start("s1", archive)
    outcome = builder.outcome("s1")
    assert outcome
    return outcome


def judged(path: Path) -> Metadata:
    policy, artifact = policy_of(Settings()), parse_filename(path.name)
    return rules.judge(artifact, FileArchives().inspect(path, artifact, policy.bounds), policy, strict=True)


@pytest.mark.parametrize(
    ("full_name", "ref", "version"), [("maren/moonphase", "v0.1.0", "0.1.0"), ("maren/tidegauge", "3.3.0", "3.3.0")]
)
def test_projects_are_built_without_any_index(
    sources: GitHubSources, builder: SandboxBuilder, tmp_path: Path, full_name: str, ref: str, version: str
) -> None:
    outcome = outcome_of(sources, builder, full_name, ref, tmp_path)

    assert isinstance(outcome, Built), outcome
    assert len(outcome.filenames) == 2
    for filename in outcome.filenames:
        assert builder.fetch("s1", filename, tmp_path / filename)
        metadata = judged(tmp_path / filename)
        assert (f"maren/{metadata.name}", str(metadata.version)) == (full_name, version)


def test_one_fails_and_its_log_says_why(
    sources: GitHubSources, builder: SandboxBuilder, logs: MemoryBuildLogs, tmp_path: Path
) -> None:
    assert isinstance(outcome_of(sources, builder, "tobias/wreck-charts", "v0.9.0", tmp_path), NotBuilt)
    assert b"`make charts` draws it" in logs.get("s1")


def test_one_has_a_release_with_files_that_are_good(sources: GitHubSources, tmp_path: Path) -> None:
    tag = sources.latest_release("ines/pebble")
    assert tag == "v2.0.0"
    for asset in sources.assets("ines/pebble", tag):
        sources.fetch_asset("ines/pebble", asset, tmp_path / asset.filename, 100_000)
        assert judged(tmp_path / asset.filename).name == "pebble"


def test_everybody_has_something_to_publish_and_only_that_is_offered(double: GitHub, sources: GitHubSources) -> None:
    offered = {
        login: {each.source.full_name for each in sources.owned(double.people.token(login)) if is_eligible(each)}
        for login in PEOPLE
    }

    assert offered["maren"] == {"maren/moonphase", "maren/saltmarsh", "maren/tidegauge"}
    assert offered["ines"] >= {"ines/pebble"}
    assert offered["tobias"] >= {"tobias/wreck-charts", "tobias/brackish"}


def test_repositories_of_samples_are_as_the_catalogue_says(double: GitHub, sources: GitHubSources) -> None:
    found = double.find("tobias/brackish")
    assert found
    assert found.stars == 512
    sample = next(each for each in samples() if each.name == "brackish")
    tags = sources.tags("tobias/brackish")
    assert sample.releases[-1].version in tags
    assert set(tags) - {release.version for release in sample.releases}
