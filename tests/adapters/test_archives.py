"""Opening archives: honest ones are read, and every trick is refused before it costs anything."""

import gzip
import hashlib
import io
import struct
import tarfile
import tracemalloc
import zipfile
import zlib
from pathlib import Path

import pytest
from attrs import evolve
from hypothesis import given, settings
from hypothesis import strategies as st

from adapters.archives import FileArchives, zip_gate, zip_records
from adapters.archives.budget import CompressedTooWell
from adapters.archives.gzip_stream import BytesAfterGzip, NotATar
from adapters.archives.tar_reader import TarNotAccepted
from adapters.archives.zip_gate import UnsupportedCompression
from adapters.archives.zip_reader import NotAFile, ZipAndTar
from adapters.archives.zip_records import NotAZip, ZipNotAccepted
from domain.artifacts import parse_filename
from domain.contents import Contents, TooMuchInside
from domain.distributions import judge
from domain.policy import Bounds, Policy
from domain.ports.archives import Archives
from domain.refusals import Invalid
from tests.refusals import check_told_plainly
from tests.wheels import make_sdist, make_tar_gz, make_wheel, make_zip

WHEEL, GOOD = make_wheel(
    "foo-bar", "1.0", files={"foo_bar/__init__.py": b"x = 1\n" * 50, "foo_bar/data": bytes(range(256))}
)
SDIST, GOOD_SDIST = make_sdist("foo-bar", "1.0")
SMALL = Bounds(ratio_from_bytes=1024 * 1024, unpacked_bytes=8 * 1024 * 1024, entries=50)


@pytest.fixture
def here(tmp_path: Path) -> Path:
    return tmp_path


def inspect(here: Path, raw: bytes, filename: str = WHEEL, bounds: Bounds = SMALL) -> Contents:
    path = here / "upload"
    path.write_bytes(raw)
    archives: Archives = FileArchives()
    return archives.inspect(path, parse_filename(filename, old_sdists=True), bounds)


def zipped(*members: tuple[zipfile.ZipInfo | str, bytes], comment: bytes = b"") -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for info, raw in members:
            archive.writestr(info, raw)
        archive.comment = comment
    return buffer.getvalue()


def tarred(
    *members: tuple[tarfile.TarInfo, bytes], fmt: int = tarfile.PAX_FORMAT, pax: dict[str, str] | None = None
) -> bytes:
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w", format=fmt, pax_headers=pax) as archive:
        for info, raw in members:
            archive.addfile(info, io.BytesIO(raw) if raw else None)
    return gzip.compress(buffer.getvalue(), mtime=0)


def tar_info(name: str, *, kind: bytes = tarfile.REGTYPE, size: int = 0, target: str = "") -> tarfile.TarInfo:
    info = tarfile.TarInfo(name)
    info.type, info.size, info.linkname = kind, size, target
    return info


def central(raw: bytes) -> int:
    return struct.unpack_from("<L", raw, len(raw) - 6)[0]  # type: ignore[no-any-return]


def patched(raw: bytes, place: int, new: bytes) -> bytes:
    return raw[:place] + new + raw[place + len(new) :]


def test_an_honest_wheel_is_read(here: Path) -> None:
    contents = inspect(here, GOOD)
    with zipfile.ZipFile(io.BytesIO(GOOD)) as archive:
        expected = {name: archive.read(name) for name in archive.namelist()}
    assert {member.path: (member.size, member.sha256) for member in contents.members} == {
        name: (len(raw), hashlib.sha256(raw).hexdigest()) for name, raw in expected.items()
    }
    assert contents.texts == {name: raw for name, raw in expected.items() if ".dist-info/" in name}
    assert judge(parse_filename(WHEEL), contents, Policy()).name == "foo-bar"


@pytest.mark.parametrize("extension", [".tar.gz", ".zip"])
def test_an_honest_sdist_is_read(here: Path, extension: str) -> None:
    filename, raw = make_sdist("foo-bar", "1.0", extension=extension)
    contents = inspect(here, raw, filename)
    assert list(contents.texts) == ["foo_bar-1.0/PKG-INFO"]
    assert judge(parse_filename(filename, old_sdists=True), contents, Policy(), strict=False).name == "foo-bar"


def test_stored_members_directories_and_empty_files_are_read(here: Path) -> None:
    raw = zipped(("a/", b""), ("a/empty", b""), ("a/x", b"1"))
    contents = inspect(here, raw)
    assert contents.directories == ("a",)
    assert [(member.path, member.size) for member in contents.members] == [("a/empty", 0), ("a/x", 1)]


def test_metadata_beyond_its_bound_is_refused(here: Path) -> None:
    _, raw = make_wheel("foo-bar", "1.0", description="x" * 5000)
    with pytest.raises(TooMuchInside, match="metadata"):
        inspect(here, raw, bounds=evolve(SMALL, metadata_bytes=4000))


def test_many_metadata_files_are_refused(here: Path) -> None:
    raw = make_zip({f"{number}.dist-info/METADATA": b"x" * 1000 for number in range(20)})
    with pytest.raises(TooMuchInside):
        inspect(here, raw, bounds=evolve(SMALL, metadata_bytes=1000, text_bytes=1000, record_bytes=1000))


@pytest.mark.parametrize("raw", [b"", b"PK", b"x" * 100, b"PK\x05\x06", GOOD_SDIST])
def test_what_is_no_zip_is_refused(here: Path, raw: bytes) -> None:
    with pytest.raises(NotAZip, match=r"Invalid distribution file\. File is not a zipfile"):
        inspect(here, raw)


def test_trailing_data_is_refused(here: Path) -> None:
    with pytest.raises(ZipNotAccepted, match="Trailing data"):
        inspect(here, GOOD + b"\0")


def test_an_archive_comment_is_refused(here: Path) -> None:
    with pytest.raises(ZipNotAccepted):
        inspect(here, zipped(("a", b"1"), comment=b"hi"))


def test_prefix_data_is_refused(here: Path) -> None:
    with pytest.raises(ZipNotAccepted):
        inspect(here, b"#!/bin/sh\n" + GOOD)
    buffer = io.BytesIO(b"#!/bin/sh\n")
    buffer.seek(0, io.SEEK_END)
    with zipfile.ZipFile(buffer, "a") as archive:
        archive.writestr("a", b"1")
    with pytest.raises(ZipNotAccepted, match="offset"):
        inspect(here, buffer.getvalue())


def test_a_gap_between_members_is_refused(here: Path) -> None:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("a", b"1")
        buffer.write(b"hidden")
        archive.start_dir = buffer.tell()
        archive.writestr("b", b"2")
    with pytest.raises(ZipNotAccepted):
        inspect(here, buffer.getvalue())


def test_a_member_that_the_directory_does_not_list_is_refused(here: Path) -> None:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("a", b"1")
        archive.writestr("hidden", b"2")
        archive.filelist.pop()
    with pytest.raises(ZipNotAccepted, match="Unknown record signature"):
        inspect(here, buffer.getvalue())


def test_two_directory_entries_for_one_member_are_refused(here: Path) -> None:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("a", b"1")
        twin = zipfile.ZipInfo("b")
        twin.CRC, twin.file_size, twin.compress_size, twin.header_offset = archive.filelist[0].CRC, 1, 1, 0
        archive.filelist.append(twin)
    with pytest.raises(ZipNotAccepted, match="offset"):
        inspect(here, buffer.getvalue())


@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_duplicate_names_are_refused(here: Path) -> None:
    with pytest.raises(ZipNotAccepted, match="Duplicate filename"):
        inspect(here, zipped(("a", b"1"), ("a", b"2")))


def test_another_name_in_front_of_the_member_is_refused(here: Path) -> None:
    raw = zipped(("aaa", b"1"))
    with pytest.raises(ZipNotAccepted, match="Filename not in central directory"):
        inspect(here, raw.replace(b"aaa", b"bbb", 1))


def test_a_data_descriptor_is_refused(here: Path) -> None:
    class Unseekable(io.BytesIO):
        def seekable(self) -> bool:
            return False

        def tell(self) -> int:
            raise OSError

        def seek(self, *_: int) -> int:
            raise OSError

    buffer = Unseekable()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("a", b"1")
    with pytest.raises(ZipNotAccepted, match="ZIP contains a data descriptor"):
        inspect(here, buffer.getvalue())


@pytest.mark.parametrize("flag", [0x0001, 0x0020, 0x0040, 0x2000])
def test_encryption_and_other_flags_are_refused(here: Path, flag: int) -> None:
    raw = zipped(("a", b"1"))
    for place in (6, central(raw) + 8):
        raw = patched(raw, place, struct.pack("<H", flag))
    with pytest.raises(ZipNotAccepted):
        inspect(here, raw)


@pytest.mark.parametrize("method", [zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_other_compression_is_refused(here: Path, method: int) -> None:
    with pytest.raises(UnsupportedCompression, match="does not use a supported compression type"):
        inspect(here, make_zip({"a": b"1" * 100}, compression=method))


def test_a_member_that_needs_a_newer_reader_is_refused(here: Path) -> None:
    raw = zipped(("a", b"1"))
    with pytest.raises(ZipNotAccepted, match="Malformed zip file"):
        inspect(here, patched(raw, central(raw) + 6, b"\x40"))


def test_a_comment_in_the_directory_is_refused(here: Path) -> None:
    info = zipfile.ZipInfo("a")
    info.comment = b"hi"
    with pytest.raises(ZipNotAccepted, match="Comment in central directory"):
        inspect(here, zipped((info, b"1")))


@pytest.mark.parametrize("place", [14, 18, 22])
def test_sizes_and_checksums_that_disagree_are_refused(here: Path, place: int) -> None:
    with pytest.raises(ZipNotAccepted, match="Mis-matched"):
        inspect(here, patched(GOOD, place, b"\x07\0\0\0"))


def test_content_that_is_not_the_checksummed_is_refused(here: Path) -> None:
    raw = make_zip({"a": b"honest"}, compression=zipfile.ZIP_STORED)
    with pytest.raises(ZipNotAccepted, match="Mis-matched file size"):
        inspect(here, raw.replace(b"honest", b"forged"))


def test_bytes_hidden_behind_a_deflate_stream_are_refused(here: Path) -> None:
    raw = make_zip({"a": b"honest" * 20})
    packed = struct.unpack_from("<L", raw, 18)[0]
    start, longer = central(raw), struct.pack("<L", packed + 6)
    for place in (18, start + 20):
        raw = patched(raw, place, longer)
    raw = patched(raw, len(raw) - 6, struct.pack("<L", start + 6))
    with pytest.raises(ZipNotAccepted, match="Mis-matched data size"):
        inspect(here, raw[:start] + b"hidden" + raw[start:])


@pytest.mark.parametrize(("size", "reason"), [(5, "Mis-matched"), (0, "Mis-matched"), (10**9, None)])
def test_a_lie_about_the_unpacked_size_is_refused(here: Path, size: int, reason: str | None) -> None:
    raw = make_zip({"a": b"x" * 100})
    for place in (22, central(raw) + 24):
        raw = patched(raw, place, struct.pack("<L", size))
    with pytest.raises(Invalid, match=reason):
        inspect(here, raw)


def test_a_bomb_is_refused_before_it_unpacks(here: Path) -> None:
    raw = make_zip({"a": bytes(4 * 1024 * 1024)})
    with pytest.raises(CompressedTooWell, match="File exceeds compression ratio of 50"):
        inspect(here, raw)
    with pytest.raises(TooMuchInside, match="unpacks to more than"):
        inspect(here, raw, bounds=evolve(SMALL, ratio=10_000, unpacked_bytes=1024 * 1024))
    assert (
        inspect(here, raw, bounds=evolve(SMALL, ratio_from_bytes=64 * 1024 * 1024)).members[0].size == 4 * 1024 * 1024
    )


def test_more_entries_than_the_bound_are_refused(here: Path) -> None:
    with pytest.raises(TooMuchInside, match="has 51 entries"):
        inspect(here, make_zip({str(number): b"" for number in range(51)}))


def test_a_declared_count_costs_nothing(here: Path) -> None:
    raw = patched(GOOD, len(GOOD) - 14, b"\xff\xff\xff\xff")
    tracemalloc.start()
    with pytest.raises(Invalid):
        inspect(here, raw, bounds=Bounds())
    assert tracemalloc.get_traced_memory()[1] < 2**20
    tracemalloc.stop()


@pytest.mark.parametrize("change", [b"\x01\0\x01\0", b"\xff\0\xff\0"])
def test_a_wrong_count_is_refused(here: Path, change: bytes) -> None:
    with pytest.raises(ZipNotAccepted):
        inspect(here, patched(GOOD, len(GOOD) - 14, change), bounds=Bounds())


def zip64(raw: bytes, *, count: int | None = None, start: int | None = None, extra: bytes = b"") -> bytes:
    body, end = raw[:-22], raw[-22:]
    total, size, place = struct.unpack("<HLL", end[10:20])
    record = struct.pack(
        "<4sQ2H2L4Q",
        b"PK\x06\x06",
        44 + len(extra),
        45,
        45,
        0,
        0,
        count or total,
        count or total,
        size,
        place if start is None else start,
    )
    locator = struct.pack("<4sLQL", b"PK\x06\x07", 0, len(body), 1)
    return body + record + extra + locator + patched(end, 8, b"\xff" * 12)


def test_an_honest_zip64_directory_is_read(here: Path) -> None:
    assert inspect(here, zip64(GOOD)).members == inspect(here, GOOD).members


def test_a_zip64_directory_that_lies_is_refused(here: Path) -> None:
    for raw in (
        zip64(GOOD, count=3),
        zip64(GOOD, start=0),
        zip64(GOOD, extra=b"more"),
    ):
        with pytest.raises(Invalid):
            inspect(here, raw)
    with pytest.raises(TooMuchInside):
        inspect(here, zip64(GOOD, count=2**60))
    short_says_other = patched(zip64(GOOD), len(zip64(GOOD)) - 14, b"\x01\0\x01\0")
    with pytest.raises(ZipNotAccepted, match="records"):
        inspect(here, short_says_other)


def with_extra(extra: bytes, *, sizes: tuple[int, int] | None = None) -> bytes:
    """One stored member whose local header has this extra field."""
    raw = zipped(("a", b"12345"))
    raw = patched(raw, 28, struct.pack("<H", len(extra)))
    if sizes:
        raw = patched(raw, 18, struct.pack("<2L", *sizes))
    start = central(raw)
    raw = patched(raw, len(raw) - 6, struct.pack("<L", start + len(extra)))
    return raw[:31] + extra + raw[31:]


def test_zip64_sizes_that_agree_are_read(here: Path) -> None:
    wide = struct.pack("<2H2Q", 1, 16, 5, 5)
    assert inspect(here, with_extra(wide)).members[0].size == 5
    assert inspect(here, with_extra(wide, sizes=(0xFFFFFFFF, 0xFFFFFFFF))).members[0].size == 5


@pytest.mark.parametrize(
    "extra",
    [
        struct.pack("<2H2Q", 1, 16, 6, 6),
        struct.pack("<2HQ", 1, 8, 2**60),
        struct.pack("<2H", 1, 200),
        struct.pack("<2H2H", 5, 0, 5, 0),
        struct.pack("<2H", 0x7075, 6) + b"\x01abcdb",
        b"xyz",
    ],
)
def test_extra_fields_that_mislead_are_refused(here: Path, extra: bytes) -> None:
    with pytest.raises(ZipNotAccepted):
        inspect(here, with_extra(extra))


def test_a_harmless_extra_field_is_accepted(here: Path) -> None:
    assert inspect(here, with_extra(struct.pack("<2HBL", 0x5455, 5, 1, 0))).members[0].path == "a"


def test_a_name_that_is_neither_ascii_nor_declared_utf_8_is_refused(here: Path) -> None:
    assert inspect(here, zipped(("é", b"1"))).members[0].path == "é"
    with pytest.raises(ZipNotAccepted, match="Filename not unicode"):
        inspect(here, zipped(("ee", b"1")).replace(b"ee", "é".encode()))
    with pytest.raises(ZipNotAccepted, match="Filename not valid UTF-8"):
        inspect(here, zipped(("é", b"1")).replace("é".encode(), b"\xff\xfe"))


@pytest.mark.parametrize("name", [b"\0a", b"a\0"])
def test_a_name_with_a_nul_is_refused(here: Path, name: bytes) -> None:
    with pytest.raises(ZipNotAccepted, match="Invalid character in filename"):
        inspect(here, zipped(("ee", b"1")).replace(b"ee", name))


@pytest.mark.parametrize("path", ["/abs", "C:/x", "../x", "a\\b", "FOO_BAR/__init__.py"])
def test_paths_are_handed_on_as_they_are_and_refused_by_the_domain(here: Path, path: str) -> None:
    info = zipfile.ZipInfo("x" * len(path))
    raw = zipped((info, b"1")).replace(b"x" * len(path), path.encode())
    contents = inspect(here, raw)
    assert contents.members[0].path == path
    good = inspect(here, GOOD)
    with pytest.raises(Invalid):
        judge(parse_filename(WHEEL), evolve(good, members=(*good.members, *contents.members)), Policy())


def test_a_symbolic_link_in_a_zip_is_reported_as_one(here: Path) -> None:
    info = zipfile.ZipInfo("link")
    info.external_attr = 0o120777 << 16
    assert inspect(here, zipped((info, b"/etc/passwd"))).links[0].path == "link"


@pytest.mark.parametrize("mode", [0o010644, 0o060644, 0o040755])
def test_what_is_not_a_file_is_refused(here: Path, mode: int) -> None:
    info = zipfile.ZipInfo("thing")
    info.external_attr = mode << 16
    with pytest.raises(NotAFile):
        inspect(here, zipped((info, b"1")))


def test_a_directory_with_content_is_refused(here: Path) -> None:
    with pytest.raises(NotAFile, match="named like a directory"):
        inspect(here, zipped(("aa", b"1")).replace(b"aa", b"a/"))


def zip_that_is_a_tar() -> bytes:
    """A ZIP whose first member, stored, goes on as a tar header whose checksum is right."""
    rest = bytearray(tar_info("x").tobuf(tarfile.USTAR_FORMAT)[31:])
    for filler in range(100_000):
        rest[-6:] = b"%06d" % filler
        raw = zipped(("x", bytes(rest)))[:512]
        told = sum(raw) - sum(raw[148:156]) + 8 * ord(" ")
        if raw[148:154] == b"%06o" % told:
            return zipped(("x", bytes(rest)))
        rest[148 - 31 : 156 - 31] = b"%06o\0 " % told
    raise AssertionError


def test_a_file_that_is_zip_and_tar_is_refused_as_wheel(here: Path) -> None:
    raw = zip_that_is_a_tar()
    assert tarfile.is_tarfile(io.BytesIO(raw))
    with pytest.raises(ZipAndTar, match="File is both a zip and a tar file"):
        inspect(here, raw)


def test_a_file_that_is_zip_and_tar_is_refused_as_sdist(here: Path) -> None:
    inner = zipped(("a", b"1"), comment=b"12345678")
    info = tar_info("foo_bar-1.0/x", size=5)
    with gzip.open(io.BytesIO(tarred((info, b"12345")))) as file:
        plain = file.read()
    pack = zlib.compressobj(0, zlib.DEFLATED, 31)
    raw = pack.compress(plain + inner[:-8]) + pack.flush()
    assert zipfile.is_zipfile(io.BytesIO(raw))
    with pytest.raises(ZipAndTar):
        inspect(here, raw, SDIST)


MUTATIONS = st.lists(st.tuples(st.integers(0, len(GOOD) - 1), st.integers(0, 255)), min_size=1, max_size=4)


@settings(max_examples=400, deadline=None)
@given(MUTATIONS, st.integers(0, 30), st.booleans())
def test_a_mutated_wheel_is_refused_or_read_as_zipfile_reads_it(
    tmp_path_factory: pytest.TempPathFactory,
    changes: list[tuple[int, int]],
    cut: int,
    ending: bool,  # noqa: FBT001
) -> None:
    raw = bytearray(GOOD)
    for place, value in changes:
        # Half of the changes hit the records, which are a small part of the file.
        raw[central(GOOD) + place % (len(GOOD) - central(GOOD)) if ending else place] = value
    mutated = bytes(raw[: len(raw) - cut if cut < 5 else len(raw)])
    try:
        contents = inspect(tmp_path_factory.getbasetemp(), mutated)
    except Invalid as refusal:
        check_told_plainly(refusal)
        return
    with zipfile.ZipFile(io.BytesIO(mutated)) as archive:
        theirs = {info.filename: archive.read(info) for info in archive.infolist() if not info.is_dir()}
    ours = {member.path: member.sha256 for member in contents.members}
    links = {link.path for link in contents.links}
    assert ours == {path: hashlib.sha256(text).hexdigest() for path, text in theirs.items() if path not in links}


@settings(max_examples=300, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 4095), st.integers(0, 255)), max_size=4), st.integers(0, 600))
def test_a_mutated_sdist_is_refused_or_read_as_tarfile_reads_it(
    tmp_path_factory: pytest.TempPathFactory, changes: list[tuple[int, int]], cut: int
) -> None:
    raw = bytearray(gzip.decompress(GOOD_SDIST))
    for place, value in changes:
        raw[place % len(raw)] = value
    mutated = gzip.compress(bytes(raw[: len(raw) - cut]), mtime=0)
    try:
        contents = inspect(tmp_path_factory.getbasetemp(), mutated, SDIST)
    except Invalid as refusal:
        check_told_plainly(refusal)
        return
    with tarfile.open(fileobj=io.BytesIO(mutated)) as archive:
        theirs = [(info.name, info.size) for info in archive if info.isreg()]
    assert [(member.path, member.size) for member in contents.members] == theirs


@settings(max_examples=100, deadline=None)
@given(st.lists(st.tuples(st.integers(0, len(GOOD_SDIST) - 1), st.integers(0, 255)), min_size=1, max_size=3))
def test_a_damaged_gzip_is_refused(tmp_path_factory: pytest.TempPathFactory, changes: list[tuple[int, int]]) -> None:
    raw = bytearray(GOOD_SDIST)
    for place, value in changes:
        raw[place] = value
    try:
        contents = inspect(tmp_path_factory.getbasetemp(), bytes(raw), SDIST)
    except Invalid:
        return
    assert contents == inspect(tmp_path_factory.getbasetemp(), GOOD_SDIST, SDIST)


@pytest.mark.parametrize(
    "raw", [b"", b"x" * 2000, GOOD, gzip.compress(b"", mtime=0), gzip.compress(b"x" * 2000, mtime=0), GOOD_SDIST[:-9]]
)
def test_what_is_no_tar_is_refused(here: Path, raw: bytes) -> None:
    with pytest.raises(Invalid, match=r"File is (not a tarfile|both a zip and a tar file)"):
        inspect(here, raw, SDIST)


@pytest.mark.parametrize("fmt", [tarfile.USTAR_FORMAT, tarfile.GNU_FORMAT, tarfile.PAX_FORMAT])
def test_long_names_links_and_directories_of_all_formats_are_read(here: Path, fmt: int) -> None:
    name = "top/" + "d" * 90 + "/" + ("f" * 90 if fmt == tarfile.USTAR_FORMAT else "é" * 60)
    target = "t" * (90 if fmt == tarfile.USTAR_FORMAT else 150)
    contents = inspect(
        here,
        tarred(
            (tar_info("top", kind=tarfile.DIRTYPE), b""),
            (tar_info(name, size=3), b"abc"),
            (tar_info("top/link", kind=tarfile.SYMTYPE, target=target), b""),
            (tar_info("top/hard", kind=tarfile.LNKTYPE, target=name[:50]), b""),
            fmt=fmt,
        ),
        SDIST,
    )
    assert contents.directories == ("top",)
    assert [(member.path, member.size) for member in contents.members] == [(name, 3)]
    assert [(link.path, link.target, link.symbolic) for link in contents.links] == [
        ("top/link", target, True),
        ("top/hard", name[:50], False),
    ]


@pytest.mark.parametrize("kind", [tarfile.CHRTYPE, tarfile.BLKTYPE, tarfile.FIFOTYPE, b"Z"])
def test_devices_and_unknown_members_are_refused(here: Path, kind: bytes) -> None:
    with pytest.raises(TarNotAccepted, match="device or something unknown"):
        inspect(here, tarred((tar_info("top/x", kind=kind), b"")), SDIST)


def test_sparse_members_are_refused(here: Path) -> None:
    with pytest.raises(TarNotAccepted, match="Sparse members are not allowed"):
        inspect(here, tarred((tar_info("top/x", kind=tarfile.GNUTYPE_SPARSE), b""), fmt=tarfile.GNU_FORMAT), SDIST)
    info = tar_info("top/x")
    info.pax_headers = {"GNU.sparse.major": "1", "GNU.sparse.realsize": "999999999999"}
    with pytest.raises(TarNotAccepted, match="Sparse members are not allowed"):
        inspect(here, tarred((info, b"")), SDIST)


@pytest.mark.parametrize("kind", [tarfile.DIRTYPE, tarfile.SYMTYPE, tarfile.LNKTYPE])
def test_a_size_without_content_is_refused(here: Path, kind: bytes) -> None:
    header = tar_info("top/x", kind=kind, size=512, target="y").tobuf(tarfile.USTAR_FORMAT)
    with pytest.raises(TarNotAccepted, match="has a size and no content"):
        inspect(here, gzip.compress(header + bytes(2048)), SDIST)


def summed(block: bytes) -> bytes:
    """The header with its checksum."""
    told = sum(block) - sum(block[148:156]) + 8 * ord(" ")
    return patched(block, 148, b"%06o\0 " % told)


@pytest.mark.parametrize(
    "size",
    [
        b"0000000_001\0",
        b"+0000000001\0",
        b"-0000000000\0",
        b"\x0000000001000",
        b"\x1f0000000001",
        bytes(12),
        b" " * 12,
    ],
)
def test_a_size_that_readers_read_differently_is_refused(here: Path, size: bytes) -> None:
    header = summed(patched(tar_info("top/x").tobuf(tarfile.USTAR_FORMAT), 124, size))
    with pytest.raises(Invalid):
        inspect(here, gzip.compress(header + tar_info("top/hidden").tobuf() + bytes(1024)), SDIST)


@pytest.mark.parametrize("size", [b"00000000003\0", b"         3 \0 ", b"000000000003", b"\x80" + b"\0" * 10 + b"\3"])
def test_a_size_that_all_readers_read_alike_is_read(here: Path, size: bytes) -> None:
    header = summed(patched(tar_info("top/x").tobuf(tarfile.USTAR_FORMAT), 124, size))
    contents = inspect(here, gzip.compress(header + b"abc".ljust(512, b"\0") + bytes(1024)), SDIST)
    assert [(member.path, member.size) for member in contents.members] == [("top/x", 3)]


@pytest.mark.parametrize("magic", [b"ustar  \0", bytes(8), b"ustar\0\0\0"])
def test_a_prefix_in_a_format_that_has_none_is_refused(here: Path, magic: bytes) -> None:
    header = patched(tar_info("x").tobuf(tarfile.USTAR_FORMAT), 257, magic)
    assert inspect(here, gzip.compress(summed(header) + bytes(1024)), SDIST).members[0].path == "x"
    with pytest.raises(TarNotAccepted, match="prefix"):
        inspect(here, gzip.compress(summed(patched(header, 345, b"top")) + bytes(1024)), SDIST)


def test_a_global_header_may_comment_but_not_name(here: Path) -> None:
    info = tar_info("top/x", size=1)
    assert inspect(here, tarred((info, b"1"), pax={"comment": "abc"}), SDIST).members[0].path == "top/x"
    with pytest.raises(TarNotAccepted, match="Global header"):
        inspect(here, tarred((info, b"1"), pax={"path": "evil"}), SDIST)


@pytest.mark.parametrize(
    "record", [b"99 path=x\n", b"x path=a\n", b"8 path=a", b"6 abc\n", b"0 a=b\n", b"15 path=a\0b\n", b"5 =x\n"]
)
def test_a_malformed_extended_header_is_refused(here: Path, record: bytes) -> None:
    header = tar_info("x", kind=tarfile.XHDTYPE, size=len(record)).tobuf(tarfile.USTAR_FORMAT)
    raw = header + record.ljust(512, b"\0") + tar_info("top/x").tobuf(tarfile.USTAR_FORMAT) + bytes(1024)
    with pytest.raises(TarNotAccepted):
        inspect(here, gzip.compress(raw), SDIST)


def extended(kind: bytes, raw: bytes) -> bytes:
    return tar_info("x", kind=kind, size=len(raw)).tobuf(tarfile.USTAR_FORMAT) + raw.ljust(512, b"\0")


def test_two_extended_headers_about_one_name_are_refused(here: Path) -> None:
    long, pax = extended(tarfile.GNUTYPE_LONGNAME, b"top/a\0"), extended(tarfile.XHDTYPE, b"14 path=top/b\n")
    member = tar_info("top/c").tobuf(tarfile.USTAR_FORMAT) + bytes(1024)
    assert inspect(here, gzip.compress(pax + member), SDIST).members[0].path == "top/b"
    for both in (long + pax, pax + long, pax + pax):
        with pytest.raises(TarNotAccepted, match="Two extended headers"):
            inspect(here, gzip.compress(both + member), SDIST)


def test_a_long_name_beyond_its_size_is_refused(here: Path) -> None:
    header = tar_info("x", kind=tarfile.GNUTYPE_LONGNAME, size=5).tobuf(tarfile.USTAR_FORMAT)
    raw = header + b"top/aEVIL".ljust(512, b"\0") + tar_info("top/c").tobuf(tarfile.USTAR_FORMAT) + bytes(1024)
    with pytest.raises(TarNotAccepted, match="Malformed extended header"):
        inspect(here, gzip.compress(raw), SDIST)


@pytest.mark.parametrize("kind", [tarfile.XHDTYPE, tarfile.XGLTYPE, tarfile.GNUTYPE_LONGNAME])
def test_an_extended_header_has_a_member(here: Path, kind: bytes) -> None:
    with pytest.raises(TarNotAccepted, match="Extended header without a member"):
        inspect(here, gzip.compress(extended(kind, b"11 mtime=1\n") + bytes(1024)), SDIST)


@pytest.mark.parametrize("kind", [tarfile.XHDTYPE, tarfile.XGLTYPE, tarfile.GNUTYPE_LONGNAME])
def test_a_huge_extended_header_is_refused_before_it_is_read(here: Path, kind: bytes) -> None:
    header = tar_info("x", kind=kind, size=2**30).tobuf(tarfile.GNU_FORMAT)
    with pytest.raises(TooMuchInside, match="Extended header of 1073741824 bytes"):
        inspect(here, gzip.compress(header + bytes(2048)), SDIST)


def test_a_name_that_is_not_utf_8_is_refused(here: Path) -> None:
    info = tar_info("top/\udcff")
    with pytest.raises(TarNotAccepted, match="Filename not valid UTF-8"):
        inspect(here, tarred((info, b""), fmt=tarfile.GNU_FORMAT), SDIST)


def test_bytes_after_the_gzip_stream_are_refused(here: Path) -> None:
    for tail in (b"\0", b"hidden", GOOD_SDIST):
        with pytest.raises(BytesAfterGzip):
            inspect(here, GOOD_SDIST + tail, SDIST)


def test_members_after_the_end_of_the_tar_are_refused(here: Path) -> None:
    plain = gzip.decompress(GOOD_SDIST)
    with pytest.raises(TarNotAccepted, match="Trailing data"):
        inspect(here, gzip.compress(plain + plain), SDIST)


def test_a_gzip_bomb_is_refused_while_it_unpacks(here: Path) -> None:
    header = tar_info("top/x", size=2**33).tobuf(tarfile.GNU_FORMAT)
    pack = zlib.compressobj(9, zlib.DEFLATED, 31)
    raw = pack.compress(header) + b"".join(pack.compress(bytes(2**20)) for _ in range(20)) + pack.flush()
    tracemalloc.start()
    with pytest.raises(CompressedTooWell):
        inspect(here, raw, SDIST)
    with pytest.raises(TooMuchInside):
        inspect(here, raw, SDIST, bounds=evolve(SMALL, ratio=10_000))
    assert tracemalloc.get_traced_memory()[1] < 4 * 2**20
    tracemalloc.stop()


def test_more_members_than_the_bound_are_refused_in_a_tar(here: Path) -> None:
    with pytest.raises(TooMuchInside, match="more than 50 entries"):
        inspect(here, make_tar_gz({f"top/{number}": b"" for number in range(51)}), SDIST)


def test_duplicates_in_a_tar_are_handed_on(here: Path) -> None:
    info = tar_info("top/x", size=1)
    assert len(inspect(here, tarred((info, b"1"), (info, b"2")), SDIST).members) == 2


def test_the_gate_reads_what_zipfile_writes_in_any_number(here: Path) -> None:
    count = 66_000  # beyond 65,535 zipfile writes ZIP64 records
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        info = zipfile.ZipInfo("x")
        for number in range(count):
            info = zipfile.ZipInfo(str(number))
            archive.writestr(info, b"")
    with io.BytesIO(buffer.getvalue()) as file:
        assert len(zip_gate.entries(file, Bounds())) == count
    with io.BytesIO(buffer.getvalue()) as file, pytest.raises(TooMuchInside):
        zip_records.find_directory(file, SMALL)
    assert NotATar().args == ("Invalid distribution file. File is not a tarfile",)
    assert here.exists()
