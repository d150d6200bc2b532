"""Where projects are built in a function; `tests/entrypoints/aws/test_build.py` builds some."""

import time
from pathlib import Path

import pytest

from adapters.aws import build_room
from adapters.aws.build_job import BuildBounds
from adapters.building.build_log import BuildLog

BOUNDS = BuildBounds(60, 2**30, 2**30, 2**20)


@pytest.mark.parametrize("takes_filters", [True, False])
def test_operator_and_submitter_are_told_where_a_build_has_a_network(
    tmp_path: Path,
    caplog: pytest.LogCaptureFixture,
    monkeypatch: pytest.MonkeyPatch,
    takes_filters: bool,  # noqa: FBT001 - a parameter of the test
) -> None:
    monkeypatch.setattr(build_room, "_can_be_silenced", lambda: takes_filters)
    log = BuildLog()
    build_room.FunctionRoom(
        tmp_path, BOUNDS, "https://mirror.example/simple/", time.monotonic() + 60, log, lambda: None
    )
    assert (b"network" in log.text(), "network" in caplog.text) == (not takes_filters, not takes_filters)
