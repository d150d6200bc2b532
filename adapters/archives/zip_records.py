"""The records at the end of a ZIP file, and the extra fields that change what other records say."""

import os
import struct
from typing import BinaryIO

from attrs import frozen

from domain.contents import InvalidDistribution, TooMuchInside
from domain.policy import Bounds

_END = struct.Struct("<4s4H2LH")
_END_64 = struct.Struct("<4sQ2H2L4Q")
_LOCATOR_64 = struct.Struct("<4sLQL")
_EXTRA = struct.Struct("<2H")

_ALL_16, _ALL_32 = 0xFFFF, 0xFFFFFFFF
_ZIP64, _UNICODE_PATH = 0x0001, 0x7075
# 100,000 entries with names of 400 characters; it is read into memory.
_LARGEST_DIRECTORY = 48 * 2**20


class NotAZip(InvalidDistribution):
    """There is no ZIP directory at the end."""

    def __init__(self) -> None:
        super().__init__("File is not a zipfile")


class ZipNotAccepted(InvalidDistribution):
    """Two readers could see different things in it."""

    def __init__(self, reason: str) -> None:
        super().__init__(f"ZIP archive not accepted: {reason}.")


@frozen
class Directory:
    """Where the central directory lies and how many entries it says to have."""

    entries: int
    start: int
    size: int


def find_directory(file: BinaryIO, bounds: Bounds) -> Directory:
    """Where the directory lies: it ends where the end records begin, and the file ends with those."""
    length = file.seek(0, os.SEEK_END)
    if length < _END.size:
        raise NotAZip
    place = length - _END.size
    signature, disk, first_disk, here, total, size, start, comment = _END.unpack(read(file, place, _END.size))
    if signature != b"PK\x05\x06":
        file.seek(max(0, length - _END.size - _ALL_16))
        if b"PK\x05\x06" in file.read():
            raise ZipNotAccepted("Trailing data")
        raise NotAZip
    if comment or disk or first_disk or here != total:
        raise ZipNotAccepted("Mismatched central directory records")
    told = Directory(total, start, size)
    if place >= _LOCATOR_64.size and read(file, place - _LOCATOR_64.size, 4) == b"PK\x06\x07":
        told, place = _directory_64(file, told, place - _LOCATOR_64.size)
    if told.start + told.size != place:
        raise ZipNotAccepted("Mismatched central directory offset")
    if told.entries > bounds.entries:
        raise TooMuchInside(f"It has {told.entries} entries; this index opens {bounds.entries}.")
    if told.size > _LARGEST_DIRECTORY:
        raise TooMuchInside(f"Its directory has {told.size} bytes; this index reads {_LARGEST_DIRECTORY}.")
    return told


def _directory_64(file: BinaryIO, short: Directory, locator: int) -> tuple[Directory, int]:
    """The ZIP64 end record directly in front of its locator; what the short record says as well has to agree."""
    _, disk, place, disks = _LOCATOR_64.unpack(read(file, locator, _LOCATOR_64.size))
    if disk or disks != 1 or place + _END_64.size > locator:
        raise ZipNotAccepted("Malformed zip file")
    signature, length, _, _, this, first, here, total, size, start = _END_64.unpack(read(file, place, _END_64.size))
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
    return Directory(total, start, size), place


def widened(extra: bytes, *numbers: int) -> tuple[int, ...]:
    """The numbers with ZIP64's 64 bits for those that say "see there", in its order: size, packed, offset."""
    wide = _extras(extra).get(_ZIP64)
    wanting = [number == _ALL_32 for number in numbers]
    # Some writers (Bazel's) say the same in both places; then there is nothing to disagree about.
    if wide is None or (not any(wanting) and wide == struct.pack(f"<{len(numbers)}Q", *numbers)[: len(wide)]):
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


def read(file: BinaryIO, place: int, length: int) -> bytes:
    """Exactly these bytes. Lengths come from 16-bit fields or were compared with what the file has."""
    file.seek(place)
    raw = file.read(length)
    if len(raw) != length:
        raise ZipNotAccepted("Malformed zip file")
    return raw
