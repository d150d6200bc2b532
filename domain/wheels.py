"""What makes a file a wheel (PEP 427 and the binary distribution format), judged on its contents."""

import configparser
import re
from collections.abc import Mapping

from packaging.tags import InvalidTag, Tag, parse_tag
from packaging.version import Version

from domain import names, paths, platforms
from domain.artifacts import MOST_TAGS, Wheel, tags_in
from domain.contents import Contents, InvalidDistribution
from domain.licences import check_licences
from domain.metadata import Metadata
from domain.policy import Policy
from domain.record import check_record
from domain.refusals import Invalid
from domain.wording import shown

_HEADER = re.compile(r"([\x21-\x39\x3b-\x7e]+):(.*)")
_DIST_INFO = ".dist-info"
_SCRIPTS = ("console_scripts", "gui_scripts")
_LONGEST_ENTRY = 1_000
# The entry points specification asks for this much of a command's name.
_SCRIPT_NAME = re.compile(r"[\w.-]+")
_OBJECT = re.compile(r"\w+(\.\w+)*\s*(:\s*\w+(\.\w+)*\s*)?(\[[^\[\]]*\])?")


class DistInfoMissing(InvalidDistribution):
    """Not exactly one dist-info directory of this name and version."""


class WheelFileMissing(InvalidDistribution):
    """No WHEEL file."""


class MetadataFileMissing(Invalid):
    """No METADATA file."""


class RecordFileMissing(Invalid):
    """No RECORD file."""


class WheelVersionUnknown(InvalidDistribution):
    """A wheel of a format that is not 1.x, which installers refuse."""


class TagsDisagree(InvalidDistribution):
    """WHEEL promises other systems than the filename."""


class UnsupportedPlatform(Invalid):
    """A platform tag from which nobody can tell where the wheel runs."""


class InvalidEntryPoints(Invalid):
    """entry_points.txt cannot be read."""


class LinkInWheel(InvalidDistribution):
    """Wheels hold files only (PEP 427); installers differ in what they make of a link."""


def dist_info(artifact: Wheel, contents: Contents) -> str:
    """The name of the one dist-info directory.

    Old wheels spell it as they like (``Foo.Bar-1.0.dist-info``), and so do installers look for it: name and version
    have to agree, not their spelling.
    """
    tops = {member.path.split("/")[0] for member in contents.members if "/" in member.path}
    found = sorted(top for top in tops if top.endswith(_DIST_INFO))
    if len(found) != 1 or not _agrees(found[0], artifact):
        raise DistInfoMissing(
            f"Exactly one directory {artifact.name.replace('-', '_')}-{artifact.version}{_DIST_INFO} is needed, found: "
            f"{', '.join(shown(top) for top in found[:3]) or 'none'}"
        )
    return found[0]


def core_metadata(artifact: Wheel, contents: Contents) -> bytes:
    """METADATA, byte for byte."""
    raw = contents.texts.get(f"{dist_info(artifact, contents)}/METADATA")
    if raw is None:
        raise MetadataFileMissing(
            f"Wheel '{artifact.filename}' does not contain the required METADATA file: "
            f"{dist_info(artifact, contents)}/METADATA"
        )
    return raw


def check_wheel(artifact: Wheel, contents: Contents, metadata: Metadata, policy: Policy, *, strict: bool) -> None:
    """Everything about a wheel but its core metadata, which `domain.metadata_rules` judges."""
    there = dist_info(artifact, contents)
    paths.check_paths(contents)
    paths.check_unique(contents, strict=True)
    paths.no_paths_collide(contents)
    _there_are_no_links(contents)
    _the_platforms_are_supported(artifact, policy)
    _wheel_file_agrees(artifact, contents, there, strict=strict)
    _record_is_true(artifact, contents, there)
    _the_entry_points_can_be_read(artifact, contents, there, strict=strict)
    if strict:
        check_licences(metadata, artifact.filename, f"{there}/licenses", {member.path for member in contents.members})


def _agrees(directory: str, artifact: Wheel) -> bool:
    name, dash, version = directory.removesuffix(_DIST_INFO).rpartition("-")
    try:
        return bool(dash) and names.canonical(name) == artifact.name and Version(version) == artifact.version
    except ValueError:
        return False


def _there_are_no_links(contents: Contents) -> None:
    for link in contents.links:
        raise LinkInWheel(f"Member {shown(link.path)} is a link")


def _the_platforms_are_supported(artifact: Wheel, policy: Policy) -> None:
    platform = platforms.unsupported(artifact, policy)
    if platform is not None:
        raise UnsupportedPlatform(
            f"Binary wheel '{artifact.filename}' has an unsupported platform tag {shown(platform)}."
        )


def _wheel_file_agrees(artifact: Wheel, contents: Contents, there: str, *, strict: bool) -> None:
    raw = contents.texts.get(f"{there}/WHEEL")
    if raw is None:
        raise WheelFileMissing(f"WHEEL not found at {there}/WHEEL")
    told = _headers(raw)
    versions = told.get("wheel-version", [])
    if len(versions) != 1 or not re.fullmatch(r"1(\.\d{1,9})*", versions[0], re.ASCII):
        raise WheelVersionUnknown(f"Wheel-Version {shown(', '.join(versions))} is not 1.x")
    if strict:
        _the_tags_agree(artifact, told.get("tag", []))


def _the_tags_agree(artifact: Wheel, lines: list[str]) -> None:
    """The tags of WHEEL and of the filename are the same systems.

    Installers believe the filename; WHEEL tells what was built. Popular wheels on the public index differ in three
    ways that mislead nobody, and they pass: WHEEL has the compressed tag set on one line (maturin once), it still says
    ``linux_x86_64`` where the filename was repaired to manylinux, or it says ``any`` where the filename narrows that.
    """
    if sum(map(tags_in, lines)) > MOST_TAGS:
        raise TagsDisagree(f"WHEEL has more than {MOST_TAGS} tags")
    try:
        told = frozenset(tag for line in lines for tag in parse_tag(line))
    except (InvalidTag, ValueError):
        raise TagsDisagree("WHEEL has a Tag line that is none") from None
    uncovered = [tag for tag in artifact.tags if not any(_covers(wide, tag) for wide in told)]
    idle = [wide for wide in told if not any(_covers(wide, tag) for tag in artifact.tags)]
    if uncovered or idle:
        raise TagsDisagree(f"Tags of WHEEL and of filename differ in {shown(min(map(str, uncovered + idle)))}")


def _covers(told: Tag, tag: Tag) -> bool:
    if (told.interpreter, told.abi) != (tag.interpreter, tag.abi):
        return False
    if told.platform in (tag.platform, "any"):
        return True
    told_linux, _, architecture = told.platform.partition("_")
    return told_linux == "linux" and bool(
        re.fullmatch(rf"(many|musl)linux(\d+|_\d+_\d+)_{re.escape(architecture)}", tag.platform)
    )


def _record_is_true(artifact: Wheel, contents: Contents, there: str) -> None:
    if f"{there}/RECORD" not in contents.texts:
        raise RecordFileMissing(
            f"Wheel '{artifact.filename}' does not contain the required RECORD file: {there}/RECORD"
        )
    check_record(contents, f"{there}/RECORD")


def _the_entry_points_can_be_read(artifact: Wheel, contents: Contents, there: str, *, strict: bool) -> None:
    raw = contents.texts.get(f"{there}/entry_points.txt")
    if raw is None or not strict:
        return
    try:
        sections = _sections(raw.decode())
    except (ValueError, configparser.Error):
        sections = None
    scripts = [] if sections is None else [item for kind in _SCRIPTS for item in sections.get(kind, {}).items()]
    if sections is None or not all(
        _SCRIPT_NAME.fullmatch(name) and _OBJECT.fullmatch(thing) for name, thing in scripts
    ):
        raise InvalidEntryPoints(
            f"Wheel '{artifact.filename}' has invalid entry points defined in the entry_points.txt file"
        )


def _sections(text: str) -> Mapping[str, Mapping[str, str]]:
    """INI as the entry points specification has it: `=` only, case counts, and no section is copied into others."""
    if any(len(line) > _LONGEST_ENTRY for line in text.split("\n")):  # as the parser
        raise ValueError("a line takes the parser time that grows with the square of its length")
    parser = configparser.ConfigParser(delimiters=("=",), interpolation=None, default_section="")
    parser.optionxform = str  # type: ignore[method-assign,assignment]
    parser.read_string(text)
    return {section: dict(parser.items(section)) for section in parser.sections()}


def _headers(raw: bytes) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for line in raw.decode("utf-8", "replace").splitlines():
        told = _HEADER.fullmatch(line)
        if told:
            found.setdefault(told[1].lower(), []).append(told[2].strip())
    return found
