"""What arrives, as files."""

import shutil
from pathlib import Path

from adapters.keys import check_identifier
from adapters.local.folder import Folder
from domain.ports.secrets import is_identifier
from domain.ports.staging import Target

_OWNER_ONLY = 0o600


class FolderStaging:
    """A Staging in the home's folder for whatever is being written, where what nobody asked for is swept.

    Args:
        folder: where FolderObjects makes its objects too.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = Folder(folder, folder, _OWNER_ONLY)

    def target(self, upload: str, size: int, sha256: str) -> Target:  # noqa: ARG002 - the index itself compares them
        """Where these bytes may be sent: to the index itself."""
        check_identifier(upload)
        return Target(f"/api/uploads/{upload}/file", {})

    def keep(self, upload: str, source: Path) -> None:
        """Keep what arrived through the index itself; `source` is moved away."""
        check_identifier(upload)
        self._folder.add({_name(upload): source})

    def fetch(self, upload: str, destination: Path) -> bool:
        """Copy what arrived to a file; False if nothing did."""
        path = self._folder.find(_name(upload)) if is_identifier(upload) else None
        if path is None:
            return False
        try:
            arrived = path.open("rb")
        except FileNotFoundError:
            return False
        with arrived, destination.open("wb") as file:
            shutil.copyfileobj(arrived, file)
        return True

    def remove(self, upload: str) -> None:
        """Forget what arrived; harmless if nothing did."""
        if is_identifier(upload):
            self._folder.remove(_name(upload))


def _name(upload: str) -> str:
    return f"staged-{upload}"
