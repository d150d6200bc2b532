"""Blobs in a dictionary."""

import hashlib
import threading
from collections.abc import Iterator
from pathlib import Path

from adapters.keys import check_key, order_of
from domain.ports.objects import Objects


class MemoryBlobs:
    """A Blobs that forgets with the process, and offers as objects of the same world."""

    def __init__(self, objects: Objects) -> None:
        self._objects = objects
        self._lock = threading.Lock()
        self._bodies: dict[str, bytes] = {}

    def add(self, key: str, source: Path, core_metadata: bytes) -> None:
        """Keep the file's bytes and the core metadata in it. Harmless if they are there."""
        self.add_bytes(f"{key}.metadata", core_metadata)
        self.add_bytes(key, source.read_bytes())

    def add_bytes(self, key: str, body: bytes) -> None:
        """Keep these bytes, of one blob that was lost. Harmless if the blob is there."""
        check_key(key)
        with self._lock:
            self._bodies.setdefault(key, bytes(body))

    def read(self, key: str) -> bytes:
        """The blob's bytes.

        Raises:
            LookupError: there is none; its argument is the key.
        """
        with self._lock:
            try:
                return self._bodies[key]
            except KeyError:
                raise LookupError(key) from None

    def sha256(self, key: str) -> str | None:
        """The hexadecimal SHA-256 of the blob's bytes; None if there is none."""
        with self._lock:
            body = self._bodies.get(key)
        return None if body is None else hashlib.sha256(body).hexdigest()

    def offer(self, key: str, site_key: str) -> None:
        """Serve the blob's bytes as the site's object `site_key`.

        Raises:
            LookupError: there is no such blob; its argument is the key.
        """
        self._objects.put(site_key, self.read(key))

    def remove(self, key: str) -> None:
        """Forget the blob; objects that were offered stay. Harmless if there is none."""
        with self._lock:
            self._bodies.pop(key, None)

    def keys(self, prefix: str = "") -> Iterator[str]:
        """The keys of all blobs that start with `prefix`, in their order."""
        with self._lock:
            found = [key for key in self._bodies if key.startswith(prefix)]
        return iter(sorted(found, key=order_of))
