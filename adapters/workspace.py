"""Room for files, in a folder."""

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import mkstemp

from domain.digests import Digester
from domain.received import ReceivedFile

_PIECE = 1024 * 1024


class FolderWorkspace:
    """A Workspace of spare files. `folder` exists; whatever killed processes leave in it is for its owner to sweep."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    @contextmanager
    def received(self, filename: str, fetch: Callable[[Path], bool]) -> Iterator[ReceivedFile | None]:
        """The file that `fetch` writes to the path it is given, measured; None if it answers False."""
        handle, name = mkstemp(dir=self._folder, prefix="arrived-")
        os.close(handle)
        path = Path(name)
        try:
            yield _measured(filename, path) if fetch(path) else None
        finally:
            path.unlink(missing_ok=True)


def _measured(filename: str, path: Path) -> ReceivedFile:
    digester = Digester()
    with path.open("rb") as file:
        while piece := file.read(_PIECE):
            digester.update(piece)
        return ReceivedFile(filename, path, file.tell(), digester.digests())
