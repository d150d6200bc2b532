"""Details in a folder: ``<day>/<package>.json.gz``."""

import gzip
import zlib
from collections.abc import Iterator, Mapping
from pathlib import Path

from isal import igzip

from adapters.details import decode_detail, encode_detail, packages_of
from adapters.local.folder import Folder
from adapters.unreadable import Unreadable
from domain.detail import Detail
from domain.ports.details import detail_key

_MODE = 0o600  # the owner's of the package, and nobody else's


class FolderDetails:
    """A Details.

    Args:
        root: a folder for nothing else.
        tmp: where files are made.
    """

    def __init__(self, root: Path, tmp: Path) -> None:
        self._folder = Folder(root, tmp, _MODE, deferred=True)

    def put(self, day: str, details: Mapping[str, Detail]) -> None:
        """Keep the details; all are written before the first one is waited for."""
        for package, detail in details.items():
            self._folder.write(detail_key(package, day), encode_detail(detail, igzip.compress))
        self._folder.flush()

    def get(self, package: str, day: str) -> Detail | None:
        """The detail.

        Raises:
            Unreadable: it is damaged, or a newer version of this software wrote it.
        """
        key = detail_key(package, day)
        content = self._folder.read(key)
        try:
            return None if content is None else decode_detail(content)
        except Unreadable as error:
            raise Unreadable(f"usage/{key}: {error}") from error

    def packages(self, day: str) -> Iterator[str]:
        """All packages of the day, in their order."""
        return packages_of(day, self._folder.keys(f"{day}/"))

    def whole(self, day: str) -> Iterator[str]:
        """Those whose file is whole: gzip has a checksum of what is in it."""
        return (package for package in self.packages(day) if _is_whole(self._folder.read(detail_key(package, day))))


def _is_whole(content: bytes | None) -> bool:
    try:
        return content is not None and bool(gzip.decompress(content))
    except (OSError, EOFError, zlib.error):
        return False
