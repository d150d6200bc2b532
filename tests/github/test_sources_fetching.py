"""Files that GitHub has elsewhere: bounded, without anybody's token, and all of it or nothing."""

import logging
import threading
from collections.abc import Callable, Iterator
from http import HTTPStatus
from pathlib import Path

import httpx2
import pytest

from adapters.clock import SystemClock
from adapters.github import fetching
from adapters.github.fetching import Fetching, TooLong
from adapters.github.patience import Unanswered
from adapters.github.sources import GitHubSources
from domain.github_faults import GitHubFails, GitHubRefuses, NoSuchSource
from domain.refusals import TooLarge
from domain.repository import Asset
from infrastructure.github_double import faults
from infrastructure.github_double.answers import Answer, sent
from infrastructure.github_double.double import GitHub, github
from infrastructure.github_double.repository import Commit, Release, ReleaseAsset, Repository

DEMO = "octocat/demo"
FIRST = Commit({"pyproject.toml": b""})
CONTENT = bytes(range(256)) * 4096
ROOT = "https://api.github.test"


@pytest.fixture
def double() -> Iterator[GitHub]:
    with github() as started:
        releases = [Release("v1", [ReleaseAsset("demo-1.tar.gz", CONTENT)])]
        started.has(Repository(DEMO, branches={"main": FIRST}, tags={"v1": FIRST}, releases=releases))
        yield started


@pytest.fixture
def sources(double: GitHub) -> GitHubSources:
    return GitHubSources(double.url, "tests", SystemClock())


@pytest.fixture
def asset(sources: GitHubSources) -> Asset:
    (found,) = sources.assets(DEMO, "v1")
    return found


def of_files(double: GitHub, answer: Answer) -> None:
    """What the other origin answers."""
    double.fault = lambda path: answer if path.startswith(("/release-assets/", f"/{DEMO}/")) else None


def test_a_file_comes_from_elsewhere_byte_for_byte(
    double: GitHub, sources: GitHubSources, asset: Asset, tmp_path: Path
) -> None:
    sources.fetch_asset(DEMO, asset, tmp_path / "file", len(CONTENT))
    assert (tmp_path / "file").read_bytes() == CONTENT
    assert [(each.status, each.authorization) for each in double.fetched] == [(200, None)]


def test_where_it_comes_from_is_in_no_log(
    sources: GitHubSources, asset: Asset, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """Lambda keeps what is logged from INFO on, and such an address may let everybody in for a while."""
    with caplog.at_level(logging.INFO):
        sources.fetch_asset(DEMO, asset, tmp_path / "file", len(CONTENT))
    assert caplog.text == ""


@pytest.mark.parametrize("is_chunked", [True, False])
def test_what_is_longer_than_it_may_be_is_not_kept(
    double: GitHub, sources: GitHubSources, tmp_path: Path, *, is_chunked: bool
) -> None:
    of_files(double, Answer(HTTPStatus.OK, CONTENT, is_chunked=is_chunked))
    with pytest.raises(TooLarge, match="The source of octocat/demo is larger than 1000 bytes"):
        sources.fetch_archive(DEMO, FIRST.sha, tmp_path / "file", 1000)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    "answer",
    [
        Answer(HTTPStatus.OK, CONTENT[:-1]),
        Answer(HTTPStatus.OK, CONTENT + b"x"),
        Answer(HTTPStatus.OK, CONTENT[:-1], told_length=len(CONTENT)),
        Answer(HTTPStatus.OK, CONTENT, {"Content-Encoding": "gzip"}),
        Answer(HTTPStatus.PARTIAL_CONTENT, CONTENT),
        faults.failing(),
    ],
    ids=["shorter", "longer", "cut off", "compressed", "a part", "502"],
)
def test_what_is_not_the_file_is_not_kept(
    double: GitHub, sources: GitHubSources, asset: Asset, tmp_path: Path, answer: Answer
) -> None:
    of_files(double, answer)
    with pytest.raises(GitHubFails, match="try again"):
        sources.fetch_asset(DEMO, asset, tmp_path / "file", 2**30)
    assert list(tmp_path.iterdir()) == []


def test_refusals_of_the_other_origin_are_told_as_well(double: GitHub, sources: GitHubSources, tmp_path: Path) -> None:
    of_files(double, faults.too_many(30))
    with pytest.raises(GitHubRefuses):
        sources.fetch_archive(DEMO, FIRST.sha, tmp_path / "file", 2**30)
    of_files(double, Answer(HTTPStatus.NOT_FOUND, b"x" * 2**20))
    with pytest.raises(NoSuchSource):
        sources.fetch_archive(DEMO, FIRST.sha, tmp_path / "file", 2**30)
    assert list(tmp_path.iterdir()) == []


def test_nobody_follows_for_ever(double: GitHub, sources: GitHubSources, tmp_path: Path) -> None:
    of_files(double, sent(f"{double.files_url}/{DEMO}/again"))
    with pytest.raises(GitHubFails):
        sources.fetch_archive(DEMO, FIRST.sha, tmp_path / "file", 2**30)
    assert len(double.fetched) == 5


def test_what_comes_too_late_is_not_kept(double: GitHub, tmp_path: Path) -> None:
    gate = threading.Event()
    double.fault = lambda path: faults.failing() if DEMO in path and gate.wait() else None
    sources = GitHubSources(double.url, "tests", SystemClock(), fetch_seconds=0.2)
    try:
        with pytest.raises(GitHubFails, match="takes too long"):
            sources.fetch_archive(DEMO, FIRST.sha, tmp_path / "file", 2**30)
        assert list(tmp_path.iterdir()) == []
    finally:
        gate.set()


FromAfar = Callable[[Callable[[httpx2.Request], httpx2.Response]], Fetching]


@pytest.fixture
def from_afar(monkeypatch: pytest.MonkeyPatch) -> FromAfar:
    """Fetching from a GitHub that speaks TLS, as far as it can tell."""

    def fetching_from(answer: Callable[[httpx2.Request], httpx2.Response]) -> Fetching:
        def client(root: str, user_agent: str) -> httpx2.Client:
            headers = {"User-Agent": user_agent}
            return httpx2.Client(base_url=root, headers=headers, transport=httpx2.MockTransport(answer))

        monkeypatch.setattr(fetching, "client", client)
        return Fetching(ROOT, "tests", 10)

    return fetching_from


@pytest.mark.parametrize(
    "location", ["http://files.test/x", "ftp://files.test/x", "file:///etc/passwd", "gopher:x", "data:,x"]
)
def test_nobody_follows_to_where_everybody_listens(from_afar: FromAfar, tmp_path: Path, location: str) -> None:
    asked: list[str] = []

    def answer(request: httpx2.Request) -> httpx2.Response:
        asked.append(str(request.url))
        return httpx2.Response(302, headers={"Location": location}, content=iter(()))

    with pytest.raises(Unanswered, match="nobody is safe"):
        from_afar(answer).fetch("/x", "*/*", tmp_path / "file", 10)
    assert asked == [f"{ROOT}/x"]
    assert list(tmp_path.iterdir()) == []


def test_another_origin_is_followed_where_it_is_safe(from_afar: FromAfar, tmp_path: Path) -> None:
    def answer(request: httpx2.Request) -> httpx2.Response:
        assert request.headers.get("authorization") is None
        if request.url.host == "api.github.test":
            return httpx2.Response(302, headers={"Location": "https://files.test/y?sig=1"}, content=iter(()))
        return httpx2.Response(200, content=iter([b"there"]))

    assert from_afar(answer).fetch("/x", "*/*", tmp_path / "file", 5).status == HTTPStatus.OK
    assert (tmp_path / "file").read_bytes() == b"there"
    with pytest.raises(TooLong):
        from_afar(answer).fetch("/x", "*/*", tmp_path / "file", 4)
    assert list(tmp_path.iterdir()) == []
