"""What an opened archive holds: facts that an adapter collects and the domain judges."""

import re
from collections.abc import Mapping

from attrs import field, frozen

from domain.artifacts import Artifact, Wheel
from domain.policy import Bounds
from domain.refusals import Invalid, TooLarge

_OF_A_WHEEL = re.compile(r"[^/]+\.dist-info/(METADATA|WHEEL|RECORD|entry_points\.txt)")
_OF_AN_SDIST = re.compile(r"[^/]+/PKG-INFO")


class InvalidDistribution(Invalid):
    """The file is not the distribution its name promises."""

    def __init__(self, reason: str) -> None:
        super().__init__(f"Invalid distribution file. {reason}")


class TooMuchInside(TooLarge):
    """More or larger members than this index opens."""

    def __init__(self, reason: str) -> None:
        super().__init__(f"Invalid distribution file. {reason}")


@frozen
class Member:
    """One regular file. `sha256` is lower-case hex of its content."""

    path: str
    size: int
    sha256: str


@frozen
class Link:
    """A symbolic or hard link; a hard link's target counts from the root of the archive."""

    path: str
    target: str
    symbolic: bool


@frozen
class Contents:
    """All of an archive, in its order.

    Attributes:
        members: regular files, duplicates included.
        directories: explicit directory entries, without the trailing slash.
        links: links of any kind.
        texts: the bytes of the members that `kept_bytes` names, by path; of duplicates the last.
    """

    members: tuple[Member, ...]
    directories: tuple[str, ...] = ()
    links: tuple[Link, ...] = ()
    texts: Mapping[str, bytes] = field(factory=dict)


def kept_bytes(path: str, artifact: Artifact, bounds: Bounds) -> int | None:
    """How many bytes of this member are kept for judging it, None if only its digest is."""
    if isinstance(artifact, Wheel):
        told = _OF_A_WHEEL.fullmatch(path)
        if told is None:
            return None
        return {"METADATA": bounds.metadata_bytes, "RECORD": bounds.record_bytes}.get(told[1], bounds.text_bytes)
    return bounds.metadata_bytes if _OF_AN_SDIST.fullmatch(path) else None
