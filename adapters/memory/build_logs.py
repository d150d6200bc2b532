"""Logs of submissions in a dictionary."""

import threading

from adapters.keys import check_identifier
from domain.ports.build_logs import LogPart


class MemoryBuildLogs:
    """A BuildLogs."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._parts: dict[tuple[str, int], bytes] = {}

    def put(self, submission: str, part: LogPart, text: bytes) -> None:
        """Keep this text as the part."""
        check_identifier(submission)
        with self._lock:
            self._parts[submission, part] = text

    def get(self, submission: str) -> bytes:
        """All parts in their order."""
        with self._lock:
            return b"".join(self._parts.get((submission, part), b"") for part in LogPart)
