"""Members of a ZIP file that passed the gate, streamed: what they are, how long, with which digest."""

import hashlib
import os
import stat
import tarfile
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from adapters.archives import zip_gate
from adapters.archives.budget import Budget
from adapters.archives.zip_gate import DEFLATED, Entry
from adapters.archives.zip_records import ZipNotAccepted
from domain.artifacts import Artifact
from domain.contents import Contents, InvalidDistribution, Link, Member, kept_bytes
from domain.policy import Bounds
from domain.wording import shown

_CHUNK = 256 * 1024


class ZipAndTar(InvalidDistribution):
    """Both kinds of reader find something in it."""

    def __init__(self) -> None:
        super().__init__("File is both a zip and a tar file")


class NotAFile(InvalidDistribution):
    """A device, a pipe, a directory with content."""


def inspect(path: Path, artifact: Artifact, bounds: Bounds) -> Contents:
    """See `domain.ports.archives`."""
    with path.open("rb") as file:
        entries = zip_gate.entries(file, bounds)
        _it_is_not_a_tar_as_well(file)
        budget = Budget(bounds, file.seek(0, os.SEEK_END))
        # All sizes are known to be told twice alike; a bomb is refused before a byte of it is unpacked.
        budget.unpack(sum(entry.size for entry in entries))
        members, directories, links, texts = [], [], [], {}
        for entry in entries:
            limit = kept_bytes(entry.name, artifact, bounds)
            if limit is not None:
                budget.keep(entry.size, limit)
            member, text = _read(file, entry, keep=limit is not None)
            kind = stat.S_IFMT(entry.mode)
            if entry.name.endswith("/"):
                _the_directory_is_empty(entry)
                directories.append(entry.name.removesuffix("/"))
            elif kind == stat.S_IFLNK:
                links.append(Link(entry.name, "", symbolic=True))
            elif kind in (0, stat.S_IFREG):
                members.append(member)
                if text is not None:
                    texts[entry.name] = text
            else:
                raise NotAFile(f"{shown(entry.name)} is not a regular file.")
    return Contents(tuple(members), tuple(directories), tuple(links), texts)


def _it_is_not_a_tar_as_well(file: BinaryIO) -> None:
    """The first member of a ZIP, if stored, can be written so that the file starts like a tar archive."""
    file.seek(0)
    try:
        tarfile.TarInfo.frombuf(file.read(tarfile.BLOCKSIZE), "utf-8", "surrogateescape")
    except (tarfile.TarError, ValueError):
        return
    raise ZipAndTar


def _the_directory_is_empty(entry: Entry) -> None:
    if entry.size or stat.S_IFMT(entry.mode) not in (0, stat.S_IFDIR):
        raise NotAFile(f"{shown(entry.name)} is named like a directory and is none.")


def _read(file: BinaryIO, entry: Entry, *, keep: bool) -> tuple[Member, bytes | None]:
    digest, crc, size, kept = hashlib.sha256(), 0, 0, []
    for chunk in _unpacked(file, entry):
        size += len(chunk)
        if size > entry.size:
            break
        digest.update(chunk)
        crc = zlib.crc32(chunk, crc)
        if keep:
            kept.append(chunk)
    if size != entry.size or crc != entry.crc:
        raise ZipNotAccepted("Mis-matched file size")
    return Member(entry.name, size, digest.hexdigest()), b"".join(kept) if keep else None


def _unpacked(file: BinaryIO, entry: Entry) -> Iterator[bytes]:
    """The member's bytes. Its packed data has to end exactly where the deflate stream does: no room for more."""
    file.seek(entry.start)
    if entry.method != DEFLATED:
        yield from _packed(file, entry)
        return
    inflate = zlib.decompressobj(-zlib.MAX_WBITS)
    try:
        for packed in _packed(file, entry):
            yield from _inflated(inflate, packed)
            if inflate.unused_data:
                raise ZipNotAccepted("Mis-matched data size")
    except zlib.error:
        raise ZipNotAccepted("Malformed zip file") from None
    if not inflate.eof:
        raise ZipNotAccepted("Malformed zip file")


def _inflated(inflate: "zlib._Decompress", packed: bytes) -> Iterator[bytes]:
    """All that these packed bytes give, a chunk at a time: one byte may stand for a thousand."""
    while True:
        chunk = inflate.decompress(packed, _CHUNK)
        packed = inflate.unconsumed_tail
        if chunk:
            yield chunk
        if not packed and len(chunk) < _CHUNK:
            return


def _packed(file: BinaryIO, entry: Entry) -> Iterator[bytes]:
    left = entry.packed
    while left:
        packed = file.read(min(left, _CHUNK))
        if not packed:
            raise ZipNotAccepted("Malformed zip file")
        left -= len(packed)
        yield packed
