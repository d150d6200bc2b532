"""The sample packages, from `catalogue.toml`."""

import tomllib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from attrs import field, frozen
from packaging.version import Version

GITHUB_URL = "https://github.example"
"""Where the samples say that they live, unless they are told otherwise: nowhere (RFC 2606)."""

_FOLDER = Path(__file__).parent
_ANYWHERE = ("py3-none-any",)


@frozen
class Release:
    """A version, its age in days, and why it is yanked; None if it is not."""

    version: str
    age: int
    yanked: str | None = None

    @property
    def is_final(self) -> bool:
        """Whether installers take it without being asked to."""
        return self.yanked is None and not Version(self.version).is_prerelease


@frozen
class Status:
    """A project status, and its age in days."""

    value: str
    reason: str
    age: int


@frozen
class Traffic:
    """How often a package is downloaded.

    Attributes:
        downloads: of a weekday at the end.
        growth: how many times more that is than 90 days before.
        ci: the share of machines.
        mirrors: their requests of a day.
    """

    downloads: float
    growth: float
    ci: float
    mirrors: int


@frozen
class Facts:
    """What is known about a repository; `pushed` is days ago."""

    pushed: int
    stars: int | None = None
    forks: int | None = None
    issues: int | None = None
    pull_requests: int | None = None
    contributors: int | None = None


@frozen
class Sample:
    """A package, its releases from the oldest to the latest."""

    name: str
    owner: str
    summary: str
    code: str
    traffic: Traffic
    releases: Sequence[Release]
    readme: str = ""
    readme_type: str = "text/markdown"
    license: str = ""
    requires_python: str = ""
    keywords: Sequence[str] = ()
    classifiers: Sequence[str] = ()
    requires: Sequence[str] = ()
    extras: Mapping[str, Sequence[str]] = field(factory=dict)
    urls: Mapping[str, str] = field(factory=dict)
    scripts: Mapping[str, str] = field(factory=dict)
    tags: Sequence[str] = _ANYWHERE
    sdist: bool = True
    status: Status | None = None
    facts: Facts | None = None


def samples(github_url: str = GITHUB_URL) -> Sequence[Sample]:
    """All of them; `github_url` is where their repositories are."""
    text = (_FOLDER / "catalogue.toml").read_text(encoding="utf-8").replace(GITHUB_URL, github_url)
    return [_sample(told) for told in tomllib.loads(text)["package"]]


def _sample(told: dict[str, Any]) -> Sample:
    yanked = told.pop("yanked", {})
    releases = [Release(version, age, yanked.get(version)) for version, age in told.pop("releases").items()]
    traffic = Traffic(*(told.pop(name) for name in ("downloads", "growth", "ci", "mirrors")))
    status, facts = told.pop("status", None), told.pop("facts", None)
    readme = told.pop("readme", "")
    if readme.endswith(".md"):
        readme = (_FOLDER / readme).read_text(encoding="utf-8")
    return Sample(
        releases=releases,
        traffic=traffic,
        readme=readme.lstrip("\n"),
        status=Status(**status) if status else None,
        facts=Facts(**facts) if facts else None,
        **told,
    )
