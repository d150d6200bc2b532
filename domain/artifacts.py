"""Wheels and source distributions, as far as their filenames tell."""

import math
import re
from functools import lru_cache

from attrs import evolve, frozen
from packaging.tags import Tag
from packaging.utils import InvalidWheelFilename as PackagingSaysNo
from packaging.utils import parse_wheel_filename
from packaging.version import Version

from domain import names
from domain.refusals import Invalid
from domain.wording import shown

WHEEL_KIND = "bdist_wheel"
SDIST_KIND = "sdist"

# 255 bytes are what file systems take, and `.metadata` is served beside the file (PEP 658).
LONGEST_FILENAME = 240
MOST_TAGS = 512
"""More than any wheel has, fewer than hurt: 240 characters can stand for 50,000 tags."""
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")
# Filenames are URLs and object keys: nothing that needs quoting beyond the `+` and `!` of versions.
_FILENAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._+!~-]*")


class UnprintableFilename(Invalid):
    """Control characters."""


class FilenameHasPath(Invalid):
    """A slash or backslash."""


class FilenameTooLong(Invalid):
    """No room for it, or for `.metadata` after it, on a file system."""


class FilenameNotPlain(Invalid):
    """Characters that names, versions and tags never need."""


class InvalidExtension(Invalid):
    """Neither a wheel nor a source distribution."""


class InvalidWheelFilename(Invalid):
    """Not as the binary distribution format has it (PEP 427, PEP 425)."""


class InvalidSdistFilename(Invalid):
    """No name and version can be told from it."""


class SdistNameNotNormalised(Invalid):
    """The name is not spelt as PEP 625 wants it."""


class SdistFilenameNotNormalised(Invalid):
    """The version or the extension is not as PEP 625 wants it."""


@frozen
class Wheel:
    """A built distribution. `name` is canonical, `build` is empty if there is none."""

    filename: str
    name: str
    version: Version
    build: tuple[()] | tuple[int, str]
    tags: frozenset[Tag]

    @property
    def kind(self) -> str:
        """The word of the upload protocol."""
        return WHEEL_KIND


@frozen
class Sdist:
    """A source distribution. `name` is canonical, `extension` is ``.tar.gz`` or, in bulk imports, ``.zip``."""

    filename: str
    name: str
    version: Version
    extension: str

    @property
    def kind(self) -> str:
        """The word of the upload protocol."""
        return SDIST_KIND

    @property
    def stem(self) -> str:
        """The filename without its extension."""
        return self.filename.removesuffix(self.extension)


Artifact = Wheel | Sdist


def parse_filename(filename: str, *, old_sdists: bool = False) -> Artifact:
    """What the filename says.

    Args:
        filename: without any directory.
        old_sdists: take the spellings from before PEP 625 as well (dashes, dots, upper case, versions as written,
            ``.zip``). Where they leave open what is name and what is version this is a guess: see `settled`.

    Raises:
        Invalid: one class for each reason.
    """
    _the_filename_is_printable(filename)
    _the_filename_has_no_path(filename)
    _the_filename_leaves_room(filename)
    _the_filename_is_plain(filename)
    if filename.endswith(".whl"):
        return _wheel(filename)
    for extension in (".tar.gz", ".zip"):
        if filename.endswith(extension):
            return _old_sdist(filename, extension) if old_sdists else _sdist(filename, extension)
    raise InvalidExtension("Invalid file extension: Use .tar.gz or .whl extension.")


def sdist_matches(filename: str, name: str, version: Version) -> bool:
    """Whether an sdist of this name and version may be called so, in any spelling there ever was."""
    return any(
        names.canonical(spelt_name) == names.canonical(name) and spelt_version == version
        for spelt_name, spelt_version in _readings(filename.removesuffix(".tar.gz").removesuffix(".zip"))
    )


def says_the_same(artifact: Artifact, filename: str) -> bool:
    """Whether installers take a file of this name for the artifact, in whatever spelling (``Foo-1.0.0``, ``foo-1``)."""
    match artifact:
        case Wheel():
            other = _wheel_or_none(filename)
            return other is not None and evolve(other, filename=artifact.filename) == artifact
        case Sdist(_, name, version, extension):
            return filename.endswith(extension) and sdist_matches(filename, name, version)


def settled(artifact: Artifact, name: str, version: Version) -> Artifact:
    """The artifact with what its metadata says, where an old sdist's filename can be read in more than one way."""
    if isinstance(artifact, Sdist) and sdist_matches(artifact.filename, name, version):
        return evolve(artifact, name=names.canonical(name), version=version)
    return artifact


def tags_in(compressed: str) -> int:
    """How many tags a compressed tag set such as ``py2.py3-none-any`` stands for (PEP 425)."""
    return math.prod(part.count(".") + 1 for part in compressed.split("-"))


def _the_filename_is_printable(filename: str) -> None:
    if _CONTROL.search(filename):
        raise UnprintableFilename(
            "Cannot upload a file with non-printable characters (ordinals 0-31) "
            "or the DEL character (ordinal 127) in the name."
        )


def _the_filename_has_no_path(filename: str) -> None:
    if "/" in filename or "\\" in filename:
        raise FilenameHasPath("Cannot upload a file with '/' or '\\' in the name.")


def _the_filename_leaves_room(filename: str) -> None:
    if len(filename) > LONGEST_FILENAME:
        raise FilenameTooLong(f"Filename is too long: {shown(filename)}")


def _the_filename_is_plain(filename: str) -> None:
    if not _FILENAME.fullmatch(filename):
        raise FilenameNotPlain(f"Filename {shown(filename)} has characters other than letters, digits and . _ - + ! ~")


def _wheel(filename: str) -> Wheel:
    if tags_in("-".join(filename.removesuffix(".whl").rsplit("-", 3)[1:])) > MOST_TAGS:
        raise InvalidWheelFilename(f"Invalid wheel filename (more than {MOST_TAGS} tags): {shown(filename)}")
    try:
        name, version, build, tags = parse_wheel_filename(filename)
    except (PackagingSaysNo, ValueError) as reason:
        raise InvalidWheelFilename(str(reason)) from None
    if not names.is_valid(name):
        raise InvalidWheelFilename(f"Invalid project name: {shown(filename)}")
    return Wheel(filename, name, version, build, tags)


@lru_cache(4_096)
def _wheel_or_none(filename: str) -> Wheel | None:
    """Remembered, as each upload is compared with its package's files."""
    try:
        return _wheel(filename) if filename.endswith(".whl") else None
    except Invalid:
        return None


def _sdist(filename: str, extension: str) -> Sdist:
    """PEP 625: exactly one spelling."""
    stem = filename.removesuffix(extension)
    spelt_name, dash, _ = stem.rpartition("-")
    version = _version(stem[len(spelt_name) + 1 :])
    if not dash or version is None or not names.is_valid(spelt_name):
        raise InvalidSdistFilename(f"Invalid source distribution filename: {filename}")
    normalised = names.canonical(spelt_name).replace("-", "_")
    if spelt_name != normalised:
        raise SdistNameNotNormalised(f"Start filename for '{spelt_name}' with '{normalised}'.")
    expected = f"{normalised}-{version}.tar.gz"
    if filename != expected:
        raise SdistFilenameNotNormalised(f"Filename '{filename}' is invalid, should be '{expected}'.")
    return Sdist(filename, names.canonical(spelt_name), version, extension)


def _old_sdist(filename: str, extension: str) -> Sdist:
    for spelt_name, version in _readings(filename.removesuffix(extension)):
        return Sdist(filename, names.canonical(spelt_name), version, extension)
    raise InvalidSdistFilename(f"Invalid source distribution filename: {filename}")


def _readings(stem: str) -> list[tuple[str, Version]]:
    """Every way to read a stem as name and version, the shortest version first.

    ``foo-1.0-1`` may be ``foo-1.0`` at 1 or ``foo`` at 1.0.post1.
    """
    readings = []
    for dash in reversed([place for place, char in enumerate(stem) if char == "-"]):
        version = _version(stem[dash + 1 :])
        if version is not None and names.is_valid(stem[:dash]):
            readings.append((stem[:dash], version))
    return readings


def _version(text: str) -> Version | None:
    try:
        return Version(text)
    except ValueError:
        return None
