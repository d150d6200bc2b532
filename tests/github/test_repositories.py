"""What every Repositories promises, and what that of GitHub does whatever the other side says."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any, Protocol

import pytest
from attrs import evolve
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from adapters.github.repositories import GitHubRepositories
from adapters.memory.repositories import MemoryRepositories
from domain.ports.facts import Heard
from domain.ports.repositories import Gone, Learnt, RateLimited, Repositories, Silent
from domain.repository import RepositoryFacts
from infrastructure.github_double.double import JSON, Answer, GitHub, Repository, github

NOW = datetime(2026, 11, 26, 4, 0, tzinfo=UTC)
LATER = NOW + timedelta(days=1)
AGENT = "sls-pypi/test"
FROB = RepositoryFacts(
    full_name="Alice/frob",
    as_of=NOW,
    stars=12,
    forks=3,
    issues=5,
    pull_requests=2,
    contributors=4,
    pushed_at=datetime(2026, 11, 20, 10, 0, tzinfo=UTC),
    license="MIT",
)
ITSELF = "/repos/Alice/frob"
PULLS = f"{ITSELF}/pulls?state=open&per_page=1"
CONTRIBUTORS = f"{ITSELF}/contributors?per_page=1&anon=true"


class Place(Protocol):
    """Where repositories are, and whoever asks about them."""

    @property
    def repositories(self) -> Repositories: ...
    def show(self, facts: RepositoryFacts) -> None: ...
    def hide(self, full_name: str) -> None: ...
    def rename(self, full_name: str, new_name: str) -> None: ...
    def refuse(self) -> None: ...
    def fall_silent(self) -> None: ...


class InMemory:
    def __init__(self) -> None:
        self.repositories = MemoryRepositories()
        self._shown: dict[str, RepositoryFacts] = {}

    def show(self, facts: RepositoryFacts) -> None:
        self._shown[facts.full_name] = facts
        self.repositories.show(facts)

    def hide(self, full_name: str) -> None:
        self.repositories.hide(full_name)

    def rename(self, full_name: str, new_name: str) -> None:
        self.repositories.show(evolve(self._shown[full_name], full_name=new_name), called=full_name)

    def refuse(self) -> None:
        self.repositories.fail(lambda now: RateLimited(now + timedelta(minutes=20)))

    def fall_silent(self) -> None:
        self.repositories.fail(lambda _: Silent("is broken"))


class OnLoopback:
    def __init__(self, double: GitHub) -> None:
        self._double = double
        self.repositories = GitHubRepositories(double.url, AGENT)

    def show(self, facts: RepositoryFacts) -> None:
        self._double.has(as_repository(facts))

    def hide(self, full_name: str) -> None:
        self._double.loses(full_name)

    def rename(self, full_name: str, new_name: str) -> None:
        self._double.renames(full_name, new_name)

    def refuse(self) -> None:
        reset = int((NOW + timedelta(minutes=20)).timestamp())
        self._double.fault = lambda _: limited(403, {"X-RateLimit-Reset": str(reset)})

    def fall_silent(self) -> None:
        self._double.fault = lambda _: Answer(502)


def as_repository(facts: RepositoryFacts) -> Repository:
    return Repository(
        facts.full_name,
        facts.stars or 0,
        facts.forks or 0,
        facts.issues or 0,
        facts.pull_requests or 0,
        facts.contributors or 0,
        facts.pushed_at.isoformat() if facts.pushed_at else None,
        facts.license,
        facts.archived,
    )


def limited(status: int, headers: dict[str, str]) -> Answer:
    return Answer(status, b'{"message": "API rate limit exceeded"}', {"X-RateLimit-Remaining": "0", **headers})


def heard(answer: object, at: datetime = NOW) -> Heard:
    assert isinstance(answer, Learnt), answer
    return Heard(answer.facts, at, answer.validators)


@pytest.fixture
def double() -> Iterator[GitHub]:
    with github() as running:
        yield running


@pytest.fixture
def repositories(double: GitHub) -> GitHubRepositories:
    return GitHubRepositories(double.url, AGENT)


@pytest.fixture(params=["memory", "loopback"])
def place(request: pytest.FixtureRequest) -> Iterator[Place]:
    if request.param == "memory":
        yield InMemory()
        return
    with github() as running:
        yield OnLoopback(running)


# ---------------------------------------------------------------------------------------------------- the contract


def test_a_repository_is_told_as_it_is(place: Place) -> None:
    place.show(FROB)

    assert heard(place.repositories.facts("alice/FROB", None, NOW)).facts == FROB


@pytest.mark.parametrize("number", [0, 1, 2, 30, 4711])
def test_numbers_are_exact(place: Place, number: int) -> None:
    facts = evolve(FROB, issues=number, pull_requests=number, contributors=number)
    place.show(facts)

    assert heard(place.repositories.facts("Alice/frob", None, NOW)).facts == facts


def test_what_changed_is_told_and_what_did_not_is_true_again(place: Place) -> None:
    place.show(FROB)
    first = heard(place.repositories.facts("Alice/frob", None, NOW))

    again = heard(place.repositories.facts("Alice/frob", first, LATER), LATER)
    assert again.facts == evolve(FROB, as_of=LATER)

    place.show(evolve(FROB, stars=13, issues=0, archived=True, license=None))
    changed = heard(place.repositories.facts("Alice/frob", again, LATER), LATER)
    assert changed.facts == evolve(FROB, as_of=LATER, stars=13, issues=0, archived=True, license=None)


def test_a_repository_that_is_not_there_is_gone(place: Place) -> None:
    assert place.repositories.facts("alice/frob", None, NOW) == Gone()

    place.show(FROB)
    known = heard(place.repositories.facts("Alice/frob", None, NOW))
    place.hide("Alice/frob")

    assert place.repositories.facts("Alice/frob", known, LATER) == Gone()


def test_a_renamed_repository_is_followed_and_tells_its_name(place: Place) -> None:
    place.show(FROB)
    known = heard(place.repositories.facts("Alice/frob", None, NOW))
    place.rename("Alice/frob", "bob/Frob2")

    facts = heard(place.repositories.facts("Alice/frob", known, LATER)).facts

    assert facts == evolve(FROB, full_name="bob/Frob2", as_of=LATER)


def test_whoever_asked_too_much_is_told_when_to_come_again(place: Place) -> None:
    place.show(FROB)
    place.refuse()

    assert place.repositories.facts("Alice/frob", None, NOW) == RateLimited(NOW + timedelta(minutes=20))


def test_a_fault_is_silence(place: Place) -> None:
    place.show(FROB)
    place.fall_silent()

    assert isinstance(place.repositories.facts("Alice/frob", None, NOW), Silent)


# -------------------------------------------------------------------------------------------------- of GitHub alone


def test_it_says_who_asks_and_does_not_log_in(double: GitHub, repositories: GitHubRepositories) -> None:
    double.has(as_repository(FROB))
    repositories.facts("Alice/frob", None, NOW)

    assert {asked.user_agent for asked in double.asked} == {AGENT}
    assert double.paths() == [ITSELF, PULLS, CONTRIBUTORS]


def test_what_did_not_change_costs_nothing(double: GitHub, repositories: GitHubRepositories) -> None:
    double.has(as_repository(FROB))
    known = heard(repositories.facts("Alice/frob", None, NOW))
    double.paths()
    again = heard(repositories.facts("Alice/frob", known, LATER))

    assert [asked.status for asked in double.asked] == [304, 304, 304]
    assert again.validators == known.validators


def test_a_repository_that_changed_is_counted_anew(double: GitHub, repositories: GitHubRepositories) -> None:
    repository = double.has(as_repository(FROB))
    known = heard(repositories.facts("Alice/frob", None, NOW))
    double.paths()
    repository.stars += 1
    repositories.facts("Alice/frob", known, LATER)

    assert [asked.condition for asked in double.asked][1:] == [None, None]


@pytest.mark.parametrize(
    ("answer", "wait"),
    [
        (limited(403, {"Retry-After": "90"}), timedelta(seconds=90)),
        (limited(429, {"Retry-After": "0"}), timedelta(seconds=1)),
        (limited(429, {"Retry-After": "soon"}), timedelta(minutes=1)),
        (limited(429, {"X-RateLimit-Reset": "0"}), timedelta(seconds=1)),
        (limited(403, {"X-RateLimit-Reset": "99999999999"}), timedelta(hours=2)),
        (limited(403, {"X-RateLimit-Reset": "-1"}), timedelta(minutes=1)),
        (Answer(403, b'{"message": "You have exceeded a secondary Rate Limit"}'), timedelta(minutes=1)),
        (Answer(429), timedelta(minutes=1)),
    ],
)
def test_every_way_to_be_refused_has_an_end(
    double: GitHub, repositories: GitHubRepositories, answer: Answer, wait: timedelta
) -> None:
    double.has(as_repository(FROB))
    double.fault = lambda _: answer

    assert repositories.facts("Alice/frob", None, NOW) == RateLimited(NOW + wait)
    assert double.paths() == [ITSELF]


def test_what_was_learnt_before_a_refusal_is_kept(double: GitHub, repositories: GitHubRepositories) -> None:
    repository = double.has(as_repository(FROB))
    known = heard(repositories.facts("Alice/frob", None, NOW))
    repository.stars, repository.pulls = 100, 1
    double.fault = lambda path: limited(403, {"Retry-After": "60"}) if "contributors" in path else None

    answer = repositories.facts("Alice/frob", known, LATER)

    assert isinstance(answer, Learnt)
    assert answer.refused_until == LATER + timedelta(minutes=1)
    # The contributors are those of the first time, so nothing is said to be newer.
    assert answer.facts == evolve(FROB, stars=100, pull_requests=1)


@pytest.mark.parametrize("part", ["pulls", "contributors"])
@pytest.mark.parametrize("fault", [Answer(500), Answer(200, b"{", JSON), Answer(200, b'{"a": 1}', JSON)])
def test_what_fails_is_as_it_was_known(
    double: GitHub, repositories: GitHubRepositories, part: str, fault: Answer
) -> None:
    repository = double.has(as_repository(FROB))
    repository.stars = 11
    known = heard(repositories.facts("Alice/frob", None, NOW))
    repository.stars = 12
    double.fault = lambda path: fault if part in path else None

    assert heard(repositories.facts("Alice/frob", known, LATER)).facts == FROB
    double.fault = None
    assert heard(repositories.facts("Alice/frob", known, LATER)).facts == evolve(FROB, as_of=LATER)


def test_what_was_never_learnt_is_unknown(double: GitHub, repositories: GitHubRepositories) -> None:
    double.has(as_repository(FROB))
    double.fault = lambda path: None if path == ITSELF else Answer(500)
    known = heard(repositories.facts("Alice/frob", None, NOW))

    assert known.facts == evolve(FROB, issues=None, pull_requests=None, contributors=None)

    # Nothing of it hides behind an answer that the repository itself did not change.
    double.fault = None
    assert heard(repositories.facts("Alice/frob", known, LATER)).facts == evolve(FROB, as_of=LATER)


def test_a_history_too_large_to_count_has_no_number(double: GitHub, repositories: GitHubRepositories) -> None:
    double.has(as_repository(FROB))
    known = heard(repositories.facts("Alice/frob", None, NOW))
    double.fault = lambda path: Answer(403, b'{"message": "too large"}') if "contributors" in path else None

    assert heard(repositories.facts("Alice/frob", known, LATER)).facts == evolve(FROB, as_of=LATER, contributors=None)


def test_an_empty_repository_has_no_contributors(double: GitHub, repositories: GitHubRepositories) -> None:
    double.has(as_repository(FROB))
    double.fault = lambda path: Answer(204) if "contributors" in path else None

    assert heard(repositories.facts("Alice/frob", None, NOW)).facts == evolve(FROB, contributors=0)


@pytest.mark.parametrize("status", [404, 410, 451])
def test_what_nobody_may_see_is_gone(double: GitHub, repositories: GitHubRepositories, status: int) -> None:
    double.fault = lambda _: Answer(status)

    assert repositories.facts("Alice/frob", None, NOW) == Gone()


def test_a_private_repository_is_gone(double: GitHub, repositories: GitHubRepositories) -> None:
    told = evolve(as_repository(FROB), private=True).told()
    double.fault = lambda _: Answer(200, json.dumps(told).encode(), JSON)

    assert repositories.facts("Alice/frob", None, NOW) == Gone()


@pytest.mark.parametrize("name", ["alice/..", "alice/.", "alice", "alice/frob/pulls", "a b/c", "../..", "a/b?c", "é/b"])
def test_what_is_no_name_is_not_asked_for(double: GitHub, repositories: GitHubRepositories, name: str) -> None:
    assert repositories.facts(name, None, NOW) == Gone()
    assert double.paths() == []


@pytest.mark.parametrize(
    "fault",
    [
        Answer(200, b'{"full_name": "Alice/fr', JSON, told_length=1000),
        Answer(200, b"", JSON),
        Answer(200, b"[]", JSON),
        Answer(200, b"{}", JSON),
        Answer(200, b"<html>A portal</html>"),
        Answer(200, b"[" * 500_000, JSON),
        Answer(200, b'{"full_name": "Alice/frob", "a": "' + b"x" * 1024 * 1024 + b'"}', JSON),
        Answer(200, b"{}", {**JSON, "Content-Encoding": "gzip"}),
        Answer(200, b"\xff\xfe\x00", JSON),
        Answer(304),
        Answer(500),
        Answer(503, b"", {"Retry-After": "1000"}),
        Answer(301, b"", {"Location": "http://elsewhere.example.org/"}),
        Answer(301, b"", {"Location": "https://127.0.0.1/"}),
        Answer(302, b"", {"Location": "http://["}),
        Answer(302),
        Answer(307, b"", {"Location": "/repos/Alice/frob"}),
        Answer(401, b'{"message": "Bad credentials"}'),
        Answer(403, b'{"message": "Forbidden"}'),
    ],
)
def test_what_makes_no_sense_is_silence(double: GitHub, repositories: GitHubRepositories, fault: Answer) -> None:
    double.has(as_repository(FROB))
    double.fault = lambda _: fault

    assert isinstance(repositories.facts("Alice/frob", None, NOW), Silent)
    assert len(double.paths()) <= 4


@pytest.mark.parametrize(
    ("told", "facts"),
    [
        ({"stargazers_count": "12"}, {"stars": None}),
        ({"stargazers_count": -1}, {"stars": None}),
        ({"stargazers_count": True}, {"stars": None}),
        ({"stargazers_count": 1e3}, {"stars": None}),
        ({"stargazers_count": 10**30}, {"stars": None}),
        ({"forks_count": None}, {"forks": None}),
        ({"open_issues_count": [7]}, {"issues": None}),
        ({"open_issues_count": 1}, {"issues": None}),
        ({"pushed_at": "yesterday"}, {"pushed_at": None}),
        ({"pushed_at": 7}, {"pushed_at": None}),
        ({"pushed_at": "9999-01-01T00:00:00Z"}, {"pushed_at": None}),
        ({"pushed_at": "0001-01-01T00:00:00+23:00"}, {"pushed_at": None}),
        ({"pushed_at": "2026-11-20T11:00:00+01:00"}, {}),
        ({"license": "MIT"}, {"license": None}),
        ({"license": {"spdx_id": "NOASSERTION"}}, {"license": None}),
        ({"license": {"spdx_id": "<script>"}}, {"license": None}),
        ({"archived": "yes"}, {}),
        ({"full_name": "<b>/x"}, {"full_name": "alice/FROB"}),
        ({"full_name": 7}, {"full_name": "alice/FROB"}),
    ],
)
def test_values_are_what_they_should_be_or_unknown(
    double: GitHub, repositories: GitHubRepositories, told: dict[str, Any], facts: dict[str, Any]
) -> None:
    repository = double.has(as_repository(FROB))
    body = json.dumps(repository.told() | told).encode()
    double.fault = lambda path: Answer(200, body, JSON) if path == "/repos/alice/FROB" else None

    assert heard(repositories.facts("alice/FROB", None, NOW)).facts == evolve(FROB, **facts)


@pytest.mark.parametrize("link", ["", "<", '<x?page=7>; rel="next"', '<x?page=99999999999>; rel="last"', "page=7"])
def test_a_link_that_makes_no_sense_counts_nothing(double: GitHub, repositories: GitHubRepositories, link: str) -> None:
    double.has(as_repository(FROB))
    fault = Answer(200, b'[{"id": 1}]', {**JSON, "Link": link})
    double.fault = lambda path: fault if "contributors" in path else None

    facts = heard(repositories.facts("Alice/frob", None, NOW)).facts
    assert facts is not None
    assert facts.contributors in (1, None)


def test_whoever_hangs_is_not_waited_for(double: GitHub) -> None:
    double.hangs()
    impatient = GitHubRepositories(double.url, AGENT, seconds=0.2)

    assert isinstance(impatient.facts("Alice/frob", None, NOW), Silent)
    double.release()


def test_whoever_hangs_again_and_again_is_asked_no_more_than_a_few_times(double: GitHub) -> None:
    double.hangs()
    impatient = GitHubRepositories(double.url, AGENT, seconds=0.1)
    for _ in range(10):
        assert isinstance(impatient.facts("Alice/frob", None, NOW), Silent)
    double.release()

    assert len(double.paths()) <= 4


def test_where_nobody_is_there_is_silence() -> None:
    assert isinstance(GitHubRepositories("http://127.0.0.1:9", AGENT).facts("Alice/frob", None, NOW), Silent)


def test_the_api_of_an_enterprise_has_a_path(double: GitHub) -> None:
    GitHubRepositories(f"{double.url}/api/v3", AGENT).facts("Alice/frob", None, NOW)

    assert double.paths() == ["/api/v3/repos/Alice/frob"]


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=True) | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=6,
)
FIELDS = ("full_name", "stargazers_count", "forks_count", "open_issues_count", "pushed_at", "license", "archived")


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(told=st.dictionaries(st.sampled_from(FIELDS), VALUES), listed=VALUES)
def test_whatever_is_said_something_comes_of_it(
    double: GitHub, repositories: GitHubRepositories, told: dict[str, Any], listed: Any
) -> None:
    bodies = {True: json.dumps(told).encode(), False: json.dumps(listed).encode()}
    double.fault = lambda path: Answer(200, bodies["?" not in path], JSON)

    answer = repositories.facts("Alice/frob", None, NOW)

    if isinstance(answer, Learnt):
        numbers = (answer.facts.stars, answer.facts.issues, answer.facts.pull_requests, answer.facts.contributors)
        assert all(number is None or (type(number) is int and number >= 0) for number in numbers)
    else:
        assert isinstance(answer, Silent)
