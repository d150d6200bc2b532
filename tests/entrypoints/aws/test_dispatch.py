"""Whoever waits for a build asks once, and fails where there is no outcome."""

from typing import Any

import pytest

from entrypoints.aws import dispatch
from tests.aws import ENVIRONMENT


class Functions:
    def __init__(self, answer: dict[str, Any]) -> None:
        self.answer = answer
        self.asked: list[dict[str, Any]] = []

    def invoke(self, **asked: Any) -> dict[str, Any]:
        self.asked.append(asked)
        return self.answer


def dispatched(monkeypatch: pytest.MonkeyPatch, answer: dict[str, Any]) -> Functions:
    functions = Functions(answer)
    monkeypatch.setenv("SLS_PYPI_BUILD_FUNCTION", "build")
    monkeypatch.setattr(dispatch, "functions", lambda: functions)
    dispatch.handler({"source": "there"}, None)
    return functions


def test_a_build_is_asked_for_as_it_was_told(monkeypatch: pytest.MonkeyPatch) -> None:
    functions = dispatched(monkeypatch, {"StatusCode": 200})

    wanted = {"FunctionName": "build", "InvocationType": "RequestResponse", "Payload": b'{"source": "there"}'}
    assert functions.asked == [wanted]


def test_a_build_without_an_outcome_is_a_failure(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(dispatch.BuildLost):
        dispatched(monkeypatch, {"StatusCode": 200, "FunctionError": "Unhandled"})


def test_a_client_asks_once_and_waits(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in ENVIRONMENT.items():
        monkeypatch.setenv(name, value)
    dispatch.functions.cache_clear()

    config: Any = dispatch.functions().meta.config

    dispatch.functions.cache_clear()
    assert config.retries["total_max_attempts"] == 1
    assert config.read_timeout >= 840
