"""Paths inside archives: they stay below the directory they are unpacked to, and mean the same on every system."""

import re
import unicodedata
from collections.abc import Iterable
from itertools import chain

from domain.contents import Contents, InvalidDistribution, Link
from domain.wording import shown

_CONTROL = re.compile(r"[\x00-\x1f\x7f]")
_DEEPEST = 50
_LONGEST_NAME = 255
_DRIVE = re.compile(r"[A-Za-z]:")
# Windows drops dots and blanks at the end of a name, and takes what follows a colon for a part of the same file.
_UNSEEN = re.compile(r"(?::[^/]*|[. ]+)(?=/|$)")


class ControlCharacterInPath(InvalidDistribution):
    """A line break, a terminal command."""


class BackslashInPath(InvalidDistribution):
    """A separator on one system and a character on the other."""


class AbsolutePath(InvalidDistribution):
    """It starts at a root or a drive."""


class PathClimbs(InvalidDistribution):
    """`..`, or parts that say nothing: of dots and blanks, which Windows drops."""


class PathTooDeep(InvalidDistribution):
    """More directories than file systems like, and than can be looked at in reasonable time."""


class NameTooLong(InvalidDistribution):
    """No file system takes it."""


class NotUnicode(InvalidDistribution):
    """Halves of characters, which no file system and no JSON takes."""


class DuplicatePath(InvalidDistribution):
    """Two files of one name: readers take either."""


class CollidingPaths(InvalidDistribution):
    """Two files that are one where case, the way to write accents, or an end of a name does not count."""


class FileIsDirectory(InvalidDistribution):
    """A path that is a file and has something below."""


class LinkLeavesArchive(InvalidDistribution):
    """It would point outside of what is unpacked."""


class WritesThroughLink(InvalidDistribution):
    """A member below a link lands wherever the link points to."""


def check_paths(contents: Contents) -> None:
    """Every path is plain, relative and says where it leads."""
    for path in _all(contents):
        _the_path_is_plain(path)
        _the_path_is_relative(path)
        _the_path_does_not_climb(path)
        _file_systems_take_the_path(path)
    _no_file_is_a_directory(contents)


def check_unique(contents: Contents, *, strict: bool) -> None:
    """No two members share a path. The lenient reading takes the same content twice, as some old tools wrote it."""
    seen: dict[str, tuple[int, str] | None] = {}
    for path, fact in [
        *((member.path, (member.size, member.sha256)) for member in contents.members),
        *((link.path, None) for link in contents.links),
    ]:
        if path in seen and (strict or fact is None or seen[path] != fact):
            raise DuplicatePath(f"Duplicate member {shown(path)}")
        seen[path] = fact


def no_paths_collide(contents: Contents) -> None:
    """Names differ by more than case, Unicode form and what Windows drops, so that they stay apart on every system."""
    seen: dict[str, str] = {}
    for path in {*(member.path for member in contents.members), *(link.path for link in contents.links)}:
        folded = _folded(path)
        if folded in seen:
            one, other = sorted((seen[folded], path))
            raise CollidingPaths(f"Members {shown(one)} and {shown(other)} are one file on some systems")
        seen[folded] = path
    for directory in _parents(map(_folded, _all(contents))):
        if directory in seen:
            raise CollidingPaths(f"{shown(seen[directory])} is a file and a directory on some systems")


def links_stay_inside(links: Iterable[Link]) -> None:
    """A link points to something in the archive, whatever other links are on the way."""
    for link in links:
        target = link.target
        _the_path_is_plain(target)
        if not target or target.startswith("/") or _DRIVE.match(target):
            raise LinkLeavesArchive(f"Link {shown(link.path)} points outside")
        depth = link.path.count("/") if link.symbolic else 0
        down = False
        for part in target.split("/"):
            # Behind a name, which may be another link, `..` leads nobody knows where.
            if part == ".." and down:
                raise LinkLeavesArchive(f"Link {shown(link.path)} climbs on its way")
            down = down or part not in ("", ".", "..")
            depth -= part == ".."
            # The first directory is the archive's own: nothing but it may be pointed into.
            if depth < (1 if link.symbolic else 0):
                raise LinkLeavesArchive(f"Link {shown(link.path)} points outside")


def _all(contents: Contents) -> Iterable[str]:
    yield from (member.path for member in contents.members)
    # tar writes an entry for the directory that it was told to pack; `./name` would be a second name for `name`.
    yield from (directory for directory in contents.directories if directory != ".")
    yield from (link.path for link in contents.links)


def _the_path_is_plain(path: str) -> None:
    if _CONTROL.search(path):
        raise ControlCharacterInPath(f"Member {shown(path)} has control characters in its name")
    if "\\" in path:
        raise BackslashInPath(f"Member {shown(path)} has a backslash in its name")
    if not _is_unicode(path):
        raise NotUnicode(f"Member {shown(path)} is not Unicode")


def _the_path_is_relative(path: str) -> None:
    if path.startswith("/") or _DRIVE.match(path):
        raise AbsolutePath(f"Member {shown(path)} has an absolute path")


def _the_path_does_not_climb(path: str) -> None:
    if not all(part.strip(". ") for part in path.split("/")):
        raise PathClimbs(f"Member {shown(path)} has a path that is not plain")


def _file_systems_take_the_path(path: str) -> None:
    parts = path.split("/")
    if len(parts) > _DEEPEST:
        raise PathTooDeep(f"Member {shown(path)} lies more than {_DEEPEST} directories deep")
    if len(path) > _LONGEST_NAME // 4 and max(len(part.encode()) for part in parts) > _LONGEST_NAME:
        raise NameTooLong(f"Member {shown(path)} has a name of more than {_LONGEST_NAME} bytes")


def _no_file_is_a_directory(contents: Contents) -> None:
    links = {link.path for link in contents.links}
    files = {member.path for member in contents.members}
    for directory in chain(contents.directories, _parents(_all(contents))):
        _the_directory_is_only_that(directory, files, links)


def _parents(paths: Iterable[str]) -> Iterable[str]:
    """The directories in which the paths lie, some more than once."""
    # Names are long and many: nothing is kept but the directory seen last, whose neighbours follow it.
    last = ""
    for path in paths:
        parent = path.rpartition("/")[0]
        if parent != last:
            last = parent
            while parent:
                yield parent
                parent = parent.rpartition("/")[0]


def _the_directory_is_only_that(directory: str, files: set[str], links: set[str]) -> None:
    if directory in links:
        raise WritesThroughLink(f"Members lie below the link {shown(directory)}")
    if directory in files:
        raise FileIsDirectory(f"{shown(directory)} is a file and a directory")


def _folded(path: str) -> str:
    return _UNSEEN.sub("", unicodedata.normalize("NFC", unicodedata.normalize("NFC", path).casefold()))


def _is_unicode(path: str) -> bool:
    try:
        path.encode()
    except UnicodeEncodeError:
        return False
    return True
