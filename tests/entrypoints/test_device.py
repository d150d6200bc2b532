"""Logging in at a command line, over HTTP."""

import json
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from attrs import frozen
from dependency_injector import providers

from domain.policy import Policy
from domain.ports.identities import Declined, Identified, Identity, Unwelcome
from domain.ports.repositories import Refused, Silent
from domain.site_settings import SiteSettings
from entrypoints.http.app import application
from entrypoints.http.asgi import ASGIApp
from entrypoints.http.login import Way
from infrastructure.index import Index
from infrastructure.memory import Memory
from tests.entrypoints.asgi_client import Told, ask
from tests.entrypoints.conftest import BASE_URL, BOUNDS, functions_of

OCTOCAT = Identified(583231, "octocat")


class Clock:
    """A clock that stands until somebody moves it."""

    def __init__(self) -> None:
        self._now = datetime(2026, 11, 26, 7, 0, tzinfo=UTC)

    def now(self) -> datetime:
        return self._now

    def pass_by(self, time: timedelta) -> None:
        self._now += time


@frozen
class Place:
    """An index and its clock."""

    ports: Memory
    index: Index
    app: ASGIApp
    clock: Clock

    def post(self, path: str, body: Any = None, raw: bytes | None = None, **headers: str) -> Told:
        sent = json.dumps({} if body is None else body).encode() if raw is None else raw
        return ask(self.app, path, {"content-type": "application/json", **headers}, method="POST", body=sent)

    def started(self) -> dict[str, Any]:
        told = self.post("/login/device", {"name": "sls-pypi login on laptop"})
        assert told.status == 200, told.body
        started: dict[str, Any] = json.loads(told.body)
        return started

    def asked(self, started: dict[str, Any]) -> Told:
        return self.post("/login/device/token", {"device": started["device"]})


Make = Callable[..., Place]


@pytest.fixture
def make(tmp_path: Path) -> Iterator[Make]:
    with ThreadPoolExecutor(2) as executor:

        def made(way: Way = Way.GITHUB) -> Place:
            ports, clock = Memory(), Clock()
            ports.clock.override(providers.Object(clock))
            index = Index(
                ports=ports, policy=providers.Object(Policy(bounds=BOUNDS)), site_settings=SiteSettings(BASE_URL)
            )
            app = application(functions_of(index, tmp_path, way), executor, executor)
            return Place(ports, index, app, clock)

        yield made


@pytest.fixture
def place(make: Make) -> Place:
    return make()


def is_problem(told: Told, status: int, words: str = "") -> bool:
    assert told.headers["content-type"] == "application/problem+json"
    assert told.headers["cache-control"] == "no-store"
    problem = json.loads(told.body)
    return bool(told.status == problem["status"] == status and words in problem["detail"])


def test_somebody_logs_in(place: Place) -> None:
    started = place.started()
    assert {name: value for name, value in started.items() if name != "device"} == {
        "user_code": "WXYZ-0001",
        "verification_uri": "https://github.test/login/device",
        "expires_in": 900,
        "interval": 5,
    }
    early = place.asked(started)
    assert (early.status, json.loads(early.body)) == (202, {"status": "pending", "interval": 5})
    assert early.headers["retry-after"] == "5"
    place.clock.pass_by(timedelta(seconds=5))
    assert place.asked(started).status == 202
    place.ports.identities().decide("WXYZ-0001", OCTOCAT)
    place.clock.pass_by(timedelta(seconds=5))

    told = place.asked(started)

    assert (told.status, told.headers["cache-control"]) == (200, "no-store")
    made = json.loads(told.body)
    assert set(made) == {"token", "login", "id"}
    assert made["login"] == "octocat"
    caller = place.index.tokens().authenticate(made["token"])
    (token,) = place.index.tokens().of(caller)
    assert (token.id, token.name, token.packages) == (made["id"], "sls-pypi login on laptop", None)
    assert is_problem(place.asked(started), 410, "start again")


def test_who_does_not_agree_is_told_so(place: Place) -> None:
    started = place.started()
    place.ports.identities().decide(started["user_code"], Declined())
    place.clock.pass_by(timedelta(seconds=5))
    assert is_problem(place.asked(started), 403, "not allowed it")
    assert is_problem(place.asked(started), 410)


def test_after_its_time_a_login_is_over(place: Place) -> None:
    started = place.started()
    place.clock.pass_by(timedelta(minutes=15))
    assert is_problem(place.asked(started), 410, "too long")


@pytest.mark.parametrize("device", ["", "x", "x" * 43, "device-WXYZ-0001"])
def test_nobody_goes_on_with_what_is_no_handle(place: Place, device: str) -> None:
    place.started()
    assert is_problem(place.asked({"device": device}), 410)


@pytest.mark.parametrize(
    ("fault", "status", "retry"),
    [
        (lambda _: Silent("is broken"), 502, None),
        (lambda _: Unwelcome("device_flow_disabled"), 502, None),
        (lambda now: Refused(now + timedelta(minutes=2)), 503, "120"),
    ],
)
def test_a_failing_github_is_told(place: Place, fault: Callable[..., Identity], status: int, retry: str | None) -> None:
    started = place.started()
    place.clock.pass_by(timedelta(seconds=5))
    place.ports.identities().fail(fault)
    for told in (place.asked(started), place.post("/login/device")):
        assert is_problem(told, status, "GitHub")
        assert told.headers.get("retry-after") == retry


@pytest.mark.parametrize("way", [Way.LOCAL, Way.NONE])
@pytest.mark.parametrize("path", ["/login/device", "/login/device/token"])
def test_without_github_it_is_said_what_to_do(make: Make, way: Way, path: str) -> None:
    assert is_problem(make(way).post(path), 503, "sls-pypi token create LOGIN")


@pytest.mark.parametrize(
    "raw",
    [b"", b"null", b"[]", b"{", b"\xff", b'{"device": 7}', b'{"device": null}', b'{"name": 7}', b'{"x": "y"}'],
)
@pytest.mark.parametrize("path", ["/login/device", "/login/device/token"])
def test_other_bodies_are_refused(place: Place, path: str, raw: bytes) -> None:
    assert is_problem(place.post(path, raw=raw), 422)


def test_a_body_without_end_is_refused(place: Place) -> None:
    assert is_problem(place.post("/login/device", raw=b'"' + b"x" * 70_000 + b'"'), 422)


@pytest.mark.parametrize("name", ["", "x" * 101, "a\x1b[31m"])
def test_names_that_no_token_can_have_are_refused(place: Place, name: str) -> None:
    assert is_problem(place.post("/login/device", {"name": name}), 400, "printable")


def test_without_a_name_the_token_has_one_all_the_same(place: Place) -> None:
    started = json.loads(place.post("/login/device").body)
    place.ports.identities().decide(started["user_code"], OCTOCAT)
    place.clock.pass_by(timedelta(seconds=5))
    made = json.loads(place.asked(started).body)
    caller = place.index.tokens().authenticate(made["token"])
    assert [token.name for token in place.index.tokens().of(caller)] == ["sls-pypi login"]


@pytest.mark.parametrize("path", ["/login/device", "/login/device/token"])
def test_nothing_is_to_be_read_there(place: Place, path: str) -> None:
    assert ask(place.app, path).status == 405


def test_the_secrets_of_a_login_are_not_among_what_is_remembered_or_told(place: Place) -> None:
    started = place.started()
    assert not any(started["device"] in key for key in place.ports.sessions()._kept)
    assert "device-WXYZ" not in json.dumps(started)
