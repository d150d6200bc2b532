"""The bytes of files, private and by digest: the part of the truth that is too big for events."""

from collections.abc import Iterator
from pathlib import Path
from typing import Protocol


class Blobs(Protocol):
    """Content-addressed bytes per package. What was added survives a crash and never changes.

    A blob is added before the event that names it, so a blob without an event is harmless and an event without its
    blob cannot be.
    """

    def add(self, package: str, sha256: str, source: Path) -> None:
        """Keep the file's bytes. `source` may be moved away. Harmless if the blob is there."""

    def add_bytes(self, package: str, sha256: str, body: bytes) -> None:
        """Keep these bytes. Harmless if the blob is there."""

    def read(self, package: str, sha256: str) -> bytes:
        """The blob's bytes.

        Raises:
            LookupError: there is none.
        """

    def offer(self, package: str, sha256: str, key: str) -> None:
        """Serve the blob's bytes as the site's object `key`, atomically and without passing them through memory.

        Raises:
            LookupError: there is no such blob.
        """

    def remove(self, package: str, sha256: str) -> None:
        """Forget the blob; objects that were offered stay. Harmless if there is none."""

    def digests(self, package: str) -> Iterator[str]:
        """The digests of all blobs of the package."""
