"""Objects in a dictionary."""

import hashlib
import threading
from collections.abc import Iterator

from adapters.keys import check_key, order_of
from domain.ports.objects import ABSENT, ObjectChanged


class MemoryObjects:
    """An Objects that forgets with the process."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._bodies: dict[str, bytes] = {}

    def get(self, key: str) -> bytes | None:
        """The object's bytes; None if there is none."""
        with self._lock:
            return self._bodies.get(key)

    def etag(self, key: str) -> str:
        """The SHA-256 of the object's bytes; `ABSENT` if there is none."""
        return self.sha256(key) or ABSENT

    def sha256(self, key: str) -> str | None:
        """The hexadecimal SHA-256 of the object's bytes; None if there is none."""
        body = self.get(key)
        return None if body is None else hashlib.sha256(body).hexdigest()

    def put(self, key: str, body: bytes, if_match: str | None = None) -> None:
        """Create or replace the object; with `if_match` only if its etag is still that."""
        check_key(key)
        with self._lock:
            if if_match is not None:
                found = self._bodies.get(key)
                if if_match != (ABSENT if found is None else hashlib.sha256(found).hexdigest()):
                    raise ObjectChanged(key)
            self._bodies[key] = bytes(body)

    def delete(self, key: str) -> None:
        """Remove the object; harmless if there is none."""
        with self._lock:
            self._bodies.pop(key, None)

    def keys(self, prefix: str = "") -> Iterator[str]:
        """The keys that start with `prefix`, in their order."""
        with self._lock:
            found = [key for key in self._bodies if key.startswith(prefix)]
        return iter(sorted(found, key=order_of))
