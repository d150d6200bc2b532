"""Logs of submissions in a folder: ``<submission>/log-<part>``."""

from pathlib import Path

from adapters.keys import check_identifier
from adapters.local.folder import Folder
from domain.ports.build_logs import PARTS
from domain.ports.secrets import is_identifier

_MODE = 0o600  # the submitter's, and nobody else's


class FolderBuildLogs:
    """A BuildLogs.

    Args:
        root: a folder for nothing else.
        tmp: where files are made.
    """

    def __init__(self, root: Path, tmp: Path) -> None:
        self._folder = Folder(root, tmp, _MODE)

    def put(self, submission: str, part: int, text: bytes) -> None:
        """Take this for the part; who reads meanwhile finds it as it was or as it is."""
        check_identifier(submission)
        self._folder.write(_key(submission, part), text)

    def get(self, submission: str) -> bytes:
        """All parts in their order."""
        if not is_identifier(submission):
            return b""
        return b"".join(self._folder.read(_key(submission, part)) or b"" for part in PARTS)


def _key(submission: str, part: int) -> str:
    return f"{submission}/log-{part}"
