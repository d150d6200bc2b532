"""The device flow of every Identities, and what GitHub's may meet."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any, Protocol
from urllib.parse import parse_qs

import httpx2
import pytest
from attrs import evolve
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from adapters.github.app import GitHubApp
from adapters.github.identities import GitHubIdentities
from adapters.memory.identities import MemoryIdentities
from domain.ports.identities import (
    Declined,
    DeviceAnswer,
    DeviceCode,
    DeviceOffer,
    Identified,
    Identities,
    Undecided,
    Unknown,
    Unwelcome,
)
from domain.ports.repositories import RateLimited, Silent
from infrastructure.github_double.double import JSON, Answer, GitHub, github
from infrastructure.github_double.people import People
from tests.github.at_path import only

NOW = datetime(2026, 11, 26, 4, 0, tzinfo=UTC)
AGENT = "sls-pypi/test"
OCTOCAT = Identified(583231, "octocat")
USER = "/user"


class Place(Protocol):
    """Where people are, and whoever asks about them."""

    @property
    def identities(self) -> Identities: ...
    def decide(self, code: DeviceCode, person: Identified | None) -> None: ...
    def pass_by(self, seconds: int) -> datetime: ...
    def fail(self, fault: RateLimited | Silent) -> None: ...


class InMemory:
    def __init__(self) -> None:
        self.identities = MemoryIdentities()
        self._now = NOW

    def decide(self, code: DeviceCode, person: Identified | None) -> None:
        self.identities.decide(code.user_code, person or Declined())

    def pass_by(self, seconds: int) -> datetime:
        self._now += timedelta(seconds=seconds)
        return self._now

    def fail(self, fault: RateLimited | Silent) -> None:
        self.identities.fail(lambda _: fault)


class OnLoopback:
    def __init__(self, double: GitHub) -> None:
        self.double = double
        self._now = NOW
        people = double.people
        people.clock = self._seconds
        self.app = GitHubApp(double.url, double.url, people.client_id, people.client_secret)
        self.identities = GitHubIdentities(self.app, AGENT)

    def decide(self, code: DeviceCode, person: Identified | None) -> None:
        form = {"user_code": code.user_code, "login": person.login if person else ""}
        assert httpx2.post(code.verification_uri, data=form).status_code == 200

    def pass_by(self, seconds: int) -> datetime:
        self._now += timedelta(seconds=seconds)
        return self._now

    def _seconds(self) -> float:
        return self._now.timestamp()

    def fail(self, fault: RateLimited | Silent) -> None:
        answer = Answer(429, b"{}", {"Retry-After": "1200"}) if isinstance(fault, RateLimited) else Answer(502)
        self.double.fault = lambda _: answer


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


def code_of(place: Place) -> DeviceCode:
    code = place.identities.device(NOW)
    assert isinstance(code, DeviceCode)
    return code


def test_who_types_in_the_code_is_known_once(place: Place) -> None:
    code = code_of(place)
    place.decide(code, OCTOCAT)
    now = place.pass_by(5)
    assert place.identities.device_person(code.device_code, now) == OCTOCAT
    assert place.identities.device_person(code.device_code, place.pass_by(5)) == Unknown()


def test_until_then_nothing_is_known(place: Place) -> None:
    code = code_of(place)
    assert place.identities.device_person(code.device_code, place.pass_by(5)) == Undecided()
    assert place.identities.device_person(code.device_code, place.pass_by(5)) == Undecided()


def test_who_does_not_want_it_is_not_known(place: Place) -> None:
    code = code_of(place)
    place.decide(code, None)
    assert place.identities.device_person(code.device_code, place.pass_by(5)) == Declined()


def test_a_code_has_its_time(place: Place) -> None:
    code = code_of(place)
    place.decide(code, OCTOCAT)
    assert code.lasts == timedelta(minutes=15)
    assert place.identities.device_person(code.device_code, place.pass_by(900)) == Unknown()


def test_a_code_that_nobody_was_given_says_nothing(place: Place) -> None:
    assert place.identities.device_person("made-up", NOW) == Unknown()


def test_what_is_asked_with_is_not_what_is_shown(place: Place) -> None:
    code = code_of(place)
    assert code.device_code not in repr(code)
    assert code.user_code != code.device_code
    assert code.user_code != code_of(place).user_code


@pytest.mark.parametrize("fault", [RateLimited(NOW + timedelta(minutes=20)), Silent("is broken")])
def test_faults_are_told(place: Place, fault: RateLimited | Silent) -> None:
    code = code_of(place)
    place.fail(fault)
    for answer in (place.identities.device(NOW), place.identities.device_person(code.device_code, NOW)):
        assert answer == fault if isinstance(fault, RateLimited) else isinstance(answer, Silent)


class TestGitHub:
    """What the double says is wrong in one place at a time."""

    def test_whoever_asks_too_often_is_told(self, loopback: OnLoopback) -> None:
        code = code_of(loopback)
        assert loopback.identities.device_person(code.device_code, NOW) == Undecided(too_soon=True)

    def test_no_secret_and_no_scope_is_sent(self, loopback: OnLoopback, monkeypatch: pytest.MonkeyPatch) -> None:
        asked: list[set[str]] = []

        def watched(name: str) -> None:
            answer = getattr(People, name)

            def watching(people: People, body: bytes, *rest: str) -> Answer:
                asked.append(set(parse_qs(body.decode())))
                told: Answer = answer(people, body, *rest)
                return told

            monkeypatch.setattr(People, name, watching)

        watched("start_device")
        watched("exchange")
        code = code_of(loopback)
        loopback.identities.device_person(code.device_code, NOW)
        assert asked == [{"client_id"}, {"client_id", "device_code", "grant_type"}]

    def test_an_app_that_is_not_known_is_the_operators_trouble(self, loopback: OnLoopback) -> None:
        asking = GitHubIdentities(evolve(loopback.app, client_id="wrong"), AGENT)
        assert isinstance(asking.device(NOW), Unwelcome)
        assert isinstance(asking.device_person("x", NOW), Unwelcome)

    @pytest.mark.parametrize("error", ["device_flow_disabled", "application_suspended", "unauthorized_client"])
    @pytest.mark.parametrize("status", [200, 400, 401])
    def test_faults_of_the_app_are_told_apart(self, loopback: OnLoopback, error: str, status: int) -> None:
        code = code_of(loopback)
        told = json.dumps({"error": error, "error_description": "<b>secret</b>"}).encode()
        loopback.double.fault = lambda _: Answer(status, told, JSON)
        assert loopback.identities.device(NOW) == Unwelcome(error)
        assert loopback.identities.device_person(code.device_code, NOW) == Unwelcome(error)

    @pytest.mark.parametrize(
        ("error", "answer"),
        [
            ("expired_token", Unknown()),
            ("incorrect_device_code", Unknown()),
            ("access_denied", Declined()),
            ("slow_down", Undecided(too_soon=True)),
            ("authorization_pending", Undecided()),
        ],
    )
    @pytest.mark.parametrize("status", [200, 400])
    def test_each_word_of_rfc_8628_is_understood(
        self, loopback: OnLoopback, error: str, answer: DeviceAnswer, status: int
    ) -> None:
        loopback.double.fault = lambda _: Answer(status, json.dumps({"error": error}).encode(), JSON)
        assert loopback.identities.device_person("x", NOW) == answer

    @pytest.mark.parametrize(
        "wrong",
        [
            {"verification_uri": "https://elsewhere.test/login/device"},
            {"verification_uri": "javascript:alert(1)"},
            {"verification_uri": "http://[::1"},
            {"verification_uri": "\x1b]8;;x"},
            {"verification_uri": None},
            {"user_code": "\x1b[31mABCD"},
            {"user_code": "abcd efgh"},
            {"user_code": 1234},
            {"user_code": "A" * 40},
            {"device_code": ""},
            {"device_code": "a b"},
            {"device_code": "x" * 300},
            {"device_code": None},
            {"expires_in": 0},
            {"expires_in": -5},
            {"expires_in": True},
            {"expires_in": 10**9},
            {"expires_in": "900"},
            {"interval": None},
            {"interval": 5.5},
            {"interval": 0},
        ],
    )
    def test_nothing_is_shown_that_is_not_what_it_should_be(self, loopback: OnLoopback, wrong: dict[str, Any]) -> None:
        right = {
            "device_code": "3584d83530557fdd1f46af8289938c8ef79f9dc5",
            "user_code": "WDJB-MJHT",
            "verification_uri": f"{loopback.double.url}/login/device",
            "expires_in": 900,
            "interval": 5,
        }
        loopback.double.fault = lambda _: Answer(200, json.dumps(right).encode(), JSON)
        assert isinstance(loopback.identities.device(NOW), DeviceCode)
        loopback.double.fault = lambda _: Answer(200, json.dumps({**right, **wrong}).encode(), JSON)
        assert isinstance(loopback.identities.device(NOW), Silent)

    def test_a_person_who_cannot_be_asked_for_is_nobody(self, loopback: OnLoopback) -> None:
        code = code_of(loopback)
        loopback.decide(code, OCTOCAT)
        loopback.double.fault = only(USER, Answer(500))
        assert isinstance(loopback.identities.device_person(code.device_code, loopback.pass_by(5)), Silent)

    @settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
    @given(status=st.integers(200, 599), body=st.binary(max_size=200))
    def test_whatever_is_said_is_one_of_the_answers(self, loopback: OnLoopback, status: int, body: bytes) -> None:
        said = Answer(status, b"" if status in {204, 304} else body, JSON)
        loopback.double.fault = lambda _: said
        offer: DeviceOffer = loopback.identities.device(NOW)
        assert isinstance(offer, Unwelcome | RateLimited | Silent)
        assert isinstance(loopback.identities.device_person("x", NOW), Unwelcome | RateLimited | Silent)

    def test_nobody_waits_for_long(self, loopback: OnLoopback) -> None:
        loopback.double.hangs()
        asking = GitHubIdentities(loopback.app, AGENT, 0.2)
        assert isinstance(asking.device(NOW), Silent)
        assert isinstance(asking.device_person("x", NOW), Silent)
