"""The one reading of a ZIP file on which every reader agrees, or none.

A ZIP file says everything twice, in front of each member and in a directory at its end, and readers differ in which they
believe: installers that stream see other files than those that seek, and scanners see a third thing. This gate reads both
sides itself and lets only files pass in which they say the same, member behind member without a gap, and nothing else.
Format: PKWARE APPNOTE 6.3.10. Nothing is allocated for a count or size that was only declared.
"""

import os
import struct
from collections.abc import Iterator
from typing import BinaryIO

from attrs import frozen

from domain.contents import InvalidDistribution, TooMuchInside
from domain.policy import Bounds

STORED, DEFLATED = 0, 8

_END = struct.Struct("<4s4H2LH")
_END_64 = struct.Struct("<4sQ2H2L4Q")
_LOCATOR_64 = struct.Struct("<4sLQL")
_CENTRAL = struct.Struct("<4s6H3L5H2L")
_LOCAL = struct.Struct("<4s5H3L2H")
_EXTRA = struct.Struct("<2H")

_ALL_16, _ALL_32 = 0xFFFF, 0xFFFFFFFF
_ZIP64, _UNICODE_PATH = 0x0001, 0x7075
_DESCRIPTOR_FOLLOWS, _UTF8_NAME = 0x0008, 0x0800
# How hard the deflater tried says nothing about the content; every other flag changes how a member is read.
_HARMLESS = 0x0006 | _UTF8_NAME
_LONGEST_NAME = 2_048
# Names, fixed fields and what tools add to them; real directories stay far below.
_BYTES_AN_ENTRY = 512


class NotAZip(InvalidDistribution):
    """There is no ZIP directory at the end."""

    def __init__(self) -> None:
        super().__init__("File is not a zipfile")


class ZipNotAccepted(InvalidDistribution):
    """Two readers could see different things in it."""

    def __init__(self, reason: str) -> None:
        super().__init__(f"ZIP archive not accepted: {reason}.")


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
class _Directory:
    entries: int
    start: int
    size: int


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
    directory = _directory(file, bounds)
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


def _directory(file: BinaryIO, bounds: Bounds) -> _Directory:
    """Where the directory lies: it ends where the end records begin, and the file ends with those."""
    length = file.seek(0, os.SEEK_END)
    if length < _END.size:
        raise NotAZip
    place = length - _END.size
    signature, disk, first_disk, here, total, size, start, comment = _END.unpack(_read(file, place, _END.size))
    if signature != b"PK\x05\x06":
        file.seek(max(0, length - _END.size - _ALL_16))
        if b"PK\x05\x06" in file.read():
            raise ZipNotAccepted("Trailing data")
        raise NotAZip
    if comment or disk or first_disk or here != total:
        raise ZipNotAccepted("Mismatched central directory records")
    told = _Directory(total, start, size)
    if place >= _LOCATOR_64.size and _read(file, place - _LOCATOR_64.size, 4) == b"PK\x06\x07":
        told, place = _directory_64(file, told, place - _LOCATOR_64.size)
    if told.start + told.size != place:
        raise ZipNotAccepted("Mismatched central directory offset")
    if told.entries > bounds.entries:
        raise TooMuchInside(f"It has {told.entries} entries; this index opens {bounds.entries}.")
    if told.size > told.entries * (_CENTRAL.size + _BYTES_AN_ENTRY):
        raise ZipNotAccepted("Mismatched central directory size")
    return told


def _directory_64(file: BinaryIO, short: _Directory, locator: int) -> tuple[_Directory, int]:
    """The ZIP64 end record directly in front of its locator; what the short record says as well has to agree."""
    _, disk, place, disks = _LOCATOR_64.unpack(_read(file, locator, _LOCATOR_64.size))
    if disk or disks != 1 or place + _END_64.size > locator:
        raise ZipNotAccepted("Malformed zip file")
    signature, length, _, _, this, first, here, total, size, start = _END_64.unpack(_read(file, place, _END_64.size))
    if signature != b"PK\x06\x06" or this or first or here != total:
        raise ZipNotAccepted("Mismatched central directory records")
    if place + _END_64.size != locator or length != _END_64.size - 12:
        raise ZipNotAccepted("ZIP64 extensible data not allowed")
    for told, limit, told_64 in (
        (short.entries, _ALL_16, total),
        (short.size, _ALL_32, size),
        (short.start, _ALL_32, start),
    ):
        if told not in (limit, told_64):
            raise ZipNotAccepted("Mismatched central directory records")
    return _Directory(total, start, size), place


def _central_entries(file: BinaryIO, directory: _Directory) -> Iterator[_Central]:
    raw = _read(file, directory.start, directory.size)
    place = 0
    for _ in range(directory.entries):
        if place + _CENTRAL.size > len(raw):
            raise ZipNotAccepted("Mismatched central directory records")
        (signature, _, _, flags, method, _, _, crc, packed, size, *lengths, disk, _, external, offset) = _CENTRAL.unpack_from(raw, place)  # fmt: skip
        if signature != b"PK\x01\x02":
            raise ZipNotAccepted("Unknown record signature")
        name_length, extra_length, comment_length = lengths
        place += _CENTRAL.size
        name, extra = raw[place : place + name_length], raw[place + name_length : place + name_length + extra_length]
        place += name_length + extra_length
        if place > len(raw):
            raise ZipNotAccepted("Mismatched central directory records")
        if comment_length:
            raise ZipNotAccepted("Comment in central directory")
        if disk:
            raise ZipNotAccepted("Malformed zip file")
        size, packed, offset = _widened(extra, size, packed, offset)
        yield _Central(name, flags, method, crc, packed, size, offset, external >> 16)
    if place != len(raw):
        raise ZipNotAccepted("Mismatched central directory size")


def _agreed(file: BinaryIO, central: _Central) -> Entry:
    """The member as its local header tells it too."""
    raw = _read(file, central.offset, _LOCAL.size)
    signature, _, flags, method, _, _, crc, packed, size, name_length, extra_length = _LOCAL.unpack(raw)
    if signature != b"PK\x03\x04":
        raise ZipNotAccepted("Unknown record signature")
    rest = _read(file, central.offset + _LOCAL.size, name_length + extra_length)
    name, extra = rest[:name_length], rest[name_length:]
    size, packed = _widened(extra, size, packed)
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


def _widened(extra: bytes, *numbers: int) -> tuple[int, ...]:
    """The numbers with ZIP64's 64 bits for those that say "see there", in its order: size, packed, offset."""
    wide = _extras(extra).get(_ZIP64)
    wanting = [number == _ALL_32 for number in numbers]
    if wide is None:
        return numbers
    if len(wide) != 8 * sum(wanting):
        raise ZipNotAccepted("Mis-matched file size")
    values = iter(struct.unpack(f"<{sum(wanting)}Q", wide))
    return tuple(next(values) if see_there else number for number, see_there in zip(numbers, wanting, strict=True))


def _extras(extra: bytes) -> dict[int, bytes]:
    found: dict[int, bytes] = {}
    place = 0
    while place < len(extra):
        if place + _EXTRA.size > len(extra):
            raise ZipNotAccepted("Malformed zip file")
        key, length = _EXTRA.unpack_from(extra, place)
        place += _EXTRA.size
        if place + length > len(extra):
            raise ZipNotAccepted("Malformed zip file")
        if key in found:
            raise ZipNotAccepted("Invalid duplicate extra in local file")
        if key == _UNICODE_PATH:
            # A second name for the member, which some readers prefer.
            raise ZipNotAccepted("Invalid character in filename")
        found[key] = extra[place : place + length]
        place += length
    return found


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


def _read(file: BinaryIO, place: int, length: int) -> bytes:
    file.seek(place)
    raw = file.read(length)
    if len(raw) != length:
        raise ZipNotAccepted("Malformed zip file")
    return raw
