"""Logging in at a command line, over HTTP."""

import json
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from domain.ports.identities import Declined, Identified, Identity, Unwelcome
from domain.ports.repositories import RateLimited, Silent
from entrypoints.http.login import Way
from tests.entrypoints.asgi_client import ask, is_problem
from tests.entrypoints.standing import Place, standing

OCTOCAT = Identified(583231, "octocat")


@pytest.fixture
def place(tmp_path: Path) -> Iterator[Place]:
    with standing(tmp_path) as made:
        yield made


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
        (lambda now: RateLimited(now + timedelta(minutes=2)), 503, "120"),
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
def test_without_github_it_is_said_what_to_do(tmp_path: Path, way: Way, path: str) -> None:
    with standing(tmp_path, way) as place:
        assert is_problem(place.post(path), 503, "sls-pypi token create LOGIN")


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
