"""Project names: what is one, which are the same, which are too alike, which are not for packages."""

import re

from packaging.utils import canonicalize_name

from domain.policy import Allowance, Policy
from domain.refusals import Invalid
from domain.wording import shown

RESERVED = frozenset(
    {
        "api",
        "assets",
        "badge",
        "browse",
        "favicon",
        "favicon-ico",
        "feed-xml",
        "healthz",
        "json",
        "legacy",
        "login",
        "logout",
        "my",
        "owner",
        "packages",
        "project",
        "pypi",
        "requirements-txt",
        "robots-txt",
        "search",
        "simple",
        "sitemap",
        "sitemap-xml",
        "static",
        "statistics",
        "stats",
    }
)
"""Path words of the index itself, and what people mistype as a name (`pip install requirements.txt`)."""

# Core metadata specification, "Name"; the same expression as packaging's.
_VALID = re.compile(r"[a-z0-9]|[a-z0-9][a-z0-9._-]*[a-z0-9]", re.IGNORECASE | re.ASCII)
# PEP 426 spoke of 128; a filename with its version and `.metadata` has to fit into 255 bytes anyway.
_LONGEST = 200
_ALIKE = str.maketrans({".": None, "_": None, "-": None, "l": "1", "i": "1", "o": "0"})


class InvalidName(Invalid):
    """Not a project name at all (core metadata specification)."""


class ReservedName(Invalid):
    """A path word of the index."""


class StandardLibraryName(Invalid):
    """A module of Python's standard library goes by this name."""


class LookAlikeName(Invalid):
    """Another project's name reads the same."""

    def __init__(self, name: str) -> None:
        super().__init__(f"The name {shown(name)} is too similar to an existing project.")


def canonical(name: str) -> str:
    """The one spelling all spellings of a name have in common (PEP 503)."""
    return canonicalize_name(name)


def is_valid(name: str) -> bool:
    """Whether this is a project name (core metadata specification)."""
    return len(name) <= _LONGEST and _VALID.fullmatch(name) is not None


def lookalike(name: str) -> str:
    """What a hasty eye sees: names with the same look-alike are too similar (the reference's `ultranormalize_name`)."""
    return name.lower().translate(_ALIKE)


def check_valid(name: str) -> None:
    """A name is ASCII letters and digits, with single separators inside (core metadata specification)."""
    if len(name) > _LONGEST:
        raise InvalidName(
            f"{shown(name)} is an invalid value for Name. Error: It is longer than {_LONGEST} characters."
        )
    if not is_valid(name):
        raise InvalidName(
            f"{shown(name)} is an invalid value for Name. Error: Start and end with a letter or numeral containing "
            "only ASCII numeric and '.', '_' and '-'."
        )


def check_new(name: str, policy: Policy) -> None:
    """Whether a package may be founded under this name. Likeness to other names is for whoever knows them all."""
    check_valid(name)
    _the_name_is_no_path_word(name)
    _the_name_is_not_in_the_standard_library(name, policy)


def _the_name_is_no_path_word(name: str) -> None:
    if canonical(name) in RESERVED:
        raise ReservedName(f"The name {shown(name)} isn't allowed.")


def _the_name_is_not_in_the_standard_library(name: str, policy: Policy) -> None:
    if canonical(name) in policy.stdlib_names and not policy.allows(Allowance.STDLIB_NAMES):
        raise StandardLibraryName(
            f"The name {shown(name)} isn't allowed (conflict with Python Standard Library module name)."
        )
