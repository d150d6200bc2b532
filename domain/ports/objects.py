"""The site: static objects under keys that are URL paths."""

from collections.abc import Iterator
from typing import Protocol

ABSENT = ""
"""The etag of an object that does not exist."""


class ObjectChanged(Exception):
    """The object is not the one that the writer saw."""


class Objects(Protocol):
    """Readers see the whole old or the whole new object, never a part. No key lies below another (`a` and `a/b`).

    A write that returned survives a crash of the process. A crash of the machine may take it back, but only until the
    message that asked for it is done.
    """

    def get(self, key: str) -> bytes | None:
        """The object's bytes; None if there is none."""

    def etag(self, key: str) -> str:
        """A validator that changes whenever the object does; `ABSENT` if there is none."""

    def sha256(self, key: str) -> str | None:
        """The hexadecimal SHA-256 of the object's bytes, however many; None if there is none."""

    def put(self, key: str, body: bytes, if_match: str | None = None) -> None:
        """Create or replace the object; with `if_match` only if its etag is still that.

        Raises:
            ObjectChanged: another writer was faster.
        """

    def delete(self, key: str) -> None:
        """Remove the object; harmless if there is none."""

    def keys(self, prefix: str = "") -> Iterator[str]:
        """The keys that start with `prefix`, in their order."""
