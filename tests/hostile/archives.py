"""Hostile archives, and what is expected of whoever opens them.

Whatever comes, it is refused in one plain line, or independent readers see in it what the index saw.
"""

import contextlib
import hashlib
import io
import os
import re
import struct
import subprocess
import sys
import tarfile
import tempfile
import time
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path

from packaging.metadata import parse_email
from pip._internal.exceptions import InstallationError
from pip._internal.utils.unpacking import untar_file, unzip_file

from adapters.archives import FileArchives
from domain.artifacts import Artifact, Sdist, parse_filename
from domain.contents import Contents
from domain.distributions import core_metadata, judge
from domain.metadata import Metadata
from domain.policy import Bounds, Policy
from domain.refusals import Invalid
from tests.hostile.choices import Choices
from tests.hostile.distributions import KINDS
from tests.refusals import check_told_plainly

BOUNDS = Bounds(
    unpacked_bytes=1_000_000,
    ratio_from_bytes=200_000,
    entries=100,
    metadata_bytes=200_000,
    text_bytes=10_000,
    record_bytes=50_000,
)
LONGEST_SECONDS = 5.0
"""Of processor time for one small file."""

_WRITES = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND
_CHANGES = frozenset({"os.mkdir", "os.rename", "os.link", "os.symlink", "os.remove", "os.truncate", "shutil.move"})
_HASH = hashlib.sha256
# Mode, owner, size, a time that may be beyond what can be said, name.
_TOLD_FILE = re.compile(r"[-C]\S+ +\S+ +\d+ (?:-?\d+-\d\d-\d\d \d\d:\d\d|-?\d+) +(.*)")


class _Guard:
    """Notices every write while the index is at work."""

    def __init__(self) -> None:
        self.is_on = False
        self.seen: list[str] = []
        sys.addaudithook(self._notice)

    def _notice(self, event: str, arguments: tuple[object, ...]) -> None:
        if not self.is_on:
            return
        writes = event == "open" and isinstance(arguments[2], int) and bool(arguments[2] & _WRITES)
        if writes or event in _CHANGES or event.startswith(("subprocess", "socket")):
            self.seen.append(f"{event} {arguments[:2]!r}")

    @contextlib.contextmanager
    def on(self) -> Iterator[None]:
        self.is_on = True
        try:
            yield
        finally:
            self.is_on = False


_guard: list[_Guard] = []


def check(data: bytes, folder: Path) -> str:
    """Make one file and have it opened; returns what became of it.

    Args:
        data: the decisions of the generator.
        folder: of our own.
    """
    choices = Choices(data)
    filename, make = choices.one_of(KINDS)
    return check_file(filename, make(choices), folder)


def check_file(filename: str, raw: bytes, folder: Path) -> str:
    """Have a file opened; returns what became of it.

    Raises:
        AssertionError: something that must not happen.
    """
    if not _guard:
        _guard.append(_Guard())  # a hook stays for ever
    guard = _guard[0]
    path = folder / filename
    path.write_bytes(raw)
    strict = not filename.endswith(".zip")
    artifact = parse_filename(filename, old_sdists=not strict)
    started = time.process_time()
    try:
        with guard.on():
            contents = FileArchives().inspect(path, artifact, BOUNDS)
            metadata = judge(artifact, contents, Policy(), strict=strict)
    except Invalid as refusal:
        check_told_plainly(refusal, 2000)
        outcome = "refused"
    else:
        outcome = "accepted"
    finally:
        assert time.process_time() - started < LONGEST_SECONDS, "it takes too long"
        assert not guard.seen, f"it writes: {guard.seen}"
    if outcome == "accepted":
        _others_agree(artifact, raw, path, contents)
        if strict:
            _the_metadata_agrees(core_metadata(artifact, contents), metadata)
        _the_rules_hold(artifact, contents)
    return outcome


def _others_agree(artifact: Artifact, raw: bytes, path: Path, contents: Contents) -> None:
    ours = {member.path: (member.size, member.sha256) for member in contents.members}
    with tempfile.TemporaryDirectory(dir=path.parent) as target:
        if isinstance(artifact, Sdist) and artifact.extension == ".tar.gz":
            assert _by_tarfile(raw) == ours
            assert set(_by_gnu_tar(path)) == set(ours)
            try:
                untar_file(str(path), target)
            except (OverflowError, ValueError):  # times that no clock has; the names are as they are
                return
            except InstallationError:
                # Where Python has no filter yet, pip refuses links that lead to no member. Nobody is misled.
                assert not hasattr(tarfile, "data_filter")
                assert contents.links
                return
            # pip leaves the one top directory out, if nothing lies beside it.
            top = "" if "." in contents.directories else f"{artifact.stem}/"
        else:
            assert _by_zipfile(raw, contents) == ours
            assert _by_streaming(raw, contents) == ours
            unzip_file(str(path), target, flatten=False)
            top = ""
        assert _on_disk(Path(target), contents, top) == ours


def _by_zipfile(raw: bytes, contents: Contents) -> dict[str, tuple[int, str]]:
    with zipfile.ZipFile(io.BytesIO(raw)) as archive:
        assert archive.testzip() is None
        found = {info.filename: archive.read(info) for info in archive.infolist() if not info.is_dir()}
    for name, text in contents.texts.items():
        assert found[name] == text
    return {name: (len(content), _HASH(content).hexdigest()) for name, content in found.items()}


def _by_streaming(raw: bytes, contents: Contents) -> dict[str, tuple[int, str]]:
    """As readers do that believe the records in front of the members, and never see the directory."""
    found: dict[str, tuple[int, str]] = {}
    place = 0
    while raw[place : place + 4] == b"PK\x03\x04":
        *_, method, _, _, _, packed, size, name_length, extra_length = struct.unpack_from("<4s5H3L2H", raw, place)
        start = place + 30 + name_length + extra_length
        name = raw[place + 30 : place + 30 + name_length].decode()
        if packed == 0xFFFFFFFF or size == 0xFFFFFFFF:
            size, packed = struct.unpack_from("<2Q", raw, place + 30 + name_length + 4)
        content = raw[start : start + packed]
        content = zlib.decompress(content, -15) if method else content
        assert name not in found
        if not name.endswith("/"):
            found[name] = (len(content), _HASH(content).hexdigest())
        place = start + packed
    assert raw[place : place + 4] in (b"PK\x01\x02", b"PK\x05\x06")
    assert contents.members or not found
    return found


def _by_tarfile(raw: bytes) -> dict[str, tuple[int, str]]:
    found = {}
    with tarfile.open(fileobj=io.BytesIO(raw), mode="r:gz") as archive:
        for info in archive:
            file = archive.extractfile(info) if info.isreg() else None
            if file is not None:
                content = file.read()
                found[info.name] = (len(content), _HASH(content).hexdigest())
    return found


def _by_gnu_tar(path: Path) -> list[str]:
    told = subprocess.run(
        ["tar", "--list", "--verbose", "--numeric-owner", "--quoting-style=literal", "-zf", str(path)],
        capture_output=True,
        check=False,
        env={"LC_ALL": "C.UTF-8", "PATH": os.environ["PATH"]},
    )
    return [match[1] for line in told.stdout.decode().splitlines() if (match := _TOLD_FILE.fullmatch(line))]


def _on_disk(target: Path, contents: Contents, prefix: str) -> dict[str, tuple[int, str]]:
    """The members as an installer unpacked them. Links are looked at, not followed."""
    links = {link.path for link in contents.links}
    found = {}
    for folder, _, files in os.walk(target):
        for name in files:
            path = Path(folder) / name
            relative = prefix + str(path.relative_to(target))
            if relative in links:
                assert path.resolve().is_relative_to(target.resolve()), f"{relative} leads to {path.resolve()}"
                continue
            content = path.read_bytes()
            found[relative] = (len(content), _HASH(content).hexdigest())
    return found


def _the_metadata_agrees(raw: bytes, metadata: Metadata) -> None:
    """With the library that installers and the public index read it by."""
    theirs, unparsed = parse_email(raw)
    assert theirs.get("name") == metadata.name, (theirs.get("name"), metadata.name)
    assert theirs.get("version") == metadata.spelt_version
    if "requires_python" not in unparsed:
        assert _squeezed(theirs.get("requires_python", "")) == _squeezed(metadata.requires_python or "")
    if "requires_dist" not in unparsed:
        assert list(map(_squeezed, theirs.get("requires_dist", []))) == list(map(_squeezed, metadata.requires_dist))


def _squeezed(text: str) -> str:
    return "".join(text.split())


def _the_rules_hold(artifact: Artifact, contents: Contents) -> None:
    """What no reader of any system may meet."""
    seen = set()
    for member in contents.members:
        parts = member.path.split("/")
        assert all(part.strip(". ") for part in parts)
        assert not any(character in member.path for character in "\\\0\n\r\x1b")
        assert member.path[1:2] != ":"
        folded = "/".join(part.partition(":")[0].rstrip(". ") for part in parts).casefold()
        assert folded not in seen
        seen.add(folded)
    assert artifact.name == "foo"
