"""What the lines of a log are: directives, and requests in the columns that the latest `#Fields` line names."""

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import cache
from io import BytesIO

Fields = tuple[bytes, ...]

COLUMNS = "wrong columns"
BYTES = "bad bytes"
NO_FIELDS = "no #Fields"
TOO_LONG = "too long"
INCOMPLETE = "incomplete file"

_FIELDS = b"#Fields:"
_STEM = b"cs-uri-stem"
_TAB, _LINE_FEED = b"\t", b"\n"
_NEITHER = bytes(set(range(256)) - {*_TAB, *_LINE_FEED})
_DAY_LENGTH = 10


def laid_out(pieces: Iterable[bytes]) -> Iterator[tuple[Fields, bytes]]:
    """The requests in their order with the fields that hold for them; pieces are whole lines.

    Before the first `#Fields` line there are no fields.
    """
    fields: Fields = ()
    for piece in pieces:
        at = 0
        while at < len(piece):
            directive = _directive(piece, at)
            if directive > at:
                yield fields, piece[at:directive]
            at = piece.find(_LINE_FEED, directive) + 1 or len(piece)
            if piece.startswith(_FIELDS, directive):
                fields = tuple(piece[directive + len(_FIELDS) : at].split())


def is_clean(lines: bytes) -> bool:
    """Whether there is text only, as CloudFront writes it."""
    return b"\r" not in lines and is_text(lines)


def is_text(lines: bytes) -> bool:
    """Whether this is UTF-8 without the characters that no log holds."""
    if b"\0" in lines:
        return False
    if lines.isascii():
        return True
    try:
        lines.decode()
    except UnicodeDecodeError:
        return False
    return True


def shape_of(lines: bytes) -> bytes:
    """Their tabs and ends only: a fraction of the bytes, which tells about all lines at once."""
    return lines.translate(None, _NEITHER)


def is_regular(fields: Fields, shape: bytes) -> bool:
    """Whether each line has as many columns as there are fields."""
    each = _TAB * (len(fields) - 1) + _LINE_FEED
    return bool(fields) and shape == each * (len(shape) // len(each))


def sifted(fields: Fields, lines: bytes, malformed: Counter[str]) -> list[bytes]:
    """The lines that can be read, without their ends; the others are added to `malformed`. Empty ones are nothing."""
    good = []
    for line in lines.replace(b"\r\n", _LINE_FEED).split(_LINE_FEED):
        if not line:
            continue
        if not fields:
            malformed[NO_FIELDS] += 1
        elif line.count(_TAB) != len(fields) - 1:
            malformed[COLUMNS] += 1
        elif b"\r" in line or not is_text(line):
            malformed[BYTES] += 1
        else:
            good.append(line)
    return good


def dates(fields: Fields, lines: bytes) -> set[bytes]:
    """What stands where the day should be, in lines with too few or too many columns as well."""
    if b"date" not in fields:
        return set()
    column = fields.index(b"date")
    if column == 0:
        return {line[:_DAY_LENGTH] for line in BytesIO(lines)}
    each = lines.replace(b"\r\n", _LINE_FEED).split(_LINE_FEED)
    return {found for line in each for found in line.split(_TAB, column + 1)[column : column + 1]}


def of_files(fields: Fields, lines: bytes) -> bytes:
    """The lines that may be about downloads; `count_downloads.sql` passes over all others, which are most."""
    if _STEM not in fields:
        return b""
    is_of_file = _file_after(fields.index(_STEM))
    wanted: Iterator[bytes] = filter(is_of_file, BytesIO(lines))
    return b"".join(wanted)


def picked(fields: Fields, lines: Sequence[bytes], names: Sequence[bytes], unsaid: bytes) -> Iterator[bytes]:
    """The lines with these columns only, in this order; `unsaid` stands where there is no such column."""
    columns = [fields.index(name) if name in fields else len(fields) for name in names]
    for line in lines:
        values = [*line.split(_TAB), unsaid]
        yield _TAB.join([values[column] for column in columns])


@cache
def _file_after(columns: int) -> Callable[[bytes], object]:
    """Tells by a line whether the path after so many columns is one of a file, or maybe one in escapes."""
    path = rb"(?:/packages/[^\t\n]*+(?<!\.metadata)|[^\t]*%)"
    return re.compile(rb"(?:[^\t]*+\t){%d}+%b" % (columns, path)).match


def _directive(piece: bytes, start: int) -> int:
    """Where the next line begins that is none of a request; the end if none does."""
    if piece.startswith(b"#", start):
        return start
    if piece.find(b"#", start) < 0:  # much faster than to look for two bytes
        return len(piece)
    found = piece.find(b"\n#", start)
    return found + 1 if found >= 0 else len(piece)
