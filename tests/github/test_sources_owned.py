"""All repositories of somebody: in few requests, or in many where GraphQL is not spoken, and all of them or a fault."""

import threading
from collections.abc import Iterator
from http import HTTPStatus

import pytest

from adapters.clock import SystemClock
from adapters.github.graphql import url_of
from adapters.github.sources import GitHubSources
from domain.github_faults import GitHubFails, GitHubLoginRevoked, GitHubRefuses
from infrastructure.github_double import faults
from infrastructure.github_double.answers import Answer, problem, told
from infrastructure.github_double.double import GitHub, github
from infrastructure.github_double.faults import Fault
from infrastructure.github_double.repository import Commit, Repository

PACKAGED = Commit({"pyproject.toml": b"", "src/demo.py": b""})
OTHER = Commit({"README.md": b"", "docs/pyproject.toml": b"", "setup.py/x": b""})
NO_GRAPHQL = [
    problem(HTTPStatus.NOT_FOUND, "Not Found"),
    problem(HTTPStatus.METHOD_NOT_ALLOWED, "No"),
    problem(HTTPStatus.NOT_IMPLEMENTED, "No"),
    faults.a_page(),
    told({"data": None, "errors": [{"type": "FORBIDDEN", "message": "Resource not accessible"}]}),
    told({"data": {"viewer": None}}),
]


@pytest.fixture
def double() -> Iterator[GitHub]:
    with github() as started:
        yield started


@pytest.fixture
def token(double: GitHub) -> str:
    return double.people.token("octocat")


@pytest.fixture
def sources(double: GitHub) -> GitHubSources:
    return GitHubSources(double.url, "tests", SystemClock())


def fill(double: GitHub, count: int) -> None:
    for number in range(count):
        commit = OTHER if number % 3 else PACKAGED
        at = f"2026-11-20T10:{number // 60 % 60:02}:{number % 60:02}Z"
        double.has(Repository(f"octocat/demo-{number}", branches={"main": commit}, pushed_at=at))


def no_graphql(answer: Answer = NO_GRAPHQL[0]) -> Fault:
    return faults.where("/graphql", answer)


def test_hundreds_are_a_few_requests(double: GitHub, token: str, sources: GitHubSources) -> None:
    fill(double, 301)
    owned = sources.owned(token)
    assert [each.source.full_name for each in owned] == [f"octocat/demo-{number}" for number in reversed(range(301))]
    assert [each.source.full_name for each in owned if each.has_packaging] == [
        f"octocat/demo-{number}" for number in reversed(range(0, 301, 3))
    ]
    assert double.paths() == ["/graphql"] * 4


def test_an_empty_repository_has_no_packaging(double: GitHub, token: str, sources: GitHubSources) -> None:
    double.has(Repository("octocat/empty"))
    (found,) = sources.owned(token)
    assert not found.has_packaging
    double.fault = no_graphql()
    (found,) = sources.owned(token)
    assert not found.has_packaging


@pytest.mark.parametrize("answer", NO_GRAPHQL)
def test_where_graphql_is_not_spoken_each_that_may_count_is_asked_for(
    double: GitHub, token: str, sources: GitHubSources, answer: Answer
) -> None:
    fill(double, 120)
    double.has(Repository("octocat/fork", branches={"main": PACKAGED}, fork=True))
    double.has(Repository("octocat/ruby", branches={"main": PACKAGED}, language="Ruby"))
    double.has(Repository("octocat/old", branches={"main": PACKAGED}, archived=True))
    double.has(Repository("octocat/plain", branches={"main": PACKAGED}, language=None, pushed_at=None))
    double.fault = no_graphql(answer)
    owned = {each.source.full_name: each.has_packaging for each in sources.owned(token)}
    expected = {f"octocat/demo-{number}": number % 3 == 0 for number in range(120)}
    assert owned == {**expected, "octocat/plain": True, "octocat/ruby": False, "octocat/old": False}
    paths = double.paths()
    assert len([path for path in paths if path.startswith("/user/repos")]) == 2
    assert len([path for path in paths if path.endswith("/contents/")]) == 121


def test_where_nothing_lists_them_somebody_may_later(double: GitHub, token: str, sources: GitHubSources) -> None:
    double.fault = lambda _: Answer(404)
    with pytest.raises(GitHubFails, match="lists no repositories of yours now: try again"):
        sources.owned(token)


@pytest.mark.parametrize("graphql", [True, False])
def test_there_may_be_a_thousand_and_no_more(
    double: GitHub, token: str, sources: GitHubSources, *, graphql: bool
) -> None:
    for number in range(1005):
        double.has(Repository(f"octocat/demo-{number}", language="Ruby"))
    double.fault = None if graphql else no_graphql()
    assert len(sources.owned(token)) == 1000


def test_points_that_are_spent_are_a_refusal(double: GitHub, token: str, sources: GitHubSources) -> None:
    double.fault = no_graphql(faults.spent_points())
    with pytest.raises(GitHubRefuses) as refused:
        sources.owned(token)
    assert refused.value.wait.total_seconds() == 60
    assert double.paths() == ["/graphql"]


@pytest.mark.parametrize("part", ["/graphql", "/user/repos", "/contents/"])
@pytest.mark.parametrize("fault", [faults.too_many(), faults.failing(), faults.revoked(), faults.truncated()])
def test_some_of_them_are_not_all(double: GitHub, token: str, sources: GitHubSources, part: str, fault: Answer) -> None:
    fill(double, 150)
    passed = 1 if part != "/contents/" else 20
    lock = threading.Lock()

    def late(path: str) -> Answer | None:
        nonlocal passed
        if part not in path:
            return no_graphql()(path)
        with lock:
            passed -= 1
            return None if passed >= 0 else fault

    double.fault = late
    with pytest.raises((GitHubFails, GitHubLoginRevoked)):
        sources.owned(token)


@pytest.mark.parametrize("part", ["/graphql", "/user/repos", "/contents/"])
def test_who_is_slow_later_on_is_not_waited_for(double: GitHub, token: str, part: str) -> None:
    fill(double, 5)
    sources = GitHubSources(double.url, "tests", SystemClock(), owned_seconds=0.5)
    gate = threading.Event()

    def slow(path: str) -> Answer | None:
        if part in path:
            gate.wait()
        return no_graphql()(path)

    double.fault = slow
    try:
        with pytest.raises(GitHubFails, match="try again"):
            sources.owned(token)
    finally:
        gate.set()


@pytest.mark.parametrize(
    ("page", "nodes"),
    [
        ({"hasNextPage": True, "endCursor": None}, []),
        ({"hasNextPage": True, "endCursor": "x" * 2000}, []),
        ({"hasNextPage": True, "endCursor": "again"}, []),
        ({"hasNextPage": False}, [1]),
        ({"hasNextPage": False}, [{"databaseId": 1}]),
        ({"hasNextPage": False}, [[None]]),
    ],
)
def test_pages_that_make_no_sense_are_a_fault(
    double: GitHub, token: str, sources: GitHubSources, page: object, nodes: list[object]
) -> None:
    double.fault = no_graphql(told({"data": {"viewer": {"repositories": {"pageInfo": page, "nodes": nodes}}}}))
    with pytest.raises(GitHubFails):
        sources.owned(token)
    assert len(double.paths()) <= 2


def test_what_was_hidden_meanwhile_is_left_out(double: GitHub, token: str, sources: GitHubSources) -> None:
    answer = told({"data": {"viewer": {"repositories": {"pageInfo": {"hasNextPage": False}, "nodes": [None]}}}})
    double.fault = no_graphql(answer)
    assert list(sources.owned(token)) == []


def test_an_enterprise_has_graphql_beside_the_rest(double: GitHub, token: str) -> None:
    fill(double, 1)
    assert len(GitHubSources(f"{double.url}/api/v3", "tests", SystemClock()).owned(token)) == 1
    assert double.paths() == ["/api/graphql"]
    assert url_of("https://api.github.com") == "https://api.github.com/graphql"
    assert url_of("https://github.example/api/v3") == "https://github.example/api/graphql"
