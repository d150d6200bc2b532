"""Lines of an access log in CloudFront's standard format, for servers that are no CloudFront.

Source: "Standard log file fields" in the CloudFront developer guide, the 33 fields in their order. Nothing secret is in
a line: no cookies, no credentials, no queries of functions.
"""

import ipaddress
import re
from collections.abc import Iterable
from datetime import UTC, datetime
from functools import lru_cache
from typing import NamedTuple
from urllib.parse import unquote_to_bytes

from domain.routing import DYNAMIC

EDGE = "LCL1"
"""Where all answers come from: this one machine."""

FIELDS = (
    "date time x-edge-location sc-bytes c-ip cs-method cs(Host) cs-uri-stem sc-status cs(Referer) cs(User-Agent) "
    "cs-uri-query cs(Cookie) x-edge-result-type x-edge-request-id x-host-header cs-protocol cs-bytes time-taken "
    "x-forwarded-for ssl-protocol ssl-cipher x-edge-response-result-type cs-protocol-version fle-status "
    "fle-encrypted-fields c-port time-to-first-byte x-edge-detailed-result-type sc-content-type sc-content-len "
    "sc-range-start sc-range-end"
)
HEADER = f"#Version: 1.0\n#Fields: {FIELDS}\n"

Answered = tuple[int, str, int, bytes, int, int, bytes, int, int, int, bool]
"""A request and its answer, as a plain tuple: one is made for every request, and equal ones are written together.

- second of the end, since the epoch
- address of the peer, empty if it has none, and its port
- head of the request as `head_of` makes it, or as it came; empty if none could be read
- bytes that came behind the head
- status; 0 if the peer left before an answer
- header fields of the answer as they were sent, names lower case
- bytes of the answer with its head
- milliseconds from the request to the end of the answer, and to its beginning
- whether the answer came to its end
"""

_UNSAID = "-"
_KEPT = 1024
_LONGEST_KEPT = 1024  # bytes: nobody fills the memory with inventions
_LONGEST_ADDRESS = 64
_LEAST_ERROR = 400
_ODD = "\"#%'<>[\\]^`{|}~"
_FIRST_PRINTED, _LAST_PRINTED = 0x21, 0x7E
_ENCODED = {
    code: f"%{code:02X}" for code in range(256) if not _FIRST_PRINTED <= code <= _LAST_PRINTED or chr(code) in _ODD
}
_LINE_END = re.compile(rb"\r?\n")
_CONTENT_RANGE = re.compile(rb"bytes ([0-9]+)-([0-9]+)/")
_FUNCTIONS = re.compile(rb"/*(?:%s)(?:/|$)" % "|".join(sorted(DYNAMIC)).encode(), re.IGNORECASE)
_REFERER = re.compile(
    rb"([a-z][a-z0-9+.-]*://)?(?:(?<=://)(?:[^/?#]*@)?([^/?#]*))?([^?#]*)(?:\?([^#]*))?", re.IGNORECASE
)


def head_of(method: str, target: bytes, version: str, headers: Iterable[tuple[bytes, bytes]]) -> bytes:
    """A request without its body, as it goes over the wire (RFC 9112 section 3)."""
    first = b"%s %s HTTP/%s\r\n" % (method.encode(), target, version.encode())
    return b"".join([first, *(b"%s: %s\r\n" % field for field in headers), b"\r\n"])


def lines(answered: Answered, requests: Iterable[str]) -> str:
    """One line for each of these ids of requests that are otherwise the same; at least one."""
    second, host, port, head, body, status, told, sent, taken, first, whole = answered
    asked = (_kept if len(head) <= _LONGEST_KEPT else _Asked.of)(head)
    result = asked.result if whole and 0 < status < _LEAST_ERROR else "Error"
    address, is_local = _peer(host)
    if is_local and asked.forwarded:
        address, port = (asked.forwarded, 0)
    before = (
        f"{_time(second)}\t{EDGE}\t{sent}\t{address}\t{asked.method}\t{asked.site}\t{asked.path}\t{status:03}\t"
        f"{asked.referer}\t{asked.agent}\t{asked.query}\t-\t{result}\t"
    )
    after = (
        f"\t{asked.site}\thttp\t{len(head) + body}\t{taken / 1000:.3f}\t-\t-\t-\t{result}\t{asked.protocol}\t-\t-\t"
        f"{port or _UNSAID}\t{first / 1000:.3f}\t{result if whole else 'ClientCommError'}\t{_content(told)}\n"
    )
    return f"{before}{(after + before).join(requests)}{after}"


def encoded(raw: bytes) -> str:
    """Bytes that a client sent, as CloudFront writes them: once more, whether they were encoded before or not."""
    return raw.decode("latin-1").translate(_ENCODED) or _UNSAID


class _Asked(NamedTuple):
    """What a request's head says, in columns.

    Attributes:
        forwarded: the address for which a proxy asks; empty if it does not say so.
        result: of a request that is answered.
    """

    method: str
    site: str
    path: str
    query: str
    protocol: str
    referer: str
    agent: str
    forwarded: str
    result: str

    @classmethod
    def of(cls, head: bytes) -> "_Asked":
        """Read it; what is not there is a hyphen."""
        first, *fields = _LINE_END.split(head.lstrip(b"\r\n"))
        method, _, rest = first.partition(b" ")
        target, _, protocol = rest.rpartition(b" ")
        path, _, query = target.partition(b"?")
        said: dict[bytes, bytes] = {}
        for field in fields:
            name, _, value = field.partition(b":")
            said[name.lower()] = value.strip(b" \t")
        is_function = _names_function(path)
        return cls(
            method=encoded(method),
            site=encoded(said.get(b"host", b"")),
            path=encoded(path),
            query=_UNSAID if is_function else encoded(query),
            protocol=encoded(protocol),
            referer=_referer(said.get(b"referer", b"")),
            agent=encoded(said.get(b"user-agent", b"")),
            forwarded=_last_address(said.get(b"x-forwarded-for", b"")[-_LONGEST_ADDRESS:]),
            result="Miss" if is_function else "Hit",
        )


_kept = lru_cache(_KEPT)(_Asked.of)


@lru_cache(2)
def _time(second: int) -> str:
    """Date and time, two columns."""
    return datetime.fromtimestamp(second, UTC).strftime("%Y-%m-%d\t%H:%M:%S")


@lru_cache(_KEPT)
def _peer(host: str) -> tuple[str, bool]:
    """The peer's address, and whether it is this machine."""
    address = _address(host)
    return (_UNSAID, False) if address is None else (str(address), address.is_loopback)


def _last_address(forwarded: bytes) -> str:
    """For whom the last proxy asks; empty if that is no address."""
    address = _address(forwarded.rpartition(b",")[2].decode("latin-1").strip(" \t[]"))
    return "" if address is None else str(address)


def _address(text: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    try:
        address = ipaddress.ip_address(text.partition("%")[0])
    except ValueError:
        return None
    return getattr(address, "ipv4_mapped", None) or address


def _names_function(path: bytes) -> bool:
    return _FUNCTIONS.match(unquote_to_bytes(path)) is not None


def _referer(raw: bytes) -> str:
    """Without its user and password, and without what it asked a function."""
    found = _REFERER.match(raw)
    scheme, host, path, query = found.groups(b"") if found else (b"", b"", b"", b"")
    shown = query and not _names_function(path)
    return encoded(scheme + host + path + (b"?" + query if shown else b""))


@lru_cache(_KEPT)
def _content(head: bytes) -> str:
    """The last four columns: type and length of what was sent, and which part of the whole it is."""
    kind = length = start = end = b""
    for field in head.split(b"\r\n"):
        name, _, value = field.partition(b": ")
        if name == b"content-type":
            kind = value
        elif name == b"content-length":
            length = value
        elif name == b"content-range" and (part := _CONTENT_RANGE.match(value)):
            start, end = part.groups()
    return "\t".join(map(encoded, (kind, length, start, end)))
