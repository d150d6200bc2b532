"""What arrives, in a dictionary."""

import threading
from pathlib import Path

from adapters.keys import check_identifier
from domain.ports.staging import Target


class MemoryStaging:
    """A Staging that forgets with the process."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._bodies: dict[str, bytes] = {}

    def target(self, upload: str, size: int, sha256: str) -> Target:  # noqa: ARG002 - the index itself compares them
        """Where these bytes may be sent: to the index itself."""
        check_identifier(upload)
        return Target(f"/api/uploads/{upload}/file", {})

    def keep(self, upload: str, source: Path) -> None:
        """Keep what arrived through the index itself."""
        check_identifier(upload)
        body = source.read_bytes()
        with self._lock:
            self._bodies[upload] = body

    def fetch(self, upload: str, destination: Path) -> bool:
        """Copy what arrived to a file; False if nothing did."""
        with self._lock:
            body = self._bodies.get(upload)
        if body is None:
            return False
        destination.write_bytes(body)
        return True

    def remove(self, upload: str) -> None:
        """Forget what arrived; harmless if nothing did."""
        with self._lock:
            self._bodies.pop(upload, None)
