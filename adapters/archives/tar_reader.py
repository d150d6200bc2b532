"""Members of a .tar.gz, walked once as a stream.

Blocks are decoded by `tarfile`; walking is done here, because `tarfile` reads extended headers of any declared size
into memory, overlooks what follows the first empty block, and knows sparse files and devices that no source
distribution needs.
Formats: POSIX.1-2001 (pax), ustar, GNU, v7.
"""

import hashlib
import os
import re
import tarfile
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from adapters.archives.budget import Budget
from adapters.archives.gzip_stream import GzipStream, NotATar
from adapters.archives.zip_reader import ZipAndTar
from domain.artifacts import Artifact
from domain.contents import Contents, InvalidDistribution, Link, Member, TooMuchInside, kept_bytes
from domain.policy import Bounds
from domain.wording import shown

_BLOCK = tarfile.BLOCKSIZE
_CHUNK = 256 * 1024
_LONGEST_EXTENSION = 64 * 1024
_LONGEST_NAME = 1_024
_EMPTY = bytes(_BLOCK)
_LONG = {tarfile.GNUTYPE_LONGNAME: "path", tarfile.GNUTYPE_LONGLINK: "linkpath"}
_LOCAL_PAX = (tarfile.XHDTYPE, tarfile.SOLARIS_XHDTYPE)
# Of every file's own header; for all files at once they would be nonsense.
_OF_ONE_FILE = ("path", "linkpath", "size")
_SIZE, _CHECKSUM, _MAGIC, _PREFIX = slice(124, 136), slice(148, 156), slice(257, 265), slice(345, 500)
_USTAR = b"ustar\x0000"
# What is more than that, signs and underscores and leading NULs, `int` reads in one way and other programs in others.
_OCTAL = re.compile(rb" *[0-7]+[ \0]*")
_BINARY = b"\x80"
_ZIP_END, _ZIP_END_SIZE, _LONGEST_ZIP_COMMENT = b"PK\x05\x06", 22, 0xFFFF


class TarNotAccepted(InvalidDistribution):
    """Two readers could see different things in it, or it holds what is no file."""

    def __init__(self, reason: str) -> None:
        super().__init__(f"tar archive not accepted: {reason}.")


def inspect(path: Path, artifact: Artifact, bounds: Bounds) -> Contents:
    """See `domain.ports.archives`."""
    with path.open("rb") as file:
        length = _it_is_not_a_zip_as_well(file)
        budget = Budget(bounds, length)
        stream = GzipStream(file, budget)
        members, directories, links, texts = [], [], [], {}
        for info in _headers(stream, budget):
            if info.isreg():
                limit = kept_bytes(info.name, artifact, bounds)
                if limit is not None:
                    budget.keep(info.size, limit)
                member, text = _read(stream, info, keep=limit is not None)
                members.append(member)
                if text is not None:
                    texts[info.name] = text
            elif info.isdir():
                directories.append(info.name.rstrip("/"))
            else:
                links.append(Link(info.name, info.linkname, symbolic=info.issym()))
    return Contents(tuple(members), tuple(directories), tuple(links), texts)


def _it_is_not_a_zip_as_well(file: BinaryIO) -> int:
    """ZIP readers look for an end record whose comment reaches to the last byte, whatever stands in front."""
    length = file.seek(0, os.SEEK_END)
    file.seek(max(0, length - _ZIP_END_SIZE - _LONGEST_ZIP_COMMENT))
    tail = file.read()
    place = tail.find(_ZIP_END)
    while place >= 0:
        comment = int.from_bytes(tail[place + 20 : place + 22], "little")
        if place + _ZIP_END_SIZE + comment == len(tail):
            raise ZipAndTar
        place = tail.find(_ZIP_END, place + 1)
    file.seek(0)
    return length


def _headers(stream: GzipStream, budget: Budget) -> Iterator[tarfile.TarInfo]:
    """Each member's header with its extensions applied. Whoever takes a regular file reads its content in between."""
    extension: dict[str, str] = {}
    wanting = False
    while (block := stream.read(_BLOCK)) != _EMPTY:
        info = _header(block)
        budget.enter()
        wanting = True
        if info.type in _LONG:
            extension = _with(extension, {_LONG[info.type]: _long(_extension(stream, info), info.size)})
        elif info.type in _LOCAL_PAX:
            extension = _with(extension, _pax(_extension(stream, info)[: info.size]))
        elif info.type == tarfile.XGLTYPE:
            _the_global_header_names_no_file(_pax(_extension(stream, info)[: info.size]))
        else:
            _apply(info, extension)
            extension, wanting = {}, False
            _it_is_a_file_directory_or_link(info)
            yield info
    if wanting:
        raise TarNotAccepted("Extended header without a member")
    _nothing_follows(stream)


def _with(extension: dict[str, str], told: dict[str, str]) -> dict[str, str]:
    """With a GNU long name and a pax path, or two of either, readers take the first or the last."""
    if extension.keys() & told.keys():
        raise TarNotAccepted("Two extended headers for one member")
    return extension | told


def _header(block: bytes) -> tarfile.TarInfo:
    if len(block) != _BLOCK:
        raise NotATar
    try:
        # A name that an extended header replaces is cut off anywhere, so bytes are judged when it is known: `_apply`.
        info = tarfile.TarInfo.frombuf(block, "utf-8", "surrogateescape")
    except (tarfile.TarError, ValueError):
        raise NotATar from None
    if not _OCTAL.fullmatch(block[_CHECKSUM]) or not (_OCTAL.fullmatch(block[_SIZE]) or block[_SIZE][:1] == _BINARY):
        raise TarNotAccepted("Malformed header")
    if block[_MAGIC] != _USTAR and any(block[_PREFIX]):
        # For some the first part of the name, for others something else or nothing.
        raise TarNotAccepted("Header with a prefix that its format does not have")
    return info


def _extension(stream: GzipStream, info: tarfile.TarInfo) -> bytes:
    """The blocks that belong to an extended header, padding included."""
    if not 0 <= info.size <= _LONGEST_EXTENSION:
        raise TooMuchInside(f"tar archive not accepted: Extended header of {info.size} bytes.")
    raw = stream.read(_padded(info.size))
    if len(raw) != _padded(info.size):
        raise NotATar
    return raw


def _long(raw: bytes, size: int) -> str:
    """A name up to its NUL. GNU tar looks for that within the declared size, Python within the whole blocks."""
    name = raw.split(b"\0", 1)[0]
    if len(name) > size:
        raise TarNotAccepted("Malformed extended header")
    return _text(name)


def _pax(raw: bytes) -> dict[str, str]:
    """Records of ``length key=value`` and a line feed, the length counting itself."""
    found, place = {}, 0
    while place < len(raw):
        blank = raw.find(b" ", place, place + 8)
        told = raw[place:blank] if blank > 0 else b""
        end = place + int(told) if told.isdigit() else 0
        if not blank < end <= len(raw) or raw[end - 1 : end] != b"\n":
            raise TarNotAccepted("Malformed extended header")
        key, equals, value = raw[blank + 1 : end - 1].partition(b"=")
        if not (key and equals):  # older ones of Python stop before a record without a name
            raise TarNotAccepted("Malformed extended header")
        if key.startswith((b"GNU.sparse.", b"SCHILY.realsize")):
            raise TarNotAccepted("Sparse members are not allowed")
        if key.decode("ascii", "replace") in _OF_ONE_FILE:
            found[key.decode()] = _text(value)
        place = end
    return found


def _the_global_header_names_no_file(pax: dict[str, str]) -> None:
    if pax:
        raise TarNotAccepted("Global header with names or sizes")


def _apply(info: tarfile.TarInfo, extension: dict[str, str]) -> None:
    info.name = extension.get("path", info.name)
    info.linkname = extension.get("linkpath", info.linkname)
    for text in (info.name, info.linkname):
        _text(text.encode("utf-8", "surrogateescape"))
    if "size" in extension:
        told = extension["size"]
        if not (told.isascii() and told.isdigit() and len(told) < 20):  # noqa: PLR2004 - 2**63 has 19 digits
            raise TarNotAccepted("Malformed extended header")
        info.size = int(told)


def _it_is_a_file_directory_or_link(info: tarfile.TarInfo) -> None:
    if info.type == tarfile.GNUTYPE_SPARSE:
        raise TarNotAccepted("Sparse members are not allowed")
    if not (info.isreg() or info.isdir() or info.issym() or info.islnk()):
        raise TarNotAccepted(f"{shown(info.name)} is a device or something unknown")
    if info.size < 0 or (info.size and not info.isreg()):
        # Readers differ in whether such a size means bytes to skip.
        raise TarNotAccepted(f"{shown(info.name)} has a size and no content")
    if len(info.name) > _LONGEST_NAME or len(info.linkname) > _LONGEST_NAME:
        raise TarNotAccepted("Filename is too long")


def _nothing_follows(stream: GzipStream) -> None:
    while block := stream.read(_CHUNK):
        if block.count(0) != len(block):
            raise TarNotAccepted("Trailing data")


def _read(stream: GzipStream, info: tarfile.TarInfo, *, keep: bool) -> tuple[Member, bytes | None]:
    digest, left, kept = hashlib.sha256(), info.size, []
    while left:
        chunk = stream.read(min(left, _CHUNK))
        if not chunk:
            raise NotATar
        left -= len(chunk)
        digest.update(chunk)
        if keep:
            kept.append(chunk)
    padding = _padded(info.size) - info.size
    if len(stream.read(padding)) != padding:
        raise NotATar
    return Member(info.name, info.size, digest.hexdigest()), b"".join(kept) if keep else None


def _padded(size: int) -> int:
    return -(-size // _BLOCK) * _BLOCK


def _text(raw: bytes) -> str:
    try:
        text = raw.decode()
    except UnicodeDecodeError:
        raise TarNotAccepted("Filename not valid UTF-8") from None
    if "\0" in text:
        raise TarNotAccepted("Invalid character in filename")
    return text
