"""The digests that an index keeps of a file."""

import hashlib

from attrs import frozen


@frozen
class Digests:
    """Lower-case hex digests of one file."""

    sha256: str
    blake2b_256: str
    md5: str


class Digester:
    """Takes a file's bytes in pieces."""

    def __init__(self) -> None:
        self._sha256 = hashlib.sha256()
        self._blake2 = hashlib.blake2b(digest_size=32)
        self._md5 = hashlib.md5(usedforsecurity=False)

    def update(self, piece: bytes) -> None:
        """Add the next bytes."""
        self._sha256.update(piece)
        self._blake2.update(piece)
        self._md5.update(piece)

    def digests(self) -> Digests:
        """The digests of all bytes so far."""
        return Digests(self._sha256.hexdigest(), self._blake2.hexdigest(), self._md5.hexdigest())
