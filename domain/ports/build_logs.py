"""What was said while a repository was published."""

from enum import IntEnum
from typing import Protocol


class LogPart(IntEnum):
    """The parts of a log in the order in which they are shown. Their numbers are in the names of what is kept."""

    BEFORE = 0  # what the index says first
    BUILD = 1  # what the build prints
    LEFT_OUT = 2  # which of the built files are not published, and why
    AFTER = 3  # what the index says at the end


class BuildLogs(Protocol):
    """Logs by submission, in parts."""

    def put(self, submission: str, part: LogPart, text: bytes) -> None:
        """Keep this text as the part, in place of what the part said before."""

    def get(self, submission: str) -> bytes:
        """All parts in their order; empty if there is none."""
