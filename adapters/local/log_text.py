"""The text of a log file, compressed or not, in pieces of whole lines. Nothing about the file is taken for granted."""

import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Protocol, cast

from isal import isal_zlib

_GZIP = b"\x1f\x8b"
_GZIP_FORMAT = 31
_MARK = "\ufeff".encode()
_READ_AT_ONCE = 2**16  # what is left of it is copied with each member
_PIECE = 2**17  # larger ones would be of memory that the system takes back each time
_LONGEST_LINE = 2**19
_DAMAGED = cast("type[Exception]", isal_zlib.error)  # its stub says that it is an exception, not a class of them


class Incomplete(Exception):
    """A file cannot be read to its end."""


class Source(Protocol):
    """An open file."""

    def read(self, size: int, /) -> bytes | None:
        """At most so many bytes."""


@contextmanager
def opened(path: Path) -> Iterator[Source]:
    """The file, open for reading.

    Raises:
        OSError: it is gone, cannot be read, or is no regular file.
    """
    # Without waiting: nobody may ever write to a pipe.
    with os.fdopen(os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC), "rb", buffering=0) as file:
        if not stat.S_ISREG(os.fstat(file.fileno()).st_mode):
            raise FileNotFoundError(path)
        yield file


class LogText:
    """The text of an open file.

    Attributes:
        compressed: whether it is gzip; known with the first piece.
        too_long: how many lines were passed over because of their length.
    """

    def __init__(self, file: Source) -> None:
        self._file = file
        self.compressed = False
        self.too_long = 0

    def pieces(self) -> Iterator[bytes]:
        """Whole lines, each with a line feed at its end, a few megabytes at most at a time.

        Raises:
            Incomplete: it ends too early, is damaged, or something else follows; what came before is not to be used.
        """
        rest, first, skipping = b"", True, False
        for block in self._blocks():
            text = block
            if first:
                text, first = block.removeprefix(_MARK), False
            if skipping:
                _, found, text = text.partition(b"\n")
                skipping = not found
            end = text.rfind(b"\n") + 1
            if end:
                yield rest + text[:end]
                rest = text[end:]
            else:
                rest += text
            if len(rest) > _LONGEST_LINE:
                self.too_long += 1
                rest, skipping = b"", True
        if rest:
            yield rest + b"\n"

    def _read(self) -> bytes:
        try:
            return self._file.read(_READ_AT_ONCE) or b""
        except OSError:
            raise Incomplete from None

    def _blocks(self) -> Iterator[bytes]:
        data = self._read()
        self.compressed = data.startswith(_GZIP)
        if self.compressed:
            yield from self._members(data)
            return
        while data:
            yield data
            data = self._read()

    def _members(self, data: bytes) -> Iterator[bytes]:
        """A gzip file is one member or several, one after the other."""
        while data:
            member = isal_zlib.decompressobj(_GZIP_FORMAT)
            full = False
            while not member.eof:
                if not data and not full:
                    data = self._read()
                    if not data:
                        raise Incomplete
                try:
                    block = member.decompress(data, _PIECE)
                except _DAMAGED:
                    raise Incomplete from None
                # More may be waiting inside, although everything has been taken in.
                full = len(block) == _PIECE
                data = member.unconsumed_tail
                yield block
            data = member.unused_data or self._read()
