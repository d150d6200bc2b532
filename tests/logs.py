"""Access logs as CloudFront writes them."""

import gzip
from collections.abc import Sequence

DAY = "2026-11-24"
STEM = "/packages/frob/1.0/frob-1.0-py3-none-any.whl"

_LEGACY = (
    "date time x-edge-location sc-bytes c-ip cs-method cs(Host) cs-uri-stem sc-status cs(Referer) cs(User-Agent) "
    "cs-uri-query cs(Cookie) x-edge-result-type x-edge-request-id x-host-header cs-protocol cs-bytes time-taken "
    "x-forwarded-for ssl-protocol ssl-cipher x-edge-response-result-type cs-protocol-version fle-status "
    "fle-encrypted-fields c-port time-to-first-byte x-edge-detailed-result-type sc-content-type sc-content-len "
    "sc-range-start sc-range-end"
)
LEGACY = _LEGACY.split()
"""The 33 fields of standard logging, version 1."""

_CHOSEN = (
    "date time timestamp(ms) x-edge-location c-ip c-country cs-method cs-uri-stem sc-status sc-bytes cs(User-Agent) "
    "x-edge-result-type x-edge-request-id x-host-header sc-range-start sc-range-end"
)
CHOSEN = _CHOSEN.split()
"""What the stack chooses of standard logging, version 2."""

_USUAL = {
    "date": DAY,
    "time": "10:00:00",
    "x-edge-location": "FRA56-P1",
    "c-ip": "192.0.2.1",
    "c-country": "DE",
    "cs-method": "GET",
    "cs-uri-stem": STEM,
    "sc-status": "200",
    "cs(User-Agent)": "uv/0.9.11",
    "x-edge-result-type": "Hit",
}


def line(request: str, fields: Sequence[str] = CHOSEN, **values: str) -> str:
    """A line about a request; `values` by fields, with underscores as in the table and `agent` for the agent."""
    said = {**_USUAL, "x-edge-request-id": request}
    for name, value in values.items():
        said["cs(User-Agent)" if name == "agent" else name.replace("_", "-")] = value
    return "\t".join(said.get(field, "-") for field in fields)


def line_of(request: str, fields: Sequence[str] = CHOSEN, **values: str) -> str:
    """A line like that, of an address that is called like the request: rows do not tell a request's id."""
    return line(request, fields, **{"c_ip": request, **values})


def log(*lines: str, fields: Sequence[str] = CHOSEN) -> str:
    """The text of a file of these lines."""
    return "\n".join(("#Version: 1.0", f"#Fields: {' '.join(fields)}", *lines, ""))


def packed(text: str | bytes) -> bytes:
    """The text as gzip."""
    return gzip.compress(text if isinstance(text, bytes) else text.encode(), mtime=0)
