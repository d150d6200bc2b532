"""What makes a file a source distribution (PEP 625, PEP 643), judged on its contents."""

from domain import paths
from domain.artifacts import Sdist, sdist_matches
from domain.contents import Contents, InvalidDistribution
from domain.licences import check_licences
from domain.metadata import Metadata
from domain.wording import shown


class WrongTopDirectory(InvalidDistribution):
    """Not everything lies in the one directory that is named like the file."""


class PkgInfoMissing(InvalidDistribution):
    """No PKG-INFO in the top directory."""


def top_directory(contents: Contents) -> str:
    """The one directory everything lies in."""
    tops = {path.split("/")[0] for path in _files(contents)}
    bare = [path for path in _files(contents) if "/" not in path]
    outside = [path for path in contents.directories if path != "." and path.split("/")[0] not in tops]
    if len(tops) != 1 or bare or outside:
        raise WrongTopDirectory("Incorrect number of top-level directories in sdist")
    return tops.pop()


def core_metadata(contents: Contents) -> bytes:
    """PKG-INFO, byte for byte."""
    path = f"{top_directory(contents)}/PKG-INFO"
    raw = contents.texts.get(path)
    if raw is None:
        raise PkgInfoMissing(f"PKG-INFO not found at {shown(path)}")
    return raw


def check_sdist(artifact: Sdist, contents: Contents, metadata: Metadata, *, strict: bool) -> None:
    """Everything about a source distribution but its core metadata, which `domain.metadata_rules` judges."""
    paths.check_paths(contents)
    paths.check_unique(contents, strict=strict)
    paths.links_stay_inside(contents.links)
    _the_top_directory_is_named_like_the_file(artifact, contents, metadata, strict=strict)
    if strict:
        paths.no_paths_collide(contents)
        check_licences(metadata, artifact.filename, top_directory(contents), set(_files(contents)))


def _files(contents: Contents) -> list[str]:
    return [*(member.path for member in contents.members), *(link.path for link in contents.links)]


def _the_top_directory_is_named_like_the_file(
    artifact: Sdist, contents: Contents, metadata: Metadata, *, strict: bool
) -> None:
    top = top_directory(contents)
    if top != artifact.stem and (strict or not sdist_matches(top, metadata.name, metadata.version)):
        raise WrongTopDirectory(f"Top-level directory is {shown(top)}, should be {shown(artifact.stem)}")
