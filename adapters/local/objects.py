"""The site as a folder."""

import hashlib
from collections.abc import Iterator
from pathlib import Path

from adapters.local.folder import Folder
from domain.ports.objects import ABSENT, ObjectChanged


class FolderObjects:
    """An Objects whose keys are paths below `root`; `tmp` is where objects are made, on the same file system.

    What is written survives a crash of the process at once, and one of the machine after `flush`: objects are derived,
    so whoever works off messages flushes before he forgets them.

    Unlike in S3 a key cannot lie below another (`a` and `a/b`): the later one is an OSError.
    """

    def __init__(self, root: Path, tmp: Path) -> None:
        self._folder = Folder(root, tmp, deferred=True)
        self.tmp = tmp

    def get(self, key: str) -> bytes | None:
        """The object's bytes; None if there is none."""
        return self._folder.read(key)

    def etag(self, key: str) -> str:
        """The SHA-256 of the object's bytes; `ABSENT` if there is none."""
        return self.sha256(key) or ABSENT

    def sha256(self, key: str) -> str | None:
        """The hexadecimal SHA-256 of the object's bytes, read piece by piece; None if there is none."""
        return self._folder.sha256(key)

    def put(self, key: str, body: bytes, if_match: str | None = None) -> None:
        """Create or replace the object; with `if_match` only if its etag is still that.

        Raises:
            ObjectChanged: another writer was faster.
            InvalidKey: the key is no plain relative path.
        """

        def permit() -> None:
            if if_match is not None and self.etag(key) != if_match:
                raise ObjectChanged(key)

        # Whether the bytes are equal and whether they are what the writer saw is asked of one reading: between two,
        # another writer could put the same bytes, and both would have won.
        # (Whoever saw nothing there replaces nothing.)
        if if_match != ABSENT and self.get(key) == body and if_match in (None, hashlib.sha256(body).hexdigest()):
            self._folder.confirm(key)
        else:
            self._folder.write(key, body, permit)

    def put_file(self, key: str, source: str | Path) -> None:
        """Create or replace the object by a copy of a file.

        Raises:
            FileNotFoundError: there is no such file.
        """
        self._folder.copy(key, source)

    def delete(self, key: str) -> None:
        """Remove the object; harmless if there is none."""
        self._folder.remove(key)

    def keys(self, prefix: str = "") -> Iterator[str]:
        """The keys that start with `prefix`, in their order."""
        return self._folder.keys(prefix)

    def flush(self) -> None:
        """Bring to disk whatever was written or removed before."""
        self._folder.flush()
