"""Room for a file while it is looked at."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Protocol

from domain.received import ReceivedFile


class Workspace(Protocol):
    """Files that nobody else sees, and that are gone at the end."""

    def received(self, filename: str, fetch: Callable[[Path], bool]) -> AbstractContextManager[ReceivedFile | None]:
        """The file that `fetch` writes to the path it is given, measured, under this name; None if it answers False.

        What is left of it at the end is removed.
        """
