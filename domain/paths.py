"""Paths inside archives: they stay below the directory they are unpacked to, and mean the same on every system."""

import re
import unicodedata
from collections.abc import Iterable

from domain.contents import Contents, InvalidDistribution, Link
from domain.wording import shown

_CONTROL = re.compile(r"[\x00-\x1f\x7f]")
_DEEPEST = 50
_DRIVE = re.compile(r"[A-Za-z]:")


class ControlCharacterInPath(InvalidDistribution):
    """A line break, a terminal command."""


class BackslashInPath(InvalidDistribution):
    """A separator on one system and a character on the other."""


class AbsolutePath(InvalidDistribution):
    """It starts at a root or a drive."""


class PathClimbs(InvalidDistribution):
    """`..`, or parts that say nothing."""


class PathTooDeep(InvalidDistribution):
    """More directories than file systems like, and than can be looked at in reasonable time."""


class NotUnicode(InvalidDistribution):
    """Halves of characters, which no file system and no JSON takes."""


class DuplicatePath(InvalidDistribution):
    """Two files of one name: readers take either."""


class CollidingPaths(InvalidDistribution):
    """Two files that are one where case, or the way to write accents, does not count."""


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
    """Names differ by more than case and Unicode form, so that they stay apart on every file system."""
    seen: dict[str, str] = {}
    for path in {*(member.path for member in contents.members), *(link.path for link in contents.links)}:
        folded = unicodedata.normalize("NFC", unicodedata.normalize("NFC", path).casefold())
        if folded in seen:
            one, other = sorted((seen[folded], path))
            raise CollidingPaths(f"Members {shown(one)} and {shown(other)} differ only in case")
        seen[folded] = path


def links_stay_inside(links: Iterable[Link]) -> None:
    """A link points to something in the archive."""
    for link in links:
        target = link.target
        _the_path_is_plain(target)
        if not target or target.startswith("/") or _DRIVE.match(target):
            raise LinkLeavesArchive(f"Link {shown(link.path)} points outside")
        depth = len(_parts(link.path)) - 1 if link.symbolic else 0
        for part in target.split("/"):
            depth += -1 if part == ".." else part not in ("", ".")
            # The first directory is the archive's own: nothing but it may be pointed into.
            if depth < (1 if link.symbolic else 0):
                raise LinkLeavesArchive(f"Link {shown(link.path)} points outside")


def _all(contents: Contents) -> Iterable[str]:
    yield from (member.path for member in contents.members)
    yield from contents.directories
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
    parts = path.split("/")
    if len(parts) > _DEEPEST:
        raise PathTooDeep(f"Member {shown(path)} lies more than {_DEEPEST} directories deep")
    # tar writes `./name` for what others write as `name`; nobody sees anything else in it.
    if ".." in parts or "" in parts or "." in parts[1:]:
        raise PathClimbs(f"Member {shown(path)} has a path that is not plain")


def _no_file_is_a_directory(contents: Contents) -> None:
    links = {link.path for link in contents.links}
    files = {member.path for member in contents.members}
    for directory in contents.directories:
        _the_directory_is_only_that(directory, files, links)
    # Names are long and many: nothing is kept but the directory seen last, whose neighbours follow it.
    last = ""
    for path in _all(contents):
        parent = path.rpartition("/")[0]
        if parent != last:
            last = parent
            while parent:
                _the_directory_is_only_that(parent, files, links)
                parent = parent.rpartition("/")[0]


def _the_directory_is_only_that(directory: str, files: set[str], links: set[str]) -> None:
    if directory in links:
        raise WritesThroughLink(f"Members lie below the link {shown(directory)}")
    if directory in files:
        raise FileIsDirectory(f"{shown(directory)} is a file and a directory")


def _parts(path: str) -> list[str]:
    return [part for part in path.split("/") if part != "."]


def _is_unicode(path: str) -> bool:
    try:
        path.encode()
    except UnicodeEncodeError:
        return False
    return True
