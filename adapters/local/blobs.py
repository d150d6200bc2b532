"""Blobs as a folder."""

import os
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

from adapters.local.folder import Folder
from adapters.local.objects import FolderObjects

_READ_ONLY = 0o444


class FolderBlobs:
    """A Blobs whose keys are paths below `root`.

    Args:
        root: not below the site.
        objects: where blobs are offered.

    Offers are copies and no hard links: whoever writes into a served file would damage the blob too, and nothing could
    be restored from it. They take no space where the file system copies on write.
    """

    def __init__(self, root: Path, objects: FolderObjects) -> None:
        self._folder = Folder(root, objects.tmp, _READ_ONLY)
        self._root = os.fspath(root)
        self._objects = objects

    def add(self, key: str, source: Path, core_metadata: bytes) -> None:
        """Keep the file's bytes and the core metadata in it; `source` is moved away. Harmless if they are there."""
        self._folder.add({f"{key}.metadata": core_metadata, key: source})

    def add_bytes(self, key: str, body: bytes) -> None:
        """Keep these bytes, of one blob that was lost. Harmless if the blob is there."""
        self._folder.add({key: body})

    def read(self, key: str) -> bytes:
        """The blob's bytes.

        Raises:
            LookupError: there is none; its argument is the key.
        """
        body = self._folder.read(key)
        if body is None:
            raise LookupError(key)
        return body

    def sha256(self, key: str) -> str | None:
        """The hexadecimal SHA-256 of the blob's bytes, read piece by piece; None if there is none."""
        return self._folder.sha256(key)

    def offer(self, key: str, site_key: str) -> None:
        """Serve the blob's bytes as the site's object `site_key`.

        Raises:
            LookupError: there is no such blob; its argument is the key.
        """
        if not self._has(key):
            raise LookupError(key)
        try:
            self._objects.put_file(site_key, f"{self._root}/{key}")
        except FileNotFoundError:
            if self._has(key):
                raise
            raise LookupError(key) from None

    def remove(self, key: str) -> None:
        """Forget the blob; objects that were offered stay. Harmless if there is none."""
        self._folder.remove(key)

    def remove_older(self, key: str, than: datetime) -> bool:
        """Forget the blob if nobody has added it since this time, not even again; returns whether it was there so."""
        return self._folder.remove_older(key, than.timestamp())

    def keys(self, prefix: str = "") -> Iterator[str]:
        """The keys of all blobs that start with `prefix`, in their order."""
        return self._folder.keys(prefix)

    def _has(self, key: str) -> bool:
        return self._folder.has(key)
