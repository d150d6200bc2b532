"""The GitHub of the sample index: its people, and what they have there to publish."""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta

from packaging.version import Version

from infrastructure.demo.catalogue import Release as SampleRelease
from infrastructure.demo.catalogue import Sample, Traffic
from infrastructure.demo.distributions import distributions
from infrastructure.demo.people import PEOPLE
from infrastructure.demo.projects import Project
from infrastructure.github_double.double import GitHub
from infrastructure.github_double.repository import AnnotatedTag, Commit, Release, ReleaseAsset, Repository

_SHELL = {"README.md": b"# harbour-lights\n", "lights.sh": b"echo on\n"}
_MOONPHASE = '''
"""The phase of the moon."""

def phase(days_since_new_moon):
    """From 0 at new moon over 0.5 at full moon to 1."""
    return days_since_new_moon % 29.530588 / 29.530588
'''


def furnish(double: GitHub, samples: Sequence[Sample], now: datetime) -> None:
    """Let there be people and repositories. Everybody who logs in is asked who they are.

    Args:
        double: of nobody yet.
        samples: what is published already; where something is known about their repositories, there are some.
        now: aware.
    """
    people = double.people
    people.asks = True
    people.numbers = dict(PEOPLE)
    for sample in samples:
        if sample.facts and sample.owner in PEOPLE:
            double.has(_with_more_to_come(sample, double.url, now))
    for repository in _others(double.url, now):
        double.has(repository)


def _with_more_to_come(sample: Sample, url: str, now: datetime) -> Repository:
    """The repository of a sample, with a version that is not published yet."""
    full_name = f"{sample.owner}/{sample.name}"
    last = Version(sample.releases[-1].version)
    following = f"{last.major}.{last.minor + 1}.0"

    def commit(version: str) -> Commit:
        project = Project(
            sample.name,
            version,
            sample.summary,
            f'{sample.code}\n__version__ = "{version}"\n',
            f"{url}/{full_name}",
            sample.readme,
            sample.license or "MIT",
            sample.requires,
            sample.extras,
            sample.scripts,
        )
        return Commit(project.files(), f"Version {version}")

    repository = Repository(
        full_name,
        description=sample.summary,
        spdx_id=sample.license or None,
        branches={"main": commit(following)},
        tags={version: commit(version) for version in (sample.releases[-1].version, following)},
    )
    if facts := sample.facts:
        repository.stars, repository.forks = facts.stars or 0, facts.forks or 0
        repository.issues, repository.pulls = facts.issues or 0, facts.pull_requests or 0
        repository.contributors = facts.contributors or 0
        repository.pushed_at = _ago(now, facts.pushed)
    return repository


def _others(url: str, now: datetime) -> Iterator[Repository]:
    """One of each kind that there is to publish, or not."""

    def one(full_name: str, summary: str, files: dict[str, bytes], *versions: str) -> Repository:
        commit = Commit(files)
        tags: dict[str, Commit | AnnotatedTag] = dict.fromkeys(versions, commit)
        branches = {"main": commit}
        return Repository(full_name, description=summary, branches=branches, tags=tags, pushed_at=_ago(now, 2))

    def project(full_name: str, version: str, summary: str, code: str = '"""A sample."""\n') -> Project:
        return Project(full_name.partition("/")[2], version, summary, code, f"{url}/{full_name}")

    moonphase = project("maren/moonphase", "0.1.0", "How much of the moon is lit", _MOONPHASE)
    yield one("maren/moonphase", moonphase.summary, moonphase.files(), "v0.1.0")
    brackish = project("maren/brackish", "1.0.0", "A fork, to try something")
    fork = one("maren/brackish", brackish.summary, brackish.files())
    fork.fork = True
    yield fork
    diary = project("maren/diary", "0.1.0", "Nobody's business")
    private = one("maren/diary", diary.summary, diary.files())
    private.private = True
    yield private
    logbook = project("maren/old-logbook", "1.0.0", "Nothing new comes from this")
    archived = one("maren/old-logbook", logbook.summary, logbook.files(), "v1.0.0")
    archived.archived = True
    yield archived
    lights = one("maren/harbour-lights", "Shell scripts", _SHELL)
    lights.language = "Shell"
    yield lights

    pebble = project("ines/pebble", "2.0.0", "Small stones, sorted")
    with_wheel = one("ines/pebble", pebble.summary, pebble.files(), "v2.0.0")
    assets = [ReleaseAsset(filename, content) for filename, content in _made(pebble)]
    with_wheel.releases.append(Release("v2.0.0", assets, "pebble 2.0.0", published_at=_ago(now, 2)))
    yield with_wheel

    wreck = project("tobias/wreck-charts", "0.9.0", "Where the wrecks lie; its build fails")
    yield one("tobias/wreck-charts", wreck.summary, wreck.files(is_broken=True), "v0.9.0")


def _made(project: Project) -> list[tuple[str, bytes]]:
    """What its owner built and attached."""
    sample = Sample(
        project.name,
        "ines",
        project.summary,
        project.code,
        Traffic(0, 1, 0, 0),
        (),
        license=project.license,
        urls={"Repository": project.url},
    )
    return list(distributions(sample, SampleRelease(project.version, 0)))


def _ago(now: datetime, days: int) -> str:
    return (now.astimezone(UTC) - timedelta(days=days)).strftime("%Y-%m-%dT%H:%M:%SZ")
