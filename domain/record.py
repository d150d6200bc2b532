"""RECORD: what a wheel says it holds (PEP 376, PEP 427), compared with what it does hold."""

import base64
import binascii
import csv
import io
from collections.abc import Iterator

from attrs import frozen

from domain.contents import Contents, InvalidDistribution, Member
from domain.wording import shown

_SIGNATURES = ("RECORD.jws", "RECORD.p7s")
_STRONG = "sha256"
_HEX_DIGITS = 64


class RecordUnreadable(InvalidDistribution):
    """Not UTF-8 CSV of three columns."""


class RecordRepeats(InvalidDistribution):
    """One path on two lines."""


class NotInRecord(InvalidDistribution):
    """A file that nobody vouches for."""


class NotInWheel(InvalidDistribution):
    """A file that is vouched for and missing."""


class RecordHashMissing(InvalidDistribution):
    """A line without a SHA-256 or without a size. MD5 and SHA-1 are not permitted (PEP 427)."""


class RecordMismatch(InvalidDistribution):
    """The file is not the one that is vouched for."""


@frozen
class _Line:
    path: str
    hash: str
    size: str


def check_record(contents: Contents, record_path: str) -> None:
    """RECORD names every file exactly once and tells its true SHA-256 and size.

    RECORD itself and its signatures cannot be in it; if they have a line, it says no hash. A hash of theirs is not
    looked at.
    """
    members = {member.path: member for member in contents.members}
    exempt = {record_path, *(record_path.removesuffix("RECORD") + name for name in _SIGNATURES)}
    lines: dict[str, _Line] = {}
    for line in _lines(contents.texts[record_path]):
        # Told at once, so that a RECORD of a million lines is not kept.
        if line.path not in members and line.path not in exempt:
            raise NotInWheel(f"RECORD lists {shown(line.path)}, which the wheel does not contain")
        if line.path in lines:
            raise RecordRepeats(f"RECORD lists {shown(line.path)} more than once")
        lines[line.path] = line
    if missing := sorted(members.keys() - lines.keys() - exempt):
        raise NotInRecord(f"RECORD does not list {shown(missing[0])}")
    for path in sorted(lines.keys() - exempt):
        _the_line_is_true(lines[path], members[path])


def _lines(raw: bytes) -> Iterator[_Line]:
    try:
        # Without strict, csv takes the rest of the file for one field after a lost quote.
        for row in csv.reader(io.StringIO(raw.decode(), newline=""), strict=True):
            if not row:
                continue
            path, told_hash, size = row
            # Directories have no place in RECORD, but some builders list them; they vouch for nothing.
            if not path.endswith("/"):
                yield _Line(path, told_hash, size)
    except (ValueError, csv.Error):
        raise RecordUnreadable("RECORD cannot be read") from None


def _the_line_is_true(line: _Line, member: Member) -> None:
    algorithm, _, told = line.hash.partition("=")
    if algorithm != _STRONG or not line.size:
        raise RecordHashMissing(
            f"RECORD has no sha256 and size for {shown(line.path)}; no other hash is compared, nor taken unseen"
        )
    if _digest(told) != bytes.fromhex(member.sha256) or line.size != str(member.size):
        raise RecordMismatch(f"RECORD does not match {shown(line.path)}")


def _digest(told: str) -> bytes | None:
    """URL-safe base64 without padding; some builders (gmsh's) write hex, which says the same."""
    try:
        if len(told) == _HEX_DIGITS:
            return bytes.fromhex(told)
        return base64.b64decode(told.rstrip("=") + "=", altchars=b"-_", validate=True)
    except (ValueError, binascii.Error):
        return None
