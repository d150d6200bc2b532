"""Tar archives whose headers, extended headers and compression can be other than they should be."""

import gzip
import zlib

from attrs import define

from tests.hostile.choices import Choices
from tests.hostile.names import PATHS, TARGETS

_BLOCK = 512
_TYPES = (b"0", b"\0", b"7", b"1", b"2", b"3", b"4", b"5", b"6", b"S", b"L", b"K", b"x", b"g", b"X", b"V", b"M", b"Z")
_NUMBERS = (
    b"00000000000\0",
    b"0000000_010\0",
    b"+0000000010\0",
    b"-0000000001\0",
    b"\x0000000000010",
    b"         10\0",
    b"10         \0",
    b"00000000000 ",
    b"777777777777",
    b"\x80" + bytes(10) + b"\x05",
    b"\x80" + bytes(3) + b"\x7f" + b"\xff" * 7,
    b"\xff" * 12,
    b"\x1f0000000001",
    bytes(12),
    b" " * 12,
    b"0x000000010\0",
    b"99999999999\0",
)
_MAGICS = (b"ustar\x0000", b"ustar  \0", bytes(8), b"ustar\0\0\0", b"USTAR\x0000", b"tar\0\0\0\0\0")
_PREFIXES = (b"", b"foo-1.0", b"..", b"/etc", b"foo-1.0/../..", b"\xff", b"x" * 155)
_RECORDS = (
    b"comment=x",
    b"path=foo-1.0/other",
    b"path=../../x",
    b"path=foo-1.0/d/",
    b"path=",
    b"path=foo-1.0/a\0b",
    b"path=\xff",
    b"linkpath=../../x",
    b"size=5",
    b"size=-5",
    b"size=1_0",
    b"size= 5",
    b"size=99999999999999999999",
    b"size=5.0",
    b"size=",
    b"GNU.sparse.major=1",
    b"GNU.sparse.name=foo-1.0/evil",
    b"GNU.sparse.realsize=999999999999",
    b"GNU.sparse.map=0,5",
    b"SCHILY.realsize=99",
    b"hdrcharset=BINARY",
    b"mtime=1e308",
    b"mtime=nan",
    b"mtime=-99999999999999",
    b"uid=abc",
    b"LIBARCHIVE.symlinktype=dir",
    b"path",
    b"=x",
    b"charset=x",
)


@define
class Entry:
    """A header and what follows it."""

    name: bytes
    content: bytes = b""
    kind: bytes = b"0"
    target: bytes = b""
    size: bytes = b""
    mode: bytes = b"0000644\0"
    time: bytes = b"00000000000\0"
    magic: bytes = b"ustar\x0000"
    prefix: bytes = b""
    checksum: bytes = b""
    padding: int = 0

    def raw(self) -> bytes:
        """Its blocks."""
        header = bytearray(_BLOCK)
        for place, length, value in (
            (0, 100, self.name),
            (100, 8, self.mode),
            (108, 8, b"0000000\0"),
            (116, 8, b"0000000\0"),
            (124, 12, self.size or b"%011o\0" % len(self.content)),
            (136, 12, self.time),
            (148, 8, b" " * 8),
            (156, 1, self.kind),
            (157, 100, self.target),
            (257, 8, self.magic),
            (345, 155, self.prefix),
        ):
            header[place : place + length] = value[:length].ljust(length, b"\0")
        header[148:156] = self.checksum or b"%06o\0 " % sum(header)
        return bytes(header) + self.content + bytes(max(0, -len(self.content) % _BLOCK + self.padding))


def pax(records: list[bytes], choices: Choices) -> bytes:
    """Records with their lengths in front, right ones mostly."""
    parts = []
    for record in records:
        length = next(n for n in range(len(record) + 2, len(record) + 9) if len(b"%d %s\n" % (n, record)) == n)
        told = choices.one_of((b"%d" % length,) * 30 + (b"0", b"-5", b"999", b"1_0", b" 9"))
        parts.append(told + b" " + record + choices.one_of((b"\n",) * 30 + (b"", b"\0")))
    return b"".join(parts)


def _extension(choices: Choices) -> Entry:
    kind = choices.one_of((b"x", b"g", b"L", b"K", b"X"))
    if kind in (b"L", b"K"):
        name = choices.one_of((*PATHS, *TARGETS))
        return Entry(b"././@LongLink", name + choices.one_of((b"\0", b"", b"\0evil\0")), kind)
    records = [choices.one_of(_RECORDS) for _ in range(1 + choices.number(3))]
    return Entry(b"./PaxHeaders/x", pax(records, choices), kind)


def _spoil(choices: Choices, entry: Entry) -> None:
    if choices.chance(8):
        entry.kind = choices.one_of((b"2", b"1", b"5", b"\0"))
        entry.name = choices.one_of((b"foo-1.0/link", b"foo-1.0/d/"))
        entry.target, entry.content = choices.one_of(TARGETS), b""
        return
    padding = (0, _BLOCK, 1, -1) if entry.content else (0,)
    spoilt: dict[str, tuple[object, ...]] = {
        "name": PATHS,
        "kind": _TYPES,
        "target": TARGETS,
        "size": _NUMBERS,
        "mode": (b"0000644\0", b"0000000\0", b"0007777\0", b"-000001\0", b"\x80" + b"\xff" * 7),
        "time": _NUMBERS,
        "magic": _MAGICS,
        "prefix": _PREFIXES,
        "checksum": (b"0000000\0", bytes(8), b"00_0000\0"),
        "padding": padding,
    }
    field = choices.one_of(tuple(spoilt))
    setattr(entry, field, choices.one_of(spoilt[field]))
    if field == "prefix":
        entry.magic = choices.one_of(_MAGICS)


def tarred(choices: Choices, entries: list[Entry]) -> bytes:
    """The entries as one archive, some of whose headers may be spoilt."""
    for _ in range(max(0, choices.number(6) - 3)):
        _spoil(choices, entries[choices.number(len(entries))])
    for _ in range(max(0, choices.number(8) - 6)):
        entries.insert(choices.number(len(entries) + 1), _extension(choices))
    if choices.chance(10):
        entries.append(entries[choices.number(len(entries))])
    plain = b"".join(entry.raw() for entry in entries)
    plain += choices.one_of((bytes(1024),) * 40 + (b"", bytes(512), bytes(1024) + b"x", bytes(10240)))
    return packed(choices, choices.mutated(plain) if choices.chance(5) else plain)


def packed(choices: Choices, plain: bytes) -> bytes:
    """As gzip, in one of the ways in which it can be written."""
    whole = gzip.compress(plain, compresslevel=1, mtime=0)
    match choices.number(60):
        case 53:
            return gzip.compress(plain[:700], mtime=0) + gzip.compress(plain[700:], mtime=0)
        case 54:
            return whole + choices.one_of((b"\0", b"hidden", whole))
        case 55:
            return whole[: -1 - choices.number(16)]
        case 56:  # file name, comment, extra field and checksum of the header
            flags = choices.one_of((0x08, 0x10, 0x04, 0x02, 0x1F, 0xE0))
            fields = choices.one_of((b"x\0", b"\2\0ab", b"x\0y\0", b"../../evil\0"))
            return whole[:3] + bytes([flags]) + whole[4:10] + fields + whole[10:]
        case 57:
            return choices.one_of(
                (plain, zlib.compress(plain), b"BZh9" + whole, b"\xfd7zXZ\0" + whole, b"\x28\xb5\x2f\xfd")
            )
        case 58:
            return whole[:-8] + choices.raw(8)
        case 59:
            return gzip.compress(whole, mtime=0)
        case _:
            return whole
