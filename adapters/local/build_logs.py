"""Logs of submissions in a folder: ``<submission>/log-<part>``."""

from datetime import timedelta
from pathlib import Path

from adapters.keys import check_identifier
from adapters.local.folder import Folder
from domain.ports.build_logs import LogPart
from domain.ports.clock import Clock
from domain.ports.secrets import is_identifier

_MODE = 0o600  # the submitter's, and nobody else's


class FolderBuildLogs:
    """A BuildLogs.

    Args:
        root: a folder for nothing else.
        tmp: where files are made.
        log_days: how long parts are kept after they were said; 0 for ever.
        clock: tells when that is over.
    """

    def __init__(self, root: Path, tmp: Path, log_days: int, clock: Clock) -> None:
        self._folder = Folder(root, tmp, _MODE)
        self._log_days = log_days
        self._clock = clock

    def put(self, submission: str, part: LogPart, text: bytes) -> None:
        """Keep this text as the part; whoever reads meanwhile finds the old text or the new one."""
        check_identifier(submission)
        self._folder.write(_key(submission, part), text)

    def get(self, submission: str) -> bytes:
        """All parts in their order."""
        if not is_identifier(submission):
            return b""
        return b"".join(self._folder.read(_key(submission, part)) or b"" for part in LogPart)

    def expire(self) -> None:
        """Remove the parts whose time is over."""
        if self._log_days:
            last = (self._clock.now() - timedelta(days=self._log_days)).timestamp()
            for key in self._folder.keys():
                self._folder.remove_older(key, last)


def _key(submission: str, part: LogPart) -> str:
    return f"{submission}/log-{part}"
