"""Where files arrive that do not fit into one request, before anybody believes anything about them."""

from collections.abc import Mapping
from pathlib import Path
from typing import Protocol

from attrs import frozen


@frozen
class Target:
    """Where a client sends a file: a POST of ``multipart/form-data`` with these fields first, then the file as `file`.

    Attributes:
        url: absolute, or a path on the index's own origin; only there the index's credentials may travel.
        fields: what permits it.
    """

    url: str
    fields: Mapping[str, str]


class Staging(Protocol):
    """Private, and forgotten after a day whatever happens. `upload` is an upload's identifier."""

    def target(self, upload: str, size: int, sha256: str) -> Target:
        """Where exactly these bytes may be sent within a quarter of an hour."""

    def keep(self, upload: str, source: Path) -> None:
        """Keep what arrived through the index itself. `source` may be moved away."""

    def fetch(self, upload: str, destination: Path) -> bool:
        """Copy what arrived to a file; False if nothing did."""

    def remove(self, upload: str) -> None:
        """Forget what arrived; harmless if nothing did."""
