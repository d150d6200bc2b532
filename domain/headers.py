"""The header lines of METADATA and PKG-INFO, read as the standard library's e-mail parser reads them.

Done here and not by that parser, because core metadata is not an e-mail: a Content-Type or Content-Transfer-Encoding
line would make it take the description apart, and its time grows with the square of the number of header names.
"""

import re

from attrs import frozen

from domain.contents import InvalidDistribution

_HEADER = re.compile(rb"([\x21-\x39\x3b-\x7e]+)[ \t]*:[ \t]*(.*)", re.DOTALL)
# Widely used packages have about a thousand Requires-Dist lines.
_MOST = 20_000


class TooManyHeaders(InvalidDistribution):
    """More header lines than any real package has."""


@frozen
class Header:
    """One field. `name` is lower-case; the value keeps the line breaks of folded lines, as ``\\n``."""

    name: str
    value: bytes


def split(raw: bytes) -> tuple[list[Header], bytes]:
    """The header lines and what follows them."""
    lines = raw.removeprefix(b"\xef\xbb\xbf").splitlines(keepends=True)
    headers: list[tuple[str, list[bytes]]] = []
    for place, line in enumerate(lines):
        if line[:1] in (b" ", b"\t") and line.strip():
            if headers:
                headers[-1][1].append(line.rstrip(b"\r\n"))
            continue
        told = _HEADER.match(line)
        if told is None:
            body = lines[place:] if line.strip() else lines[place + 1 :]
            break
        if len(headers) == _MOST:
            raise TooManyHeaders(f"Metadata has more than {_MOST} header lines.")
        headers.append((told[1].decode("ascii").lower(), [told[2].rstrip(b"\r\n")]))
    else:
        body = []
    return [Header(name, b"\n".join(values)) for name, values in headers], b"".join(body)


def dedented(text: str) -> str:
    """A folded value as it was before it was folded.

    distutils indented each further line of Description and License by eight blanks (PEP 314), PEP 345 by seven blanks
    and a bar; other lines lose the blank that folding takes.
    """
    first, *rest = text.split("\n")
    return "\n".join([first, *(_unfolded(line) for line in rest)])


def _unfolded(line: str) -> str:
    for indent in ("       |", "        ", "\t", " "):
        if line.startswith(indent):
            return line.removeprefix(indent)
    return line
