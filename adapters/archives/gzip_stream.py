"""A gzip file as a stream of bytes that stops at the bounds, and at anything behind the one member it may have."""

import zlib
from typing import BinaryIO

from adapters.archives.budget import Budget
from domain.contents import InvalidDistribution

_CHUNK = 256 * 1024
_GZIP = 16 + zlib.MAX_WBITS


class NotATar(InvalidDistribution):
    """It does not start or end like a gzip-compressed tar archive."""

    def __init__(self) -> None:
        super().__init__("File is not a tarfile")


class BytesAfterGzip(InvalidDistribution):
    """Some readers ignore them, some go on reading."""

    def __init__(self) -> None:
        super().__init__("tar archive not accepted: Trailing data after the gzip stream.")


class GzipStream:
    """Unpacks as it is read; never holds more than two chunks."""

    def __init__(self, file: BinaryIO, budget: Budget) -> None:
        self._file = file
        self._budget = budget
        self._inflate = zlib.decompressobj(_GZIP)
        self._packed = b""
        self._ready = bytearray()

    def read(self, amount: int) -> bytes:
        """This many bytes, fewer only at the end."""
        while len(self._ready) < amount and self._fill():
            pass
        chunk = bytes(self._ready[:amount])
        del self._ready[:amount]
        return chunk

    def _fill(self) -> bool:
        if self._inflate.eof:
            if self._inflate.unused_data or self._file.read(1):
                raise BytesAfterGzip
            return False
        self._packed = self._packed or self._file.read(_CHUNK)
        try:
            chunk = self._inflate.decompress(self._packed, _CHUNK)
        except zlib.error:
            raise NotATar from None
        if not self._packed and not chunk and not self._inflate.eof:
            raise NotATar
        self._packed = self._inflate.unconsumed_tail
        self._budget.unpack(len(chunk))
        self._ready += chunk
        return True
