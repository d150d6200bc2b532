"""The header lines of METADATA and PKG-INFO, told apart as the standard library's e-mail parser tells them apart.

Done here and not by that parser, because core metadata is not an e-mail: a Content-Type or Content-Transfer-Encoding
line would make it take the description apart, and `packaging` needs time by the square of the number of header names.
"""

import re
from functools import cached_property

from attrs import field, frozen

from domain.contents import InvalidDistribution

_ONCE = """
    metadata-version name version summary description keywords home-page author author-email license download-url
    maintainer maintainer-email requires-python description-content-type license-expression
"""
_OFTEN = """
    platform supported-platform classifier requires provides obsoletes requires-dist provides-dist obsoletes-dist
    requires-external project-url provides-extra dynamic license-file import-name import-namespace
"""
SINGLE = frozenset(_ONCE.split())
"""Core metadata fields that are there once."""
REPEATED = frozenset(_OFTEN.split())
"""Core metadata fields that may be there any number of times."""

# No blank in front of the colon: for the standard library such a line ends the header. A line without a name, or one as
# mailboxes have between messages, neither ends it nor says anything.
_IN_A_HEADER = re.compile(rb"From |[\x21-\x39\x3b-\x7e]*:|[ \t]")
_MAILBOX = b"From "
_HEADER = re.compile(rb"([\x21-\x39\x3b-\x7e]+):[ \t]*(.*)", re.DOTALL)
_CONTROLS = re.compile(r"[\x00-\x08\x0b-\x1f\x7f]")
_ABSENT = ("", "UNKNOWN")  # distutils wrote UNKNOWN for everything that was not said
# Widely used packages have about a thousand Requires-Dist lines.
_MOST_HEADERS = 20_000


class TooManyHeaders(InvalidDistribution):
    """More header lines than any real package has."""


@frozen
class Fields:
    """Core metadata fields; folded lines of a value are separated by line feeds and still indented.

    Attributes:
        stray: the first line between the fields that is none and that readers may take in different ways.
    """

    told: dict[str, list[bytes]] = field(factory=dict)
    body: bytes = b""
    stray: bytes | None = None

    @property
    def repeated(self) -> frozenset[str]:
        """Names of the fields that are there too often."""
        return frozenset(name for name, values in self.told.items() if name in SINGLE and len(values) > 1)

    @cached_property
    def undecodable(self) -> frozenset[str]:
        """Names of the fields that are not UTF-8."""
        return frozenset(name for name, values in self.told.items() if not all(map(_is_utf8, values)))

    def values(self, name: str) -> list[bytes]:
        """All values as they are."""
        return self.told.get(name, [])

    def first(self, name: str) -> str:
        """The first value to the letter, trimmed: nothing is cleaned out of what identifies a file."""
        return next((_decoded(value).strip() for value in self.values(name)), "")

    def line(self, name: str) -> str | None:
        """The first value on one line; None if nothing is said."""
        return next((_said(_joined(value)) for value in self.values(name)), None)

    def text(self, name: str) -> str | None:
        """The first value with its lines; None if nothing is said."""
        return next((_said(_cleaned(dedented(_decoded(value)))) for value in self.values(name)), None)

    def several(self, name: str) -> tuple[str, ...]:
        """All values, each on one line."""
        return tuple(value for value in (_said(_joined(value)) for value in self.values(name)) if value)

    def description(self) -> str | None:
        """From the body (PEP 566) or, in older metadata, from the header."""
        body = _decoded(self.body).replace("\r\n", "\n").replace("\r", "\n")
        return _said(_cleaned(body), trimmed=False) or self.text("description")


def read(raw: bytes) -> Fields:
    """The core metadata fields among the header lines, and what follows the header."""
    head, body = _split(raw)
    headers, stray = _headers(head)
    told: dict[str, list[bytes]] = {}
    for name, lines in headers:
        if name in SINGLE or name in REPEATED:
            told.setdefault(name, []).append(b"\n".join(lines))
    return Fields(told, body, stray)


def dedented(text: str) -> str:
    """A folded value as it was before it was folded.

    distutils indented each further line of Description and License by eight blanks (PEP 314), PEP 345 by seven blanks
    and a bar; other lines lose the blank that folding takes.
    """
    first, *rest = text.split("\n")
    return "\n".join([first, *(_unfolded(line) for line in rest)])


def _split(raw: bytes) -> tuple[list[bytes], bytes]:
    """The lines of the header, and the body."""
    lines = raw.splitlines(keepends=True)
    end = next((place for place, line in enumerate(lines) if not _IN_A_HEADER.match(line)), len(lines))
    is_blank = end < len(lines) and not lines[end].strip(b"\r\n")
    body = lines[end + is_blank :]
    if end > 1 and lines[end - 1].startswith(_MAILBOX):
        end -= 1
        body.insert(0, lines[end])
    return lines[:end], b"".join(body)


def _headers(lines: list[bytes]) -> tuple[list[tuple[str, list[bytes]]], bytes | None]:
    """Names and lines of values, and the first line that is neither."""
    headers: list[tuple[str, list[bytes]]] = []
    stray: bytes | None = None
    value: list[bytes] | None = None
    for line in lines:
        if line[:1] in (b" ", b"\t"):
            if value is not None:
                value.append(line.rstrip(b"\r\n"))
        elif told := _HEADER.match(line):
            if len(headers) == _MOST_HEADERS:
                raise TooManyHeaders(f"Metadata has more than {_MOST_HEADERS} header lines.")
            value = [told[2].rstrip(b"\r\n")]
            headers.append((told[1].decode("ascii").lower(), value))
        else:
            value = None
            stray = line if stray is None else stray
    return headers, stray


def _unfolded(line: str) -> str:
    for indent in ("       |", "        ", "\t", " "):
        if line.startswith(indent):
            return line.removeprefix(indent)
    return line


def _is_utf8(value: bytes) -> bool:
    try:
        value.decode()
    except UnicodeDecodeError:
        return False
    return True


def _decoded(value: bytes) -> str:
    """Before metadata 2.1 nobody said how it is encoded; Latin-1 never fails."""
    try:
        return value.decode()
    except UnicodeDecodeError:
        return value.decode("latin-1")


def _joined(value: bytes) -> str:
    return " ".join(line.strip() for line in _cleaned(_decoded(value)).split("\n"))


def _cleaned(text: str) -> str:
    return _CONTROLS.sub("", text)


def _said(text: str, *, trimmed: bool = True) -> str | None:
    return None if text.strip() in _ABSENT else text.strip() if trimmed else text
