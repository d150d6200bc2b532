"""How long logs of builds are kept."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from adapters.local.build_logs import FolderBuildLogs
from domain.ports.build_logs import LogPart


class Clock:
    """Shows what it is told; files have the system's time."""

    def __init__(self) -> None:
        self.later = timedelta()

    def now(self) -> datetime:
        return datetime.now(UTC) + self.later


@pytest.mark.parametrize(("days", "kept"), [(30, b""), (31, b"one\n"), (0, b"one\n")])
def test_logs_of_builds_go_when_their_time_is_over(tmp_path: Path, days: int, kept: bytes) -> None:
    clock = Clock()
    logs = FolderBuildLogs(tmp_path / "logs", tmp_path / "tmp", days, clock)
    logs.put("s1", LogPart.BEFORE, b"one\n")
    clock.later = timedelta(days=30, minutes=1)

    logs.expire()

    assert logs.get("s1") == kept
    assert [path.name for path in (tmp_path / "logs").iterdir()] == (["s1"] if kept else [])
