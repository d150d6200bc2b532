"""Whoever waits for a build asks once, and fails where there is no outcome."""

import json
import time
from types import SimpleNamespace
from typing import Any

import pytest

from entrypoints.aws import dispatch
from tests.aws import ENVIRONMENT


class Full(Exception):
    """As many functions run as the account allows."""


class Functions:
    exceptions = SimpleNamespace(TooManyRequestsException=Full)

    def __init__(self, answer: dict[str, Any], full: int = 0) -> None:
        self.answer = answer
        self.full = full
        self.asked: list[dict[str, Any]] = []

    def invoke(self, **asked: Any) -> dict[str, Any]:
        self.asked.append(asked)
        if len(self.asked) <= self.full:
            raise Full
        return self.answer


@pytest.fixture(autouse=True)
def waited(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """For how long it waited each time."""
    pauses: list[float] = []
    monkeypatch.setattr(time, "sleep", pauses.append)
    return pauses


INDEX_URL = "https://user:geheim@mirror.example/simple/"


def dispatched(monkeypatch: pytest.MonkeyPatch, answer: dict[str, Any], full: int = 0) -> Functions:
    functions = Functions(answer, full)
    monkeypatch.setenv("SLS_PYPI_BUILD_FUNCTION", "build")
    monkeypatch.setenv("SLS_PYPI_BUILD_INDEX_URL", INDEX_URL)
    monkeypatch.setattr(dispatch, "functions", lambda: functions)
    dispatch.handler({"source": "there"}, None)
    return functions


def test_a_build_is_asked_for_as_it_was_told_and_learns_here_where_requirements_are(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    (asked,) = dispatched(monkeypatch, {"StatusCode": 200}).asked

    assert json.loads(asked.pop("Payload")) == {"source": "there", "index_url": INDEX_URL}
    assert asked == {"FunctionName": "build", "InvocationType": "RequestResponse"}


def test_a_build_without_an_outcome_is_a_failure(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(dispatch.BuildLost):
        dispatched(monkeypatch, {"StatusCode": 200, "FunctionError": "Unhandled"})


def test_where_an_account_is_busy_a_build_waits_for_its_turn(
    monkeypatch: pytest.MonkeyPatch, waited: list[float]
) -> None:
    assert len(dispatched(monkeypatch, {"StatusCode": 200}, full=3).asked) == 4
    assert waited == [1, 2, 4]


def test_where_an_account_stays_busy_the_build_is_put_aside(
    monkeypatch: pytest.MonkeyPatch, waited: list[float]
) -> None:
    with pytest.raises(Full):
        dispatched(monkeypatch, {"StatusCode": 200}, full=99)
    assert waited == list(dispatch.PAUSES)


def test_a_client_asks_once_and_waits(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in ENVIRONMENT.items():
        monkeypatch.setenv(name, value)
    dispatch.functions.cache_clear()

    config: Any = dispatch.functions().meta.config

    dispatch.functions.cache_clear()
    assert config.retries["total_max_attempts"] == 1
    assert config.read_timeout >= 840
