"""Whatever is answered: a value that can be shown and stored, or a refusal that can be read."""

import json
import re
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx2
import pytest
from attrs import define, field, frozen
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from adapters.github import fetching, rest
from adapters.github.sources import GitHubSources
from domain.refusals import Refused
from domain.repository import Asset, Owned, Source
from domain.sources import check_full_name, check_ref
from infrastructure.github_double.repository import Commit, Repository

NOW = datetime(2026, 11, 26, 4, 0, tzinfo=UTC)
TOKEN = "gho_secret-of-somebody"  # noqa: S105 - of nobody
DEMO = "octocat/demo"
SHA = "0123456789" * 4
GOOD = Repository(DEMO, branches={"main": Commit({"setup.py": b""})}, owner_id=7).told()
NODE = {
    "databaseId": 1,
    "nameWithOwner": DEMO,
    "isPrivate": False,
    "isFork": False,
    "isArchived": False,
    "description": "x",
    "pushedAt": "2026-11-20T10:00:00Z",
    "primaryLanguage": {"name": "Python"},
    "defaultBranchRef": {"name": "main"},
    "owner": {"databaseId": 7},
    "file0": {"__typename": "Blob"},
}
DOCUMENTS: list[Any] = [
    GOOD,
    [GOOD],
    {"tag_name": "v1", "assets": [{"id": 1, "name": "a-1.tar.gz", "size": 1, "state": "uploaded"}]},
    [{"name": "v1", "commit": {"sha": SHA}}, {"name": "pyproject.toml", "type": "file"}],
    {"sha": SHA, "ref": "refs/tags/v1", "object": {"type": "commit", "sha": SHA}},
    {"ref": "refs/tags/v1", "object": {"type": "tag", "sha": SHA}},
    {"data": {"viewer": {"repositories": {"nodes": [NODE], "pageInfo": {"hasNextPage": True, "endCursor": "1"}}}}},
    {"data": None, "errors": [{"type": "RATE_LIMITED", "message": "x"}]},
]
STATUSES = [200, 200, 200, 200, 201, 204, 206, 301, 302, 304, 400, 401, 403, 404, 409, 422, 429, 451, 500, 502]


@define
class Answers:
    """What is answered next, over and over."""

    replies: list[tuple[int, dict[str, str], bytes]] = field(factory=list)
    asked: list[httpx2.Request] = field(factory=list)

    def handle(self, request: httpx2.Request) -> httpx2.Response:
        self.asked.append(request)
        status, headers, body = self.replies[len(self.asked) % len(self.replies)]
        return httpx2.Response(status, headers=headers, content=iter([body]))


@pytest.fixture
def answers(monkeypatch: pytest.MonkeyPatch) -> Answers:
    found = Answers()

    def client(root: str, user_agent: str) -> httpx2.Client:
        headers = {"User-Agent": user_agent}
        return httpx2.Client(base_url=root, headers=headers, transport=httpx2.MockTransport(found.handle))

    monkeypatch.setattr(rest, "client", client)
    monkeypatch.setattr(fetching, "client", client)
    return found


class StoppedClock:
    def now(self) -> datetime:
        return NOW


scalars = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.integers(min_value=2**62, max_value=2**80),
    st.floats(allow_nan=False),
    st.text(max_size=20),
    st.sampled_from(["../..", "a/b", "v1", "\x00", "refs/tags/v1", SHA, "9999-12-31T23:59:59+99:99", "x" * 5000]),
)
values = st.recursive(
    scalars, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3)
)


@st.composite
def _changed(draw: st.DrawFn) -> bytes:
    """What GitHub might say, with something in it replaced."""
    document = json.loads(json.dumps(draw(st.sampled_from(DOCUMENTS))))
    for _ in range(draw(st.integers(0, 3))):
        place = document
        while isinstance(place, dict | list) and place:
            key = draw(st.sampled_from(sorted(place) if isinstance(place, dict) else range(len(place))))
            if draw(st.booleans()) or not isinstance(place[key], dict | list):
                place[key] = draw(values)
                break
            place = place[key]
    return json.dumps(document).encode()


bodies = st.one_of(
    _changed(),
    values.map(lambda value: json.dumps(value).encode()),
    st.binary(max_size=200),
    st.sampled_from([b"", b"[" * 200_000, b'{"a":' * 100_000, b"9" * 10_000, SHA.encode(), b"\xff\xfe{}"]),
)
headers = st.dictionaries(
    st.sampled_from(
        ["Link", "Location", "Retry-After", "X-RateLimit-Reset", "X-RateLimit-Remaining", "Content-Encoding"]
    ),
    st.one_of(
        st.sampled_from(
            [
                "0",
                "-1",
                "9" * 30,
                'rel="next"',
                "//evil.test/x",
                "https://api.github.test/x",
                "http://127.0.0.1/",
                "gzip",
            ]
        ),
        st.text(st.characters(min_codepoint=33, max_codepoint=126), max_size=20),
    ),
    max_size=3,
)
replies = st.lists(st.tuples(st.sampled_from(STATUSES), headers, bodies), min_size=1, max_size=4)


@frozen
class Sha:
    value: str


def check_source(source: Source) -> None:
    assert check_full_name(source.full_name)
    assert check_ref(source.default_branch)
    assert type(source.id) is int
    assert type(source.owner_id) is int
    for text in (source.description, source.language):
        assert text is None or (text.isprintable() and 0 < len(text) <= 400)
    assert source.pushed_at is None or source.pushed_at.tzinfo is UTC


def check(value: object) -> None:
    """It is what the port says."""
    match value:
        case None | bool():
            pass
        case str():
            assert check_ref(value)
        case Sha(digits):
            assert re.fullmatch("[0-9a-f]{40}", digits)
        case Source():
            check_source(value)
        case Owned(source, has_packaging):
            check_source(source)
            assert type(has_packaging) is bool
        case Asset():
            assert "/" not in value.filename
            assert value.filename.isprintable()
            assert value.size >= 0
        case _:
            assert isinstance(value, list | tuple)
            for each in value:
                check(each)


def check_told(text: str) -> None:
    assert text.isprintable()
    assert text.endswith(".")
    assert TOKEN not in text


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=150, deadline=None)
@given(replies=replies)
def test_whatever_is_answered_a_question_ends_in_an_answer_or_a_known_fault(
    answers: Answers, tmp_path: Path, replies: list[tuple[int, dict[str, str], bytes]]
) -> None:
    answers.replies = replies
    sources = GitHubSources("https://api.github.test", "tests", StoppedClock())
    questions: list[Callable[[], object]] = [
        lambda: sources.owned(TOKEN),
        lambda: sources.repository(DEMO, TOKEN),
        lambda: sources.latest_release(DEMO, TOKEN),
        lambda: sources.tags(DEMO, TOKEN),
        lambda: Sha(sources.commit(DEMO, "v1", TOKEN)),
        lambda: sources.is_tag(DEMO, "v1", TOKEN),
        lambda: sources.assets(DEMO, "v1", TOKEN),
        lambda: sources.fetch_asset(DEMO, Asset(1, "a-1.tar.gz", 1), tmp_path / "file", 100),
        lambda: sources.fetch_archive(DEMO, SHA, tmp_path / "file", 100),
    ]
    for question in questions:
        answers.asked.clear()
        (tmp_path / "file").unlink(missing_ok=True)
        try:
            found = question()
        except Refused as refusal:
            check_told(str(refusal))
            assert list(tmp_path.iterdir()) == []
        else:
            check(found)
        assert len(answers.asked) < 1200
        for request in answers.asked:
            if request.url.host != "api.github.test":
                assert "authorization" not in request.headers
                assert request.url.scheme == "https"
