"""Whether a file is the distribution its name promises, and what its core metadata says."""

from collections.abc import Iterable

from domain import platforms, sdists, wheels
from domain.artifacts import Artifact, Sdist, Wheel, parse_filename, settled
from domain.contents import Contents
from domain.metadata import Metadata, parse
from domain.metadata_rules import check
from domain.policy import Policy
from domain.refusals import Invalid
from domain.wording import shown


class NameDisagrees(Invalid):
    """The metadata names another project than the filename."""


class VersionDisagrees(Invalid):
    """The metadata names another version than the filename."""


def core_metadata(artifact: Artifact, contents: Contents) -> bytes:
    """METADATA or PKG-INFO, byte for byte, as it is served beside the file (PEP 658)."""
    if isinstance(artifact, Wheel):
        return wheels.core_metadata(artifact, contents)
    return sdists.core_metadata(contents)


def judge(artifact: Artifact, contents: Contents, policy: Policy, *, strict: bool = True) -> Metadata:
    """Every rule that can be told from the file alone.

    Args:
        artifact: what the filename says. Where an old sdist's filename is ambiguous, PKG-INFO decides: see
            `domain.artifacts.settled`.
        contents: what is in the file.
        policy: what this index allows.
        strict: the rules for new uploads. Otherwise those for what was published long ago: only what would mislead
            installers, or what the operator forbids, is refused.

    Raises:
        Invalid: one class for each reason; its text is for the person who sent the file.
    """
    metadata = parse(core_metadata(artifact, contents), strict=strict)
    the_names_agree(artifact, metadata)
    if isinstance(artifact, Wheel):
        wheels.check_wheel(artifact, contents, metadata, policy, strict=strict)
    else:
        sdists.check_sdist(artifact, contents, metadata, strict=strict)
    check(metadata, policy, strict=strict)
    return metadata


def left_out(filenames: Iterable[str], policy: Policy) -> tuple[str, ...]:
    """Which of the files that a build made are not published: wheels for the machine that built them, beside an sdist.

    Raises:
        Invalid: a file is called what no distribution is.
    """
    made = [parse_filename(filename) for filename in filenames]
    if not any(isinstance(artifact, Sdist) for artifact in made):
        return ()
    return tuple(
        artifact.filename
        for artifact in made
        if isinstance(artifact, Wheel) and platforms.unsupported(artifact, policy) is not None
    )


def the_names_agree(artifact: Artifact, metadata: Metadata) -> None:
    """The file is called what its metadata calls it, in whatever spelling."""
    told = settled(artifact, metadata.name, metadata.version)
    if told.name != metadata.canonical_name:
        raise NameDisagrees(
            f"Filename '{artifact.filename}' should contain the normalized project name "
            f"'{metadata.canonical_name.replace('-', '_')}', not {shown(told.name.replace('-', '_'))}."
        )
    if told.version != metadata.version:
        raise VersionDisagrees(f"Version in filename should be '{metadata.version}' not '{told.version}'.")
