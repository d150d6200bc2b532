"""Questions without anybody's token are the app's as long as GitHub takes it, and are told to nobody else."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from http import HTTPStatus
from pathlib import Path

import httpx2
import pytest

from adapters.clock import SystemClock
from adapters.github import fetching
from adapters.github.app import GitHubApp
from adapters.github.fetching import Fetching
from adapters.github.identities import GitHubIdentities
from adapters.github.repositories import GitHubRepositories
from adapters.github.sources import GitHubSources
from adapters.github.standing import Standing
from domain.github_faults import GitHubFails, GitHubLoginRevoked
from domain.ports.repositories import Learnt
from infrastructure import common_factories
from infrastructure.github_double import faults
from infrastructure.github_double.double import GitHub, github
from infrastructure.github_double.repository import Commit, Release, ReleaseAsset, Repository

NOW = datetime(2026, 11, 26, 4, 0, tzinfo=UTC)
DEMO = "octocat/demo"
FIRST = Commit({"pyproject.toml": b""})
CONTENT = b"a wheel"
WRONG = "Basic d3Jvbmc6d3Jvbmc="


@pytest.fixture
def double() -> Iterator[GitHub]:
    with github() as started:
        releases = [Release("v1", [ReleaseAsset("demo-1.tar.gz", CONTENT)])]
        started.has(Repository(DEMO, branches={"main": FIRST}, tags={"v1": FIRST}, releases=releases))
        yield started


@pytest.fixture
def app(double: GitHub) -> GitHubApp:
    return GitHubApp(double.url, double.url, double.people.client_id, double.people.client_secret)


def headers_of(double: GitHub) -> list[str | None]:
    """Of what was asked since the last time that somebody wanted to know."""
    told = [each.authorization for each in double.asked]
    double.paths()
    return told


def sources_as(double: GitHub, authorization: str | None) -> GitHubSources:
    return GitHubSources(double.url, "tests", SystemClock(), authorization=authorization)


def test_an_app_is_one_that_has_both() -> None:
    assert GitHubApp("u", "a", "id", "é").authorization == "Basic aWQ6w6k="
    assert GitHubApp("u", "a", "id").authorization is None
    assert GitHubApp("u", "a", "", "hush").authorization is None


def test_the_app_may_ask_more_than_nobody(double: GitHub, app: GitHubApp) -> None:
    double.limits.budget_of_nobody = 0

    assert isinstance(common_factories.repositories(app).facts(DEMO, None, NOW), Learnt)
    assert common_factories.sources(app, SystemClock()).commit(DEMO, "v1") == FIRST.sha
    assert set(headers_of(double)) == {app.authorization}
    with pytest.raises(GitHubFails, match="asked too much"):
        sources_as(double, None).repository(DEMO)
    assert headers_of(double) == [None]


def test_where_a_repository_moved_the_app_follows(double: GitHub, app: GitHubApp) -> None:
    double.renames(DEMO, "octocat/demo2")

    assert sources_as(double, app.authorization).repository(DEMO).full_name == "octocat/demo2"
    assert headers_of(double) == [app.authorization] * 2


def test_whoever_gave_a_token_asks_as_themselves(double: GitHub, app: GitHubApp) -> None:
    token = double.people.token("octocat")
    sources = sources_as(double, app.authorization)
    sources.repository(DEMO, token)
    sources.owned(token)
    assert set(headers_of(double)) == {f"Bearer {token}"}

    # That a token is of no use says nothing about the app.
    double.people.revoke(token)
    with pytest.raises(GitHubLoginRevoked):
        sources.repository(DEMO, token)
    sources.repository(DEMO)
    assert headers_of(double) == [f"Bearer {token}", app.authorization]


def test_files_are_the_apps_where_the_api_is_and_nobodys_elsewhere(
    double: GitHub, app: GitHubApp, tmp_path: Path
) -> None:
    sources = sources_as(double, app.authorization)
    (asset,) = sources.assets(DEMO, "v1")
    sources.fetch_asset(DEMO, asset, tmp_path / "asset", 1000)
    sources.fetch_archive(DEMO, FIRST.sha, tmp_path / "archive", 2**20)

    assert (tmp_path / "asset").read_bytes() == CONTENT
    assert headers_of(double) == [app.authorization] * 3
    assert [(each.status, each.authorization) for each in double.fetched] == [(200, None)] * 2


def test_logging_in_has_nothing_of_it(double: GitHub, app: GitHubApp) -> None:
    identities = GitHubIdentities(app, "tests")
    identities.device(NOW)
    identities.identify("made-up", "verifier", double.url, NOW)
    assert headers_of(double) == [None, None]


def test_facts_are_nobodys_questions_where_the_app_is_not_taken(double: GitHub) -> None:
    repositories = GitHubRepositories(double.url, "tests", authorization=WRONG)

    assert isinstance(repositories.facts(DEMO, None, NOW), Learnt)
    assert headers_of(double) == [WRONG, None, None, None]
    assert isinstance(repositories.facts(DEMO, None, NOW), Learnt)
    assert headers_of(double) == [None, None, None]


def test_sources_are_nobodys_questions_where_the_app_is_not_taken(double: GitHub, tmp_path: Path) -> None:
    sources = sources_as(double, WRONG)

    assert sources.repository(DEMO).full_name == DEMO
    sources.fetch_archive(DEMO, FIRST.sha, tmp_path / "file", 2**20)
    assert headers_of(double) == [WRONG, None, None]


def test_files_come_where_the_app_is_not_taken(double: GitHub, tmp_path: Path) -> None:
    sources = sources_as(double, WRONG)

    sources.fetch_archive(DEMO, FIRST.sha, tmp_path / "file", 2**20)
    assert (tmp_path / "file").stat().st_size > 0
    assert sources.repository(DEMO).full_name == DEMO
    assert headers_of(double) == [WRONG, None, None]


def test_whoever_takes_nobody_is_asked_twice_and_no_more(double: GitHub, app: GitHubApp) -> None:
    double.fault = faults.everywhere(faults.revoked())
    with pytest.raises(GitHubFails, match="status 401") as refused:
        sources_as(double, app.authorization).repository(DEMO)
    assert headers_of(double) == [app.authorization, None]
    assert app.client_secret not in repr(refused.value)


@pytest.mark.parametrize(
    "elsewhere",
    ["https://files.test/x", "https://api.github.test:8443/x", "https://api.github.test.evil.test/x"],
)
def test_another_origin_is_not_told_who_asks(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, elsewhere: str) -> None:
    asked: list[tuple[str, str | None]] = []

    def answer(request: httpx2.Request) -> httpx2.Response:
        asked.append((str(request.url), request.headers.get("authorization")))
        if request.url.path == "/repos":
            return httpx2.Response(302, headers={"Location": elsewhere}, content=iter(()))
        return httpx2.Response(401, content=iter([b"{}"]))

    monkeypatch.setattr(fetching, "client", from_afar(answer))
    standing = Standing("Basic app")
    root = "https://api.github.test"
    for _ in range(2):
        fetched = Fetching(root, "tests", 10, standing).fetch("/repos", "*/*", tmp_path / "file", 10)
        assert fetched.status == HTTPStatus.UNAUTHORIZED
    # A refusal there says nothing about the app.
    assert asked == [(f"{root}/repos", "Basic app"), (elsewhere, None)] * 2


def from_afar(answer: Callable[[httpx2.Request], httpx2.Response]) -> Callable[[str, str], httpx2.Client]:
    return lambda root, _: httpx2.Client(base_url=root, transport=httpx2.MockTransport(answer))


def test_nothing_says_the_secret(double: GitHub, app: GitHubApp) -> None:
    authorization = str(app.authorization)
    shown = [
        repr(each)
        for each in (
            app,
            Standing(authorization),
            Fetching(double.url, "tests", 1, Standing(authorization)),
            GitHubRepositories(double.url, "tests", authorization=authorization),
            sources_as(double, authorization),
            vars(sources_as(double, authorization)),
        )
    ]
    secrets = {app.client_secret, authorization.removeprefix("Basic ")}
    assert [text for text in shown if any(each in text for each in secrets)] == []
