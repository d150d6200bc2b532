"""The one reading of a ZIP file on which every reader agrees, or none.

A ZIP file says everything twice, in front of each member and in a directory at its end, and readers differ in which
they believe: installers that stream see other files than those that seek, and scanners see a third thing. This gate
reads both sides itself and lets only files pass in which they say the same, member behind member without a gap, and
nothing else. Format: PKWARE APPNOTE 6.3.10. Nothing is allocated for a count or size that was only declared.
"""

import struct
from collections.abc import Iterator
from typing import BinaryIO

from attrs import frozen

from adapters.archives.zip_records import Directory, ZipNotAccepted, find_directory, read, widened
from domain.contents import InvalidDistribution
from domain.policy import Bounds

STORED, DEFLATED = 0, 8

_CENTRAL = struct.Struct("<4s6H3L5H2L")
_LOCAL = struct.Struct("<4s5H3L2H")

_DESCRIPTOR_FOLLOWS, _UTF8_NAME = 0x0008, 0x0800
# How hard the deflater tried says nothing about the content; every other flag changes how a member is read.
_HARMLESS = 0x0006 | _UTF8_NAME
# Readers give up on versions of the format that came after them; Python's zipfile knows this one.
_NEWEST_VERSION = 63
_LONGEST_NAME = 1_024


class UnsupportedCompression(InvalidDistribution):
    """Neither stored nor deflated: installers cannot read it."""

    def __init__(self) -> None:
        super().__init__("File does not use a supported compression type")


@frozen
class Entry:
    """One member, directories (with their slash) included. `start` is where its data begins."""

    name: str
    method: int
    crc: int
    packed: int
    size: int
    start: int
    mode: int


@frozen
class _Central:
    """What the directory says about one member."""

    name: bytes
    flags: int
    method: int
    crc: int
    packed: int
    size: int
    offset: int
    mode: int


def entries(file: BinaryIO, bounds: Bounds) -> list[Entry]:
    """All members in the order they lie in the file.

    Raises:
        InvalidDistribution: readers could disagree.
        TooMuchInside: more entries than the bounds allow.
    """
    directory = find_directory(file, bounds)
    told = sorted(_central_entries(file, directory), key=lambda central: central.offset)
    _no_name_comes_twice(told)
    found, place = [], 0
    for central in told:
        if central.offset != place:
            raise ZipNotAccepted("Mismatched central directory offset")
        entry = _agreed(file, central)
        place = entry.start + entry.packed
        found.append(entry)
    if place != directory.start:
        raise ZipNotAccepted("Unknown record signature")
    return found


def _central_entries(file: BinaryIO, directory: Directory) -> Iterator[_Central]:
    raw = read(file, directory.start, directory.size)
    place = 0
    for _ in range(directory.entries):
        if place + _CENTRAL.size > len(raw):
            raise ZipNotAccepted("Mismatched central directory records")
        told = _CENTRAL.unpack_from(raw, place)
        signature, _, needed, flags, method, _, _, crc, packed, size = told[:10]
        name_length, extra_length, comment_length, disk, _, external, offset = told[10:]
        if signature != b"PK\x01\x02":
            raise ZipNotAccepted("Unknown record signature")
        place += _CENTRAL.size
        name, extra = raw[place : place + name_length], raw[place + name_length : place + name_length + extra_length]
        place += name_length + extra_length
        if place > len(raw):
            raise ZipNotAccepted("Mismatched central directory records")
        if comment_length:
            raise ZipNotAccepted("Comment in central directory")
        if disk or needed & 0xFF > _NEWEST_VERSION:
            raise ZipNotAccepted("Malformed zip file")
        size, packed, offset = widened(extra, size, packed, offset)
        yield _Central(name, flags, method, crc, packed, size, offset, external >> 16)
    if place != len(raw):
        raise ZipNotAccepted("Mismatched central directory size")


def _agreed(file: BinaryIO, central: _Central) -> Entry:
    """The member as its local header tells it too."""
    raw = read(file, central.offset, _LOCAL.size)
    signature, _, flags, method, _, _, crc, packed, size, name_length, extra_length = _LOCAL.unpack(raw)
    if signature != b"PK\x03\x04":
        raise ZipNotAccepted("Unknown record signature")
    rest = read(file, central.offset + _LOCAL.size, name_length + extra_length)
    name, extra = rest[:name_length], rest[name_length:]
    size, packed = widened(extra, size, packed)
    if (flags | central.flags) & _DESCRIPTOR_FOLLOWS:
        raise ZipNotAccepted("ZIP contains a data descriptor")
    if flags != central.flags or flags & ~_HARMLESS:
        raise ZipNotAccepted("Malformed zip file")
    if method != central.method or method not in (STORED, DEFLATED):
        raise UnsupportedCompression
    if name != central.name:
        raise ZipNotAccepted("Filename not in central directory")
    if packed != central.packed or (method == STORED and packed != size):
        raise ZipNotAccepted("Mis-matched data size")
    if size != central.size or crc != central.crc:
        raise ZipNotAccepted("Mis-matched file size")
    start = central.offset + _LOCAL.size + name_length + extra_length
    return Entry(_decoded(name, flags), method, crc, packed, size, start, central.mode)


def _no_name_comes_twice(told: list[_Central]) -> None:
    if len({central.name for central in told}) != len(told):
        raise ZipNotAccepted("Duplicate filename in central directory")


def _decoded(name: bytes, flags: int) -> str:
    """Without the flag, readers take a name for CP437, for UTF-8 or for what the machine uses: only ASCII is safe."""
    if not flags & _UTF8_NAME and not name.isascii():
        raise ZipNotAccepted("Filename not unicode")
    if not name or len(name) > _LONGEST_NAME or b"\0" in name:
        raise ZipNotAccepted("Invalid character in filename")
    try:
        return name.decode()
    except UnicodeDecodeError:
        raise ZipNotAccepted("Filename not valid UTF-8") from None
