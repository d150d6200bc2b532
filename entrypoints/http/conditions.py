"""Conditional and range requests (RFC 9110 sections 13 and 14), as pure functions over header values."""

import re
from functools import lru_cache

_ETAG = re.compile(rb'(?:W/)?("[\x21\x23-\x7e\x80-\xff]*")')
_STRONG_OR_NOT = re.compile(rb'(W/)?("[\x21\x23-\x7e\x80-\xff]*")')
# No file has a length of more digits; a number with more is malformed and the range ignored.
_RANGE = re.compile(rb"bytes=[ \t]*([0-9]{0,18})-([0-9]{0,18})[ \t]*", re.IGNORECASE)
_GZIP = re.compile(r"(?:gzip|x-gzip|\*)\s*(?:;\s*q\s*=\s*([0-9.]+)\s*)?")


class Unsatisfiable(Exception):
    """The range starts behind the end."""


def is_meant(if_match: bytes | None, etag: bytes) -> bool:
    """Whether the client wants this representation (strong comparison, RFC 9110 section 13.1.1)."""
    return if_match is None or if_match.strip() == b"*" or (b"", etag) in _STRONG_OR_NOT.findall(if_match)


def is_known(if_none_match: bytes | None, etag: bytes) -> bool:
    """Whether the client has this representation (weak comparison, RFC 9110 section 13.1.2)."""
    if if_none_match is None:
        return False
    return if_none_match == etag or if_none_match.strip() == b"*" or etag in _ETAG.findall(if_none_match)


def is_unmodified(since: bytes | None, last_modified: bytes) -> bool:
    """Whether nothing changed after the moment that the client names (section 13.1.3); what is no date is ignored."""
    if since is None or since == last_modified:
        return since is not None
    from email.utils import parsedate_to_datetime as parsed  # noqa: PLC0415 - not for pages

    try:
        return parsed(last_modified.decode()) <= parsed(since.decode())
    except (ValueError, TypeError, IndexError, OverflowError):
        return False


def may_resume(if_range: bytes | None, etag: bytes, last_modified: bytes) -> bool:
    """Whether a range of this representation continues what the client has (strong comparison, section 13.1.5)."""
    return if_range is None or if_range.strip() in (etag, last_modified)


def byte_range(header: bytes | None, size: int) -> range | None:
    """The wanted part of `size` bytes; None for all of them.

    Several ranges and malformed ones are ignored, as section 14.2 permits; installers ask for one.

    Raises:
        Unsatisfiable: no byte of the range exists.
    """
    match = _RANGE.fullmatch(header) if header is not None else None
    if match is None:
        return None
    first, last = match.groups()
    if not first:
        return _suffix(int(last), size) if last else None
    start, stop = int(first), int(last) + 1 if last else size
    if last and int(last) < start:
        return None
    if start >= size:
        raise Unsatisfiable
    return range(start, min(stop, size))


def _suffix(length: int, size: int) -> range | None:
    """The last bytes; of an empty representation there are none to tell apart."""
    if length == 0:
        raise Unsatisfiable
    return range(max(0, size - length), size) if size else None


@lru_cache(maxsize=256)
def takes_gzip(accept_encoding: bytes) -> bool:
    """Whether a gzip-coded answer is welcome (section 12.5.3)."""
    codings = accept_encoding[:1000].decode("latin-1").lower().split(",")
    wishes = {coding.strip()[:1]: match for coding in codings if (match := _GZIP.fullmatch(coding.strip()))}
    match = wishes.get("g") or wishes.get("x") or wishes.get("*")
    return match is not None and (match[1] is None or match[1].strip("0.") != "")
