"""ZIP files in which each number and name of each record can be another than it should be."""

import struct
import zlib

from attrs import Factory, define, evolve

from tests.hostile.choices import Choices
from tests.hostile.names import PATHS

_WRONG_16 = (0, 1, 8, 0xFFFF, 0x7FFF)
_WRONG_32 = (0, 1, 0xFFFFFFFF, 0x7FFFFFFF, 100)
_FLAGS = (0, 0x0001, 0x0008, 0x0800, 0x0006, 0x0020, 0x0040, 0x2000, 0x0801)
_METHODS = (8, 0, 1, 9, 12, 14, 93, 95, 99)
_MODES = (0o100644, 0, 0o120777, 0o040755, 0o010644, 0o020644, 0o060644, 0o140644, 0o104755, 0o170000)


def _extras(member: "Member") -> tuple[bytes, ...]:
    size, packed = len(member.content), len(member.packed)
    return (
        b"",
        struct.pack("<2HBL", 0x5455, 5, 1, 0),
        struct.pack("<2H2Q", 1, 16, size, packed),
        struct.pack("<2H2Q", 1, 16, size + 1, packed),
        struct.pack("<2H3Q", 1, 24, size, packed, 0),
        struct.pack("<2HQ", 1, 8, 2**60),
        struct.pack("<2H", 1, 200),
        struct.pack("<2H2Q", 1, 16, size, packed) * 2,
        struct.pack("<2HBL", 0x7075, 9, 1, zlib.crc32(member.name)) + b"evil",
        struct.pack("<2HBL", 0x6375, 9, 1, 0) + b"evil",
        struct.pack("<2H", 0xCAFE, 0),
        b"\1",
        bytes(40),
    )


@define
class Header:
    """What one of the two records about a member says."""

    name: bytes
    flags: int
    method: int
    crc: int
    packed: int
    size: int
    extra: bytes = b""
    version: int = 20

    def fields(self) -> tuple[int, int, int, int, int, int, int, int]:
        """The part that both records have."""
        return self.version & 0xFFFF, self.flags, self.method, 0, 0x21, self.crc, self.packed, self.size


@define
class Member:
    """A member as it should be; `local` and `central` may say other things."""

    name: bytes
    content: bytes
    method: int = 8
    mode: int = 0o100644
    comment: bytes = b""
    disk: int = 0
    offset: int | None = None
    before: bytes = b""
    after: bytes = b""
    is_hidden: bool = False
    packed: bytes = b""
    local: Header = Factory(lambda self: self._header(), takes_self=True)
    central: Header = Factory(lambda self: self._header(), takes_self=True)

    def _header(self) -> Header:
        if self.method == 0:
            self.packed = self.content
        else:
            pack = zlib.compressobj(9, zlib.DEFLATED, -15)
            self.packed = pack.compress(self.content) + pack.flush()
        flags = 0 if self.name.isascii() else 0x0800
        return Header(self.name, flags, self.method, zlib.crc32(self.content), len(self.packed), len(self.content))


def _spoil_header(choices: Choices, header: Header, member: Member) -> None:
    match choices.number(8):
        case 0:
            header.name = choices.one_of(PATHS)
        case 1:
            header.flags = choices.one_of(_FLAGS)
        case 2:
            header.method = choices.one_of(_METHODS)
        case 3:
            header.crc = choices.one_of(_WRONG_32)
        case 4:
            header.packed = choices.one_of((*_WRONG_32, header.packed + 1, max(0, header.packed - 1)))
        case 5:
            header.size = choices.one_of((*_WRONG_32, header.size + 1, max(0, header.size - 1)))
        case 6:
            header.extra = choices.one_of(_extras(member))
        case _:
            header.version = choices.one_of((20, 10, 45, 63, 64, 0xFF, 0x0314, 0xFFFF))


def _spoil_member(choices: Choices, member: Member) -> None:
    match choices.number(10):
        case 0:
            _spoil_header(choices, member.local, member)
        case 1:
            _spoil_header(choices, member.central, member)
        case 2 | 3:  # both alike: a lie in which the records agree
            _spoil_header(choices, member.local, member)
            member.central = evolve(member.local)
        case 4:
            member.mode = choices.one_of(_MODES)
        case 5:
            member.comment = choices.one_of((b"hi", b"PK\x05\x06" + bytes(18)))
        case 6:
            member.disk = choices.one_of(_WRONG_16)
        case 7:
            member.offset = choices.one_of(_WRONG_32)
        case 8:
            member.before = choices.one_of((b"hidden", bytes(16), b"PK\x03\x04"))
        case _:
            member.after = choices.one_of((b"hidden", struct.pack("<4s3L", b"PK\x07\x08", 0, 0, 0)))


def zipped(choices: Choices, members: list[Member]) -> bytes:
    """The members as one file, some of whose records may be spoilt."""
    for _ in range(max(0, choices.number(6) - 3)):
        if members:
            _spoil_member(choices, members[choices.number(len(members))])
    if choices.chance(40) and members:
        members.append(evolve(members[choices.number(len(members))]))
    if choices.chance(50) and members:
        members[choices.number(len(members))].is_hidden = True
    body = choices.one_of((b"",) * 60 + (b"#!/bin/sh\n",))
    directory, entries = b"", 0
    for member in members:
        local, central = member.local, member.central
        offset = len(body) + len(member.before) if member.offset is None else member.offset
        lengths = len(local.name), len(local.extra)
        body += member.before + struct.pack("<4s5H3L2H", b"PK\x03\x04", *local.fields(), *lengths)
        body += local.name + local.extra + member.packed + member.after
        if not member.is_hidden:
            entries += 1
            lengths = len(central.name), len(central.extra)
            tail = len(member.comment), member.disk, 0, member.mode << 16, offset
            directory += struct.pack("<4s6H3L5H2L", b"PK\x01\x02", 0x0314, *central.fields(), *lengths, *tail)
            directory += central.name + central.extra + member.comment
    return body + directory + _end(choices, entries, len(body), len(directory))


def _end(choices: Choices, entries: int, start: int, size: int) -> bytes:
    """The records at the end."""
    shape = choices.number(60)
    here = total = min(entries, 0xFFFF)
    comment = b""
    record = b""
    match shape:
        case 53:
            here = choices.one_of(_WRONG_16)
        case 54:
            here = total = choices.one_of(_WRONG_16)
        case 55:
            start = choices.one_of(_WRONG_32)
        case 56:
            size = choices.one_of(_WRONG_32)
        case 57:
            comment = choices.one_of((b"comment", b"PK\x05\x06" + bytes(18), b"x" * 65535))
        case 58 | 59:
            told = choices.one_of((entries, entries + 1, 2**60, 0))
            length = choices.one_of((44, 45, 0, 2**63 - 1))
            place = choices.one_of((start + size, 0, start, 2**62))
            disks = choices.one_of((1, 0, 2, 0xFFFFFFFF))
            record = struct.pack("<4sQ2H2L4Q", b"PK\x06\x06", length, 45, 45, 0, 0, told, told, size, start)
            record += struct.pack("<4sLQL", b"PK\x06\x07", 0, place, disks)
            if choices.chance(2):
                here = total = 0xFFFF
                start = size = 0xFFFFFFFF
        case _:
            pass
    tail = choices.one_of((b"",) * 60 + (b"\0",))
    return (
        record + struct.pack("<4s4H2LH", b"PK\x05\x06", 0, 0, here, total, size, start, len(comment)) + comment + tail
    )
