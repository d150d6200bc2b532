"""Large objects of the site: streamed from their files, whole or in part, never held in memory."""

import os
import time
from collections.abc import Mapping

from attrs import frozen

from domain import representations
from entrypoints.http.answers import Answer, text
from entrypoints.http.asgi import RawHeaders, Send
from entrypoints.http.conditions import Unsatisfiable, byte_range, is_known, is_meant, is_unmodified, may_resume
from entrypoints.http.site_pages import open_object

CHUNK = 256 * 1024
_READ_AT_ONCE = 64 * 1024
"""So much is read without a thread: taking turns would cost more than the read."""


@frozen
class StoredFile:
    """An open object and what is known about it before a byte is read."""

    key: str
    handle: int
    size: int
    etag: str
    last_modified: str

    def headers(self) -> representations.Headers:
        """What every answer about the file says."""
        return (
            *representations.headers(self.key),
            ("ETag", self.etag),
            ("Last-Modified", self.last_modified),
            ("Accept-Ranges", "bytes"),
        )


def open_file(path: str, key: str) -> StoredFile:
    """The object's file; `send_file` closes its handle.

    Raises:
        FileNotFoundError: there is no such object.
        OSError: it cannot be opened.
    """
    from email.utils import formatdate  # noqa: PLC0415 - not for pages

    handle = open_object(path)
    status = os.fstat(handle)
    # Bytes of a key change, if ever, with a new file: its identity makes the tag strong without reading it.
    etag = f'"{status.st_ino:x}-{status.st_mtime_ns:x}-{status.st_size:x}"'
    # Never later than now (RFC 9110 section 8.8.2.1), also if the clock was ahead when it was written.
    modified = formatdate(int(min(status.st_mtime, time.time())), usegmt=True)
    return StoredFile(key, handle, status.st_size, etag, modified)


def _answer_without_bytes(file: StoredFile, wanted: Mapping[bytes, bytes]) -> Answer | None:
    """That the client wants another file, or has this one, if so (RFC 9110 section 13.2.2)."""
    etag, modified = file.etag.encode(), file.last_modified.encode()
    if not is_meant(wanted.get(b"if-match"), etag):
        return text(412, "412 Precondition Failed\n", representations.missing(representations.area(file.key)))
    since = wanted.get(b"if-modified-since") if b"if-none-match" not in wanted else None
    if is_known(wanted.get(b"if-none-match"), etag) or is_unmodified(since, modified):
        return Answer(304, tuple(field for field in file.headers() if field[0] != "Content-Type"))
    return None


async def send_file(file: StoredFile, method: str, headers: RawHeaders, send: Send) -> None:
    """Answer a GET or HEAD of a large object, and close it."""
    try:
        wanted = dict(headers)
        without = _answer_without_bytes(file, wanted)
        if without is not None:
            await without.send(send, with_body=method == "GET")
            return
        resumes = may_resume(wanted.get(b"if-range"), file.etag.encode(), file.last_modified.encode())
        part = byte_range(wanted.get(b"range"), file.size) if method == "GET" and resumes else None
        await _send_part(file, part, send, with_body=method == "GET")
    except Unsatisfiable:
        length = ("Content-Range", f"bytes */{file.size}")
        refused = (length, *representations.missing(representations.area(file.key)))
        await text(416, "416 Range Not Satisfiable\n", refused).send(send)
    finally:
        os.close(file.handle)


async def _send_part(file: StoredFile, part: range | None, send: Send, *, with_body: bool) -> None:
    """Send the part with its 206, or the whole with its 200."""
    span = range(file.size) if part is None else part
    extra: representations.Headers = (("Content-Length", str(len(span))),)
    if part is not None:
        extra = (*extra, ("Content-Range", f"bytes {part.start}-{part.stop - 1}/{file.size}"))
    fields = [(name.lower().encode(), value.encode()) for name, value in (*file.headers(), *extra)]
    await send({"type": "http.response.start", "status": 200 if part is None else 206, "headers": fields})
    start = span.start if with_body else span.stop
    while start < span.stop:
        chunk = await _read_at(file.handle, min(CHUNK, span.stop - start), start)
        if not chunk:
            return  # The file shrank: an answer that ends early tells the client so.
        start += len(chunk)
        await send({"type": "http.response.body", "body": chunk, "more_body": True})
    await send({"type": "http.response.body", "body": b""})


async def _read_at(handle: int, length: int, offset: int) -> bytes:
    """Bytes of a file; longer reads do not make other requests wait for the disk."""
    if length <= _READ_AT_ONCE:
        return os.pread(handle, length, offset)
    import asyncio  # noqa: PLC0415 - the server has it

    return await asyncio.get_running_loop().run_in_executor(None, os.pread, handle, length, offset)
