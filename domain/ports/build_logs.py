"""What was said while a repository was published."""

from typing import Protocol

PARTS = BEFORE, BUILD, LEFT_OUT, AFTER = 0, 1, 2, 3
"""The parts of a log in their order: what the index says before, the build itself, what is left out of what it made,
and what the index says then."""


class BuildLogs(Protocol):
    """Logs by submission, in parts."""

    def put(self, submission: str, part: int, text: bytes) -> None:
        """Take this for the part, in the place of what it said before."""

    def get(self, submission: str) -> bytes:
        """All parts in their order; empty if there is none."""
