"""What every Identities promises, and what that of GitHub does whatever the other side says."""

import json
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any, Protocol
from urllib.parse import parse_qs, urlsplit

import httpx2
import pytest
from attrs import evolve
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from adapters.github.app import GitHubApp
from adapters.github.identities import GitHubIdentities
from adapters.github.rest import MOST_BYTES
from adapters.memory.identities import MemoryIdentities
from domain.logins import challenge_of
from domain.ports.identities import Identified, Identities, Identity, Unknown, Unwelcome
from domain.ports.repositories import RateLimited, Silent
from infrastructure.github_double.double import JSON, Answer, GitHub, github
from tests.github.at_path import only

NOW = datetime(2026, 11, 26, 4, 0, tzinfo=UTC)
AGENT = "sls-pypi/test"
BACK = "https://index.test/login/callback"
STATE, VERIFIER = "s" * 43, "v" * 43
OCTOCAT = Identified(583231, "octocat")
TOKEN, USER = "/login/oauth/access_token", "/user"


class Place(Protocol):
    """Where people are, and whoever asks about them."""

    @property
    def identities(self) -> Identities: ...
    def agree(self, address: str) -> str: ...
    def refuse(self) -> None: ...
    def fall_silent(self) -> None: ...


class InMemory:
    def __init__(self) -> None:
        self.identities = MemoryIdentities()

    def agree(self, address: str) -> str:
        return self.identities.agree(address, OCTOCAT)

    def refuse(self) -> None:
        self.identities.fail(lambda now: RateLimited(now + timedelta(minutes=20)))

    def fall_silent(self) -> None:
        self.identities.fail(lambda _: Silent("is broken"))


class OnLoopback:
    def __init__(self, double: GitHub) -> None:
        self.double = double
        people = double.people
        self.app = GitHubApp(double.url, double.url, people.client_id, people.client_secret)
        self.identities = GitHubIdentities(self.app, AGENT)

    def agree(self, address: str) -> str:
        return parse_qs(urlsplit(httpx2.get(address).headers["location"]).query)["code"][0]

    def refuse(self) -> None:
        self.double.fault = lambda _: Answer(429, b"{}", {"Retry-After": "1200"})

    def fall_silent(self) -> None:
        self.double.fault = lambda _: Answer(502)


@pytest.fixture
def loopback() -> Iterator[OnLoopback]:
    with github() as running:
        yield OnLoopback(running)


@pytest.fixture(params=["memory", "github"])
def place(request: pytest.FixtureRequest) -> Place:
    if request.param == "memory":
        return InMemory()
    found: Place = request.getfixturevalue("loopback")
    return found


def address(place: Place, verifier: str = VERIFIER) -> str:
    return place.identities.address(STATE, challenge_of(verifier), BACK)


def identify(place: Place, code: str, verifier: str = VERIFIER, back: str = BACK) -> Identity:
    return place.identities.identify(code, verifier, back, NOW)


def test_who_agrees_is_known(place: Place) -> None:
    assert identify(place, place.agree(address(place))) == OCTOCAT


def test_the_address_says_who_asks_and_keeps_what_must_stay_here(place: Place) -> None:
    told = address(place)
    query = parse_qs(urlsplit(told).query)
    assert (query["state"], query["redirect_uri"]) == ([STATE], [BACK])
    assert query["code_challenge"] == [challenge_of(VERIFIER)]
    assert VERIFIER not in told


def test_what_is_given_out_for_asking_is_shown_nowhere(loopback: OnLoopback) -> None:
    person = identify(loopback, loopback.agree(address(loopback)))
    assert isinstance(person, Identified)
    assert person.token is not None
    assert loopback.double.people.whose(f"Bearer {person.token}") == "octocat"
    assert person.token not in repr(person)


def test_a_code_is_good_once(place: Place) -> None:
    code = place.agree(address(place))
    identify(place, code)
    assert identify(place, code) == Unknown()


def test_nobody_else_can_use_a_code(place: Place) -> None:
    assert identify(place, place.agree(address(place)), verifier="w" * 43) == Unknown()


@pytest.mark.parametrize("code", ["made-up", "&client_secret=x", "a%20b", "é", "\N{SNAKE}"])
def test_a_code_that_nobody_was_given_says_nothing(place: Place, code: str) -> None:
    assert identify(place, code) == Unknown()


def test_who_asks_too_much_is_told_until_when(place: Place) -> None:
    code = place.agree(address(place))
    place.refuse()
    assert identify(place, code) == RateLimited(NOW + timedelta(minutes=20))


def test_silence_is_no_error(place: Place) -> None:
    code = place.agree(address(place))
    place.fall_silent()
    assert isinstance(identify(place, code), Silent)


class TestGitHub:
    """What the double says is wrong in one place at a time."""

    def identify(self, loopback: OnLoopback, fault: Callable[[str], Answer | None] | None = None) -> Identity:
        code = loopback.agree(address(loopback))
        loopback.double.fault = fault
        return identify(loopback, code)

    def test_asks_for_no_scope_and_says_who_it_is(self, loopback: OnLoopback) -> None:
        assert "scope" not in parse_qs(urlsplit(address(loopback)).query)
        assert self.identify(loopback) == OCTOCAT
        asked = [each for each in loopback.double.asked if each.path in {TOKEN, USER}]
        assert [each.path for each in asked] == [TOKEN, USER]
        assert {each.user_agent for each in asked} == {AGENT}

    def test_follows_people_by_number_and_not_by_login(self, loopback: OnLoopback) -> None:
        people = loopback.double.people
        people.numbers["hubot"], people.at_browser = people.numbers.pop("octocat"), "hubot"
        assert self.identify(loopback) == Identified(583231, "hubot")

    @pytest.mark.parametrize("wrong", [{"client_secret": "wrong"}, {"client_id": "wrong"}])
    def test_an_app_that_is_not_known_is_the_operators_trouble(
        self, loopback: OnLoopback, wrong: dict[str, str]
    ) -> None:
        code = loopback.agree(address(loopback))
        asking = GitHubIdentities(evolve(loopback.app, **wrong), AGENT)
        assert isinstance(asking.identify(code, VERIFIER, BACK, NOW), Unwelcome)

    @pytest.mark.parametrize(
        "error", ["application_suspended", "redirect_uri_mismatch", "incorrect_client_credentials"]
    )
    @pytest.mark.parametrize("status", [200, 400, 401])
    def test_faults_of_the_app_are_told_apart(self, loopback: OnLoopback, error: str, status: int) -> None:
        told = json.dumps({"error": error, "error_description": "<b>secret</b>"}).encode()
        assert self.identify(loopback, only(TOKEN, Answer(status, told, JSON))) == Unwelcome(error)

    @pytest.mark.parametrize("error", ["unverified_user_email", "", "<script>", "x" * 1000])
    def test_other_errors_are_of_the_code(self, loopback: OnLoopback, error: str) -> None:
        told = json.dumps({"error": error}).encode()
        assert self.identify(loopback, only(TOKEN, Answer(200, told, JSON))) == Unknown()

    @pytest.mark.parametrize("path", [TOKEN, USER])
    @pytest.mark.parametrize(
        "answer",
        [
            Answer(500),
            Answer(503, b"{}", JSON),
            Answer(200),
            Answer(200, b"<html>", {"Content-Type": "text/html"}),
            Answer(200, b"[]", JSON),
            Answer(200, b"null", JSON),
            Answer(200, b"[" * 100_000, JSON),
            Answer(200, b"\xff\xfe", JSON),
            Answer(200, b" " * (MOST_BYTES + 1), JSON),
            Answer(200, b"{}", {**JSON, "Content-Encoding": "gzip"}),
            Answer(200, b'{"access_token": "x"', JSON, told_length=1000),
            Answer(302, b"", {"Location": "https://elsewhere.test/"}),
            Answer(307, b"", {"Location": "http://127.0.0.1:9/"}),
            Answer(403, b"{}", JSON),
        ],
    )
    def test_nonsense_is_silence(self, loopback: OnLoopback, path: str, answer: Answer) -> None:
        assert isinstance(self.identify(loopback, only(path, answer)), Silent)

    def test_a_form_with_the_secret_is_sent_to_nobody_else(self, loopback: OnLoopback) -> None:
        here = Answer(307, b"", {"Location": f"{loopback.double.url}/other"})
        assert isinstance(self.identify(loopback, only(TOKEN, here)), Silent)
        assert "/other" not in loopback.double.paths()

    def test_a_token_is_sent_to_nobody_else(self, loopback: OnLoopback) -> None:
        with github() as other:
            there = Answer(302, b"", {"Location": f"{other.url}/user"})
            assert isinstance(self.identify(loopback, only(USER, there)), Silent)
            assert other.asked == []

    @pytest.mark.parametrize(
        "token", [None, 7, [], "", "two\nlines", "two words", "ü", "x" * 2000, "x\r\nHost: elsewhere.test"]
    )
    def test_what_is_no_token_is_not_used(self, loopback: OnLoopback, token: Any) -> None:
        told = json.dumps({"access_token": token, "token_type": "bearer"}).encode()
        assert isinstance(self.identify(loopback, only(TOKEN, Answer(200, told, JSON))), Silent)
        assert USER not in loopback.double.paths()

    @pytest.mark.parametrize(
        "person",
        [
            {"id": True, "login": "octocat"},
            {"id": "583231", "login": "octocat"},
            {"id": 0, "login": "octocat"},
            {"id": -1, "login": "octocat"},
            {"id": 2**63, "login": "octocat"},
            {"id": 1.5, "login": "octocat"},
            {"id": 1},
            {"id": 1, "login": None},
            {"id": 1, "login": ""},
            {"id": 1, "login": "a/b"},
            {"id": 1, "login": "local:alice"},
            {"id": 1, "login": "octo\u202ecat"},
            {"id": 1, "login": "x" * 200},
            {"login": "octocat"},
        ],
    )
    def test_who_has_no_number_or_no_login_is_nobody(self, loopback: OnLoopback, person: dict[str, Any]) -> None:
        answer = Answer(200, json.dumps(person).encode(), JSON)
        assert isinstance(self.identify(loopback, only(USER, answer)), Silent)

    def test_a_login_that_was_revoked_meanwhile_is_none(self, loopback: OnLoopback) -> None:
        assert isinstance(self.identify(loopback, only(USER, Answer(401, b"{}", JSON))), Silent)

    @pytest.mark.parametrize("path", [TOKEN, USER])
    def test_too_much_asked_is_told_at_each_step(self, loopback: OnLoopback, path: str) -> None:
        limited = Answer(403, b'{"message": "You have exceeded a secondary rate limit"}', {"Retry-After": "60"})
        assert self.identify(loopback, only(path, limited)) == RateLimited(NOW + timedelta(minutes=1))

    @settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
    @given(path=st.sampled_from([TOKEN, USER]), status=st.integers(200, 599), body=st.binary(max_size=200))
    def test_whatever_is_said_is_one_of_the_answers(
        self, loopback: OnLoopback, path: str, status: int, body: bytes
    ) -> None:
        loopback.double.fault = None
        answer = self.identify(loopback, only(path, Answer(status, b"" if status in {204, 304} else body, JSON)))
        assert isinstance(answer, Unknown | Unwelcome | RateLimited | Silent)

    def test_nobody_waits_for_long(self, loopback: OnLoopback) -> None:
        code = loopback.agree(address(loopback))
        loopback.double.hangs()
        # Which bound is hit first, of reading or of all together, is a matter of luck.
        assert isinstance(GitHubIdentities(loopback.app, AGENT, 0.2).identify(code, VERIFIER, BACK, NOW), Silent)

    def test_nobody_is_there(self) -> None:
        nowhere = GitHubApp("http://127.0.0.1:9", "http://127.0.0.1:9", "id", "secret")
        assert GitHubIdentities(nowhere, AGENT).identify("c", VERIFIER, BACK, NOW) == Silent("ConnectError")

    def test_an_enterprise_has_its_api_elsewhere(self, loopback: OnLoopback) -> None:
        with github() as api:
            api.people = loopback.double.people
            app = evolve(loopback.app, api_url=api.url)
            code = loopback.agree(address(loopback))
            assert GitHubIdentities(app, AGENT).identify(code, VERIFIER, BACK, NOW) == OCTOCAT
            assert [each.path for each in api.asked] == [USER]
            assert USER not in loopback.double.paths()

    def test_the_secret_is_not_shown(self, loopback: OnLoopback) -> None:
        assert loopback.app.client_secret not in repr(loopback.app)
