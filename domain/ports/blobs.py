"""The bytes of files, private: the part of the truth that is too big for events."""

from collections.abc import Iterator
from pathlib import Path
from typing import Protocol


class Blobs(Protocol):
    """Bytes under keys that name package, content and file (`blob_key`), so that a key never changes its bytes.

    A blob is added before the event that names it, so a blob without an event is harmless and an event without its
    blob cannot be. What was added survives a crash.
    """

    def add(self, key: str, source: Path, core_metadata: bytes) -> None:
        """Keep the file's bytes, and the core metadata in it as `<key>.metadata`. Harmless if they are there.

        Args:
            key: of the file.
            source: the file, which may be moved away.
            core_metadata: as the archive has it.
        """

    def add_bytes(self, key: str, body: bytes) -> None:
        """Keep these bytes, of one blob that was lost. Harmless if the blob is there."""

    def read(self, key: str) -> bytes:
        """The blob's bytes.

        Raises:
            LookupError: there is none.
        """

    def sha256(self, key: str) -> str | None:
        """The hexadecimal SHA-256 of the blob's bytes, however many; None if there is none."""

    def offer(self, key: str, site_key: str) -> None:
        """Serve the blob's bytes as the site's object `site_key`, atomically and without passing them through memory.

        Raises:
            LookupError: there is no such blob.
        """

    def remove(self, key: str) -> None:
        """Forget the blob; objects that were offered stay. Harmless if there is none."""

    def keys(self, prefix: str = "") -> Iterator[str]:
        """The keys of all blobs that start with `prefix`, in their order."""


def blob_key(package: str, published_sha256: str, filename: str) -> str:
    """The key of a file's bytes, or with `filename` ending in ``.metadata`` of the core metadata in it.

    It names the file too: a deleted filename never comes back, so its blobs can be removed while others are uploaded.
    """
    return f"{package}/{published_sha256}/{filename}"
