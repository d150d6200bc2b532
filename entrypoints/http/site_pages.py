"""Small objects of the site, kept in memory with their answers for as long as their files do not change."""

import errno
import os
import stat
import time
from collections import OrderedDict
from hashlib import blake2b
from pathlib import Path

from domain import representations, routing
from entrypoints.http.answers import Answer
from entrypoints.http.conditions import is_known, takes_gzip

MIB = 2**20
LARGEST_PAGE = MIB
CAPACITY = 64 * MIB

_LEAST_WORTH_COMPRESSING = 1024
_COMPRESSIBLE = (
    "text/",
    "application/atom+xml",
    "application/json",
    "application/vnd.pypi.",
    "application/xml",
    "image/svg",
)
_PER_PAGE = 4096  # bytes of bookkeeping beside the bodies, roughly
# Two changes within one tick of the file system's clock can look the same, so a younger file is not kept.
_SETTLED_NS = 50_000_000

_MISSING = frozenset({errno.ENOENT, errno.ENOTDIR, errno.ELOOP, errno.ENAMETOOLONG, errno.ENXIO})

Signature = tuple[int, int, int]


class TooBig(Exception):
    """The object is not for keeping in memory."""


class _Coded:
    """One coding of a page: the answer with it, and the one for those who have it."""

    __slots__ = ("etag", "full", "unmodified")

    def __init__(self, status: int, headers: representations.Headers, etag: str, body: bytes) -> None:
        self.etag = etag.encode()
        self.full = Answer(status, (*headers, ("ETag", etag)), body)
        kept = tuple(field for field in headers if field[0] not in {"Content-Type", "Content-Encoding"})
        self.unmodified = Answer(304, (*kept, ("ETag", etag)))


class _Page:
    """An object as it was when its file had this signature."""

    __slots__ = ("_digest", "_headers", "_is_compressible", "_status", "gzipped", "identity", "signature")

    def __init__(self, key: str, signature: Signature, body: bytes) -> None:
        self.signature = signature
        self._status = 404 if key == routing.NOT_FOUND_PAGE else 200
        self._headers = representations.headers(key)
        self._digest = blake2b(body, digest_size=16).hexdigest()
        self._is_compressible = len(body) >= _LEAST_WORTH_COMPRESSING and self._headers[0][1].startswith(_COMPRESSIBLE)
        if self._is_compressible:
            self._headers = _varying(self._headers)
        self.identity = _Coded(self._status, self._headers, f'"{self._digest}"', body)
        self.gzipped: _Coded | None = None

    def coded(self, accept_encoding: bytes | None) -> _Coded:
        """The best coding that the client takes; compressed when first asked for."""
        if accept_encoding is None or not self._is_compressible or not takes_gzip(accept_encoding):
            return self.identity
        if self.gzipped is None:
            import gzip  # noqa: PLC0415 - a first answer in clear need not wait for it

            headers = (*self._headers, ("Content-Encoding", "gzip"))
            body = gzip.compress(self.identity.full.body, compresslevel=6, mtime=0)
            self.gzipped = _Coded(self._status, headers, f'"{self._digest}-gzip"', body)
        return self.gzipped

    @property
    def cost(self) -> int:
        """Bytes of memory, as if compressed already: compression never makes pages larger."""
        return _PER_PAGE + len(self.identity.full.body) * (1 + self._is_compressible)


def _varying(headers: representations.Headers) -> representations.Headers:
    """The headers of a page that exists in more than one coding."""
    vary = ", ".join([value for name, value in headers if name == "Vary"] + ["Accept-Encoding"])
    return (*(field for field in headers if field[0] != "Vary"), ("Vary", vary))


class PageCache:
    """A cache that is never stale: before each answer it looks whether the file is still the one that was read."""

    def __init__(self, site: Path, *, capacity: int = CAPACITY, largest: int = LARGEST_PAGE) -> None:
        self._prefix = f"{site}{os.sep}"
        self._capacity = capacity
        self._largest = largest
        self._pages: OrderedDict[str, _Page] = OrderedDict()
        self._used = 0

    def answer(self, key: str, if_none_match: bytes | None, accept_encoding: bytes | None) -> Answer | None:
        """The object, or that the client has it; None if there is none.

        Raises:
            TooBig: the object is too large to be kept.
            OSError: it cannot be read, which does not mean that it is not there.
        """
        path = self._prefix + key
        page = self._pages.get(key)
        try:
            if page is None or _signature(os.stat(path)) != page.signature:  # noqa: PTH116 - a microsecond counts
                page = self._load(key, path)
            else:
                self._pages.move_to_end(key)
        except OSError as error:
            self._forget(key)
            if error.errno in _MISSING:
                return None
            raise
        coded = page.coded(accept_encoding)
        return coded.unmodified if is_known(if_none_match, coded.etag) else coded.full

    def _load(self, key: str, path: str) -> _Page:
        """Read the object; keep it unless its file is so new that its next change might go unseen."""
        self._forget(key)
        handle = open_object(path)
        try:
            status = os.fstat(handle)
            if status.st_size > self._largest:
                raise TooBig
            body = _read(handle, self._largest + 1)
        finally:
            os.close(handle)
        page = _Page(key, _signature(status), body)
        if time.time_ns() - status.st_ctime_ns > _SETTLED_NS and len(body) == status.st_size:
            self._keep(key, page)
        return page

    def _keep(self, key: str, page: _Page) -> None:
        """Make room by forgetting what was not asked for the longest."""
        self._pages[key] = page
        self._used += page.cost
        while self._used > self._capacity:
            self._forget(next(iter(self._pages)))

    def _forget(self, key: str) -> None:
        page = self._pages.pop(key, None)
        if page is not None:
            self._used -= page.cost


def open_object(path: str) -> int:
    """Open an object's file for reading; never a link, a directory or a pipe.

    Raises:
        FileNotFoundError: there is no such object.
        OSError: it cannot be opened, which does not mean that it is not there.
    """
    try:
        handle = os.open(path, os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0))
    except OSError as error:
        if error.errno in _MISSING:
            raise FileNotFoundError(errno.ENOENT, "no object", path) from None
        raise
    if stat.S_ISREG(os.fstat(handle).st_mode):
        return handle
    os.close(handle)
    raise FileNotFoundError(errno.ENOENT, "no object", path)


def _signature(status: os.stat_result) -> Signature:
    """What changes whenever the file does. The change time cannot be set, unlike the modification time."""
    return status.st_ino, status.st_ctime_ns, status.st_size


def _read(handle: int, most: int) -> bytes:
    """All bytes of a small file."""
    parts = []
    while most > 0 and (part := os.read(handle, most)):
        parts.append(part)
        most -= len(part)
    return b"".join(parts)
