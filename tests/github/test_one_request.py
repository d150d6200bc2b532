"""Whoever waits for an answer of this index waits for all that GitHub is asked because of it together."""

import time
from collections.abc import Callable, Iterator
from types import SimpleNamespace

import pytest
from dependency_injector import providers

from adapters.clock import SystemClock
from adapters.github import asking, sources
from adapters.github.sources import GitHubSources
from domain.account import github_key
from domain.caller import Caller
from domain.github_faults import GitHubFails
from domain.site_settings import SiteSettings
from domain.usecases.submissions import Submissions
from infrastructure.github_double.double import GitHub, github
from infrastructure.github_double.repository import AnnotatedTag, Commit, Repository
from infrastructure.memory import Memory
from tests.indexes import index_over

DEMO = "octocat/demo"
FIRST = Commit({"pyproject.toml": b""})
AN_ANSWER, A_REQUEST = 0.3, 0.7
A_MINUTE = 60.0

Ask = Callable[[Submissions, Caller], object]
ASKED: dict[str, Ask] = {
    "request": lambda submissions, octocat: submissions.request(octocat, DEMO, None, None),
    "request of a tag": lambda submissions, octocat: submissions.request(octocat, DEMO, "v1", None),
    "preview": lambda submissions, octocat: submissions.preview(octocat, DEMO, None, None),
}


@pytest.fixture
def double() -> Iterator[GitHub]:
    with github() as started:
        started.has(Repository(DEMO, branches={"main": FIRST}, tags={"v1": AnnotatedTag("v1", FIRST)}, owner_id=7))
        yield started


@pytest.fixture
def octocat() -> Caller:
    return Caller(github_key(7), "octocat")


def submissions(double: GitHub, request_seconds: float) -> Submissions:
    ports = Memory()
    asked = GitHubSources(double.url, "tests", SystemClock(), request_seconds=request_seconds)
    ports.sources.override(providers.Object(asked))
    return index_over(ports, SiteSettings("https://pypi.example")).submissions()


@pytest.mark.parametrize("ask", ASKED.values(), ids=ASKED)
def test_answers_that_are_slow_one_by_one_are_not_all_waited_for(double: GitHub, octocat: Caller, ask: Ask) -> None:
    double.fault = lambda _: time.sleep(AN_ANSWER)
    with pytest.raises(GitHubFails, match="takes too long"):
        ask(submissions(double, A_REQUEST), octocat)
    assert len(double.paths()) <= A_REQUEST / AN_ANSWER + 1


def test_each_request_has_its_own_time(double: GitHub, octocat: Caller, monkeypatch: pytest.MonkeyPatch) -> None:
    asked, passed = submissions(double, A_MINUTE), 0.0
    later = SimpleNamespace(monotonic=lambda: time.monotonic() + passed)
    for module in (asking, sources):
        monkeypatch.setattr(module, "time", later)
    for ask in ASKED.values():
        ask(asked, octocat)
        passed += A_MINUTE


def test_nothing_is_asked_any_more_when_time_is_up(double: GitHub) -> None:
    asked = GitHubSources(double.url, "tests", SystemClock(), request_seconds=0).together()
    with pytest.raises(GitHubFails, match="takes too long"):
        asked.repository(DEMO)
    assert double.paths() == []
