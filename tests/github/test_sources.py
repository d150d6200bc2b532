"""What a submitter is told when GitHub has no answer of use. What is right is in `tests/contracts/test_sources.py`."""

import logging
import threading
import traceback
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from http import HTTPStatus
from pathlib import Path

import pytest

from adapters.github.sources import GitHubSources
from domain.github_faults import GitHubFails, GitHubLoginRevoked, GitHubRefuses, NoSuchSource
from domain.ports.sources import Sources
from domain.refusals import Refused
from domain.repository import Asset
from infrastructure.github_double import faults
from infrastructure.github_double.answers import JSON, Answer, problem, sent, told
from infrastructure.github_double.double import GitHub, github
from infrastructure.github_double.repository import AnnotatedTag, Commit, Release, ReleaseAsset, Repository

NOW = datetime(2026, 11, 26, 4, 0, tzinfo=UTC)
DEMO = "octocat/demo"
FIRST = Commit({"pyproject.toml": b""})
ASSET = Asset(1, "demo-1.tar.gz", 1)


class StoppedClock:
    def now(self) -> datetime:
        return NOW


@pytest.fixture(scope="module")
def started() -> Iterator[GitHub]:
    with github() as double:
        tags: dict[str, Commit | AnnotatedTag] = {"v1": AnnotatedTag("v1", FIRST)}
        releases = [Release("v1", [ReleaseAsset("demo-1.tar.gz", b"x")])]
        double.has(Repository(DEMO, branches={"main": FIRST}, tags=tags, releases=releases))
        yield double


@pytest.fixture
def double(started: GitHub) -> GitHub:
    started.fault = None
    started.asked.clear()
    started.fetched.clear()
    return started


@pytest.fixture
def sources(double: GitHub) -> Sources:
    return GitHubSources(double.url, "tests", StoppedClock())


Question = Callable[[Sources, str | None, Path], object]

OWNED: Question = lambda sources, token, _: sources.owned(token or "")  # noqa: E731
ABOUT_ONE: dict[str, Question] = {
    "repository": lambda sources, token, _: sources.repository(DEMO, token),
    "latest release": lambda sources, token, _: sources.latest_release(DEMO, token),
    "tags": lambda sources, token, _: sources.tags(DEMO, token),
    "commit": lambda sources, token, _: sources.commit(DEMO, "v1", token),
    "tag": lambda sources, token, _: sources.is_tag(DEMO, "v1", token),
    "assets": lambda sources, token, _: sources.assets(DEMO, "v1", token),
}
FETCHES: dict[str, Question] = {
    "asset": lambda sources, _, folder: sources.fetch_asset(DEMO, ASSET, folder / "file", 10**6),
    "archive": lambda sources, _, folder: sources.fetch_archive(DEMO, FIRST.sha, folder / "file", 10**6),
}
OF_SOMEBODY = {"owned": OWNED, **ABOUT_ONE}
EVERYTHING = {**OF_SOMEBODY, **FETCHES}

everything = pytest.mark.parametrize("question", EVERYTHING.values(), ids=EVERYTHING)
of_somebody = pytest.mark.parametrize("question", OF_SOMEBODY.values(), ids=OF_SOMEBODY)


def check_told(fault: BaseException, *secrets: str) -> None:
    """One sentence, that says what to do, with nothing secret in it nor in its traceback."""
    text = str(fault)
    assert text.isprintable()
    assert text.endswith(".")
    assert len(text) < 200
    shown = "".join(traceback.format_exception(fault))
    assert not [secret for secret in secrets if secret in shown]


@everything
@pytest.mark.parametrize(
    ("answer", "wait"),
    [
        (faults.too_many(90), timedelta(seconds=90)),
        (faults.too_many(None), timedelta(minutes=1)),
        (faults.secondary(30), timedelta(seconds=30)),
        (faults.secondary(None), timedelta(minutes=1)),
        (faults.spent(int(NOW.timestamp()) + 600), timedelta(minutes=10)),
        (faults.too_many(10**9), timedelta(hours=2)),
    ],
)
def test_what_is_refused_says_how_long_to_wait(
    double: GitHub, sources: Sources, tmp_path: Path, question: Question, answer: Answer, wait: timedelta
) -> None:
    token = double.people.token("octocat")
    double.fault = faults.everywhere(answer)
    with pytest.raises(GitHubRefuses, match="try again in") as refused:
        question(sources, token, tmp_path)
    assert refused.value.wait == wait
    check_told(refused.value, token)
    assert list(tmp_path.iterdir()) == []


@everything
@pytest.mark.parametrize(
    "answer",
    [
        faults.failing(),
        faults.failing(HTTPStatus.SERVICE_UNAVAILABLE),
        faults.truncated(),
        problem(HTTPStatus.FORBIDDEN, "Repository access blocked"),
        problem(HTTPStatus.BAD_REQUEST, "No"),
        sent("/repos/round"),
        Answer(HTTPStatus.OK, b"\x1f\x8b", {**JSON, "Content-Encoding": "gzip"}),
        Answer(HTTPStatus.NO_CONTENT),
    ],
    ids=["502", "503", "truncated", "403", "400", "circle", "gzip", "204"],
)
def test_what_is_no_answer_is_a_fault(
    double: GitHub, sources: Sources, tmp_path: Path, question: Question, answer: Answer
) -> None:
    token = double.people.token("octocat")
    double.fault = faults.everywhere(answer)
    with pytest.raises(GitHubFails, match="try again in some minutes") as failed:
        question(sources, token, tmp_path)
    assert not isinstance(failed.value, GitHubRefuses)
    check_told(failed.value, token)
    assert list(tmp_path.iterdir()) == []


NONSENSE = [faults.a_page(), faults.broken(), told(None), told([[]]), told(1), Answer(200, b"[" * 500_000, JSON)]


@pytest.mark.parametrize("question", [ABOUT_ONE["repository"], ABOUT_ONE["latest release"], OWNED])
@pytest.mark.parametrize("answer", NONSENSE)
def test_nonsense_is_a_fault(
    double: GitHub, sources: Sources, tmp_path: Path, question: Question, answer: Answer
) -> None:
    token = double.people.token("octocat")
    double.fault = faults.everywhere(answer)
    with pytest.raises(GitHubFails) as failed:
        question(sources, token, tmp_path)
    check_told(failed.value, token)


@pytest.mark.parametrize("part", ["/git/", "/commits/"])
def test_a_commit_that_is_none_is_never_taken(double: GitHub, sources: Sources, part: str) -> None:
    double.fault = faults.where(part, told({"sha": "../../x", "ref": "refs/tags/v1", "object": {"type": "commit"}}))
    if part == "/git/":
        assert sources.commit(DEMO, "v1") == FIRST.sha
    else:
        with pytest.raises(GitHubFails):
            sources.commit(DEMO, "main")


@everything
def test_what_says_too_much_is_a_fault(double: GitHub, sources: Sources, tmp_path: Path, question: Question) -> None:
    double.fault = faults.everywhere(Answer(HTTPStatus.OK, b"[" + b" " * 9 * 2**20, is_chunked=True))
    with pytest.raises(Refused):
        question(sources, double.people.token("octocat"), tmp_path)
    assert list(tmp_path.iterdir()) == []


@everything
def test_who_hangs_is_not_waited_for(double: GitHub, tmp_path: Path, question: Question) -> None:
    sources = GitHubSources(double.url, "tests", StoppedClock(), seconds=0.2, owned_seconds=0.2, fetch_seconds=0.2)
    gate = threading.Event()
    double.fault = lambda _: faults.failing() if gate.wait() else None
    try:
        with pytest.raises(GitHubFails) as failed:
            question(sources, double.people.token("octocat"), tmp_path)
    finally:
        gate.set()
    check_told(failed.value)
    assert list(tmp_path.iterdir()) == []


@everything
@pytest.mark.parametrize("root", ["http://127.0.0.1:1", "http://[", "nonsense", ""])
def test_where_nobody_is_there_is_a_fault(tmp_path: Path, question: Question, root: str) -> None:
    with pytest.raises(GitHubFails) as failed:
        question(GitHubSources(root, "tests", StoppedClock()), "token", tmp_path)
    check_told(failed.value)
    assert list(tmp_path.iterdir()) == []


@of_somebody
def test_a_token_that_was_taken_back_asks_for_a_new_login(
    double: GitHub, sources: Sources, tmp_path: Path, question: Question
) -> None:
    token = double.people.token("octocat")
    double.people.revoke(token)
    with pytest.raises(GitHubLoginRevoked, match="log in again") as revoked:
        question(sources, token, tmp_path)
    check_told(revoked.value, token)


@pytest.mark.parametrize("question", [*ABOUT_ONE.values(), *FETCHES.values()])
def test_without_a_token_nobody_is_logged_out(
    double: GitHub, sources: Sources, tmp_path: Path, question: Question
) -> None:
    double.fault = faults.everywhere(faults.revoked())
    with pytest.raises(GitHubFails):
        question(sources, None, tmp_path)


@pytest.mark.parametrize("status", [HTTPStatus.NOT_FOUND, HTTPStatus.GONE, HTTPStatus.UNAVAILABLE_FOR_LEGAL_REASONS])
@pytest.mark.parametrize("question", [ABOUT_ONE["repository"], ABOUT_ONE["commit"], *FETCHES.values()])
def test_what_may_not_be_seen_is_not_there(
    double: GitHub, sources: Sources, tmp_path: Path, question: Question, status: HTTPStatus
) -> None:
    double.fault = faults.everywhere(problem(status, "No"))
    with pytest.raises(NoSuchSource, match=DEMO) as missing:
        question(sources, None, tmp_path)
    check_told(missing.value)


@of_somebody
def test_a_token_goes_to_the_api_alone(double: GitHub, sources: Sources, tmp_path: Path, question: Question) -> None:
    token = double.people.token("octocat")
    question(sources, token, tmp_path)
    assert {each.authorization for each in double.asked} == {f"Bearer {token}"}
    double.asked.clear()
    double.fault = lambda _: sent(f"{double.files_url}/elsewhere")
    with pytest.raises(GitHubFails):
        question(sources, token, tmp_path)
    assert double.fetched == []


@of_somebody
@pytest.mark.parametrize("token", ["", "a b", "a\r\nX: y", "ü", "x" * 2000])
def test_what_cannot_be_a_token_is_sent_to_nobody(
    double: GitHub, sources: Sources, tmp_path: Path, question: Question, token: str
) -> None:
    with pytest.raises(GitHubLoginRevoked) as revoked:
        question(sources, token, tmp_path)
    assert double.asked == []
    if token:
        check_told(revoked.value, token)


def test_a_token_is_in_no_log(
    double: GitHub, sources: Sources, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    token = double.people.token("octocat")
    with caplog.at_level(logging.DEBUG):
        for question in EVERYTHING.values():
            try:
                question(sources, token, tmp_path)
            except Refused:
                continue
    assert double.asked
    assert token not in caplog.text


@pytest.mark.parametrize("name", ["", "octocat", "../x", "a/..", "a/b/c", "a/b?x", "a/b\n", "a b/c", "ü/x"])
def test_a_name_that_is_none_is_asked_of_nobody(double: GitHub, sources: Sources, tmp_path: Path, name: str) -> None:
    for ask in (
        sources.repository,
        sources.latest_release,
        sources.tags,
        lambda each: sources.commit(each, "main"),
        lambda each: sources.is_tag(each, "main"),
        lambda each: sources.assets(each, "main"),
        lambda each: sources.fetch_asset(each, ASSET, tmp_path / "file", 10),
        lambda each: sources.fetch_archive(each, FIRST.sha, tmp_path / "file", 10),
    ):
        with pytest.raises(NoSuchSource) as missing:
            ask(name)
        check_told(missing.value)
    assert double.asked == []


@pytest.mark.parametrize("ref", ["", "..", "a..b", "-x", "a b", "a\nb", "x" * 300, "a?b", "/a", "a//b"])
def test_a_ref_that_is_none_is_asked_of_nobody(double: GitHub, sources: Sources, tmp_path: Path, ref: str) -> None:
    with pytest.raises(NoSuchSource) as missing:
        sources.commit(DEMO, ref)
    check_told(missing.value)
    assert not sources.is_tag(DEMO, ref)
    assert list(sources.assets(DEMO, ref)) == []
    with pytest.raises(NoSuchSource):
        sources.fetch_archive(DEMO, ref, tmp_path / "file", 10)
    assert double.asked == []


@pytest.mark.parametrize("gone", ["/commits/", "/git/"])
def test_a_smaller_server_knows_commits_as_well(double: GitHub, sources: Sources, gone: str) -> None:
    double.fault = faults.where(gone, problem(HTTPStatus.NOT_FOUND, "Not Found"))
    assert sources.commit(DEMO, "v1") == FIRST.sha
    assert sources.commit(DEMO, "main") == FIRST.sha


def test_a_server_may_tell_all_of_a_commit(double: GitHub, sources: Sources) -> None:
    double.fault = faults.where("/commits/", told({"sha": FIRST.sha, "files": [{"patch": "x" * 2**21}]}))
    assert sources.commit(DEMO, "main") == FIRST.sha


def test_a_tag_of_itself_ends(double: GitHub, sources: Sources) -> None:
    endless = {"ref": "refs/tags/v1", "object": {"type": "tag", "sha": "0" * 40}}
    double.fault = faults.where("/git/", told(endless))
    assert sources.commit(DEMO, "v1") == FIRST.sha
    assert len(double.asked) < 10


def test_a_tag_may_lead_to_what_is_no_commit(double: GitHub, sources: Sources) -> None:
    tree = {"ref": "refs/tags/v1", "object": {"type": "tree", "sha": "0" * 40}}
    double.fault = lambda path: told(tree) if "/git/" in path else problem(HTTPStatus.UNPROCESSABLE_ENTITY, "No commit")
    with pytest.raises(NoSuchSource):
        sources.commit(DEMO, "v1")


def test_a_tag_whose_name_only_begins_so_is_another(double: GitHub, sources: Sources) -> None:
    double.fault = faults.where("/git/", told({"ref": "refs/tags/v1.0", "object": {"type": "commit", "sha": "1" * 40}}))
    assert not sources.is_tag(DEMO, "v1")


def test_files_that_are_not_there_in_whole_are_left_out(double: GitHub, sources: Sources) -> None:
    good: dict[str, object] = {"id": 1, "name": "demo-1.tar.gz", "size": 1, "state": "uploaded"}
    wrong: list[dict[str, object]] = [
        {"state": "starter"},
        {"id": True},
        {"id": "1"},
        {"id": -1},
        {"name": "../demo-1.tar.gz"},
        {"name": "demo\n.whl"},
        {"name": ".whl"},
        {"name": None},
        {"size": -1},
        {"size": 1.5},
        {"size": 2**60},
    ]
    listed: list[object] = [good, *({**good, **each} for each in wrong), None, []]
    double.fault = faults.everywhere(told({"assets": listed}))
    assert list(sources.assets(DEMO, "v1")) == [ASSET]


def test_what_people_wrote_is_one_line_of_bounded_length(double: GitHub, sources: Sources) -> None:
    double.has(Repository("octocat/loud", description="a\x00b\n\x1b[31m\u202ec" + "x" * 9999, branches={"main": FIRST}))
    description = sources.repository("octocat/loud").description
    assert description is not None
    assert description.startswith("a b [31m c")
    assert description.isprintable()
    assert len(description) <= 400


@pytest.mark.parametrize(
    "changes",
    [
        {"id": True},
        {"id": "7"},
        {"id": 2**70},
        {"owner": None},
        {"owner": {"id": False}},
        {"full_name": "octocat/demo/../x"},
        {"full_name": None},
        {"default_branch": "a..b"},
        {"default_branch": None},
    ],
)
def test_a_repository_of_which_the_important_is_wrong_is_none(
    double: GitHub, sources: Sources, changes: dict[str, object]
) -> None:
    good = Repository(DEMO, branches={"main": FIRST}).told()
    double.fault = faults.everywhere(told({**good, **changes}))
    with pytest.raises(GitHubFails):
        sources.repository(DEMO)


@pytest.mark.parametrize("changes", [{"private": True}, {"private": None}, {"visibility": "internal"}])
def test_what_does_not_say_that_it_is_public_is_private(
    double: GitHub, sources: Sources, changes: dict[str, object]
) -> None:
    good = Repository(DEMO, branches={"main": FIRST}).told()
    double.fault = faults.everywhere(told({**good, **changes}))
    assert sources.repository(DEMO).is_private
